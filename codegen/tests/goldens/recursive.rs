// models.rs

/// Car.
///
/// Sent by [`car_make`](crate::Engine::car_make). Answer of [`car_make`](crate::Engine::car_make). Part of [`Own`].
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Car {
    /// Trailer.
    #[serde(rename = "Trailer", skip_serializing_if = "Option::is_none")]
    pub trailer: Option<Box<crate::models::Car>>,
    /// Driver.
    #[serde(rename = "Driver", skip_serializing_if = "Option::is_none")]
    pub driver: Option<Box<crate::models::Driver>>,
    /// Spares.
    #[serde(rename = "Spares", skip_serializing_if = "Option::is_none")]
    pub spares: Option<Vec<crate::models::Car>>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Car {
    trailer: value => "Trailer",
    driver: value => "Driver",
    spares: list => "Spares",
});

impl Car {
    /// Sets `Trailer`.
    #[must_use]
    pub fn trailer(mut self, value: impl Into<crate::models::Car>) -> Self {
        self.trailer = Some(Box::new(value.into()));
        self
    }

    /// Sets `Driver`.
    #[must_use]
    pub fn driver(mut self, value: impl Into<crate::models::Driver>) -> Self {
        self.driver = Some(Box::new(value.into()));
        self
    }

    /// Sets `Spares`.
    #[must_use]
    pub fn spares(
        mut self,
        value: impl IntoIterator<Item = impl Into<crate::models::Car>>,
    ) -> Self {
        self.spares = Some(value.into_iter().map(Into::into).collect());
        self
    }
}

/// Driver.
///
/// Part of [`Car`].
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Driver {
    /// Drives.
    #[serde(rename = "Drives", skip_serializing_if = "Option::is_none")]
    pub drives: Option<crate::models::Own>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Driver {
    drives: value => "Drives",
});

impl Driver {
    /// Sets `Drives`.
    #[must_use]
    pub fn drives(mut self, value: impl Into<crate::models::Own>) -> Self {
        self.drives = Some(value.into());
        self
    }
}

/// Own.
///
/// Part of [`Driver`].
pub type Own = crate::models::Car;

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car make.
    ///
    /// `POST /cars`. In every API version since 1.0.
    ///
    /// See [`Car`](crate::models::Car).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_make(
        &self,
        body: &crate::models::Car,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::CAR_MAKE).body(body).json().await
    }
}

// operations.rs

/// The name of the API that this client was generated for.
pub const API_TITLE: &str = "Golden";
/// The newest version of it that this client speaks: that of the description it was generated from.
pub const API_VERSION: &str = "1.0";
/// The oldest version that this client speaks.
pub const OLDEST_API_VERSION: &str = "1.0";
/// All operations, in the order of their ids.
pub static ALL: &[&crate::Operation] = &[&CAR_MAKE];
/// `POST /cars`: Car make.
pub static CAR_MAKE: crate::Operation = crate::Operation {
    id: "CarMake",
    name: "car_make",
    tag: "Golden",
    summary: "Car make.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("cars")],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "car",
        media_type: "application/json",
        json: true,
        required: true,
    }),
    answer: crate::operation::Answer::Json,
    statuses: &[200u16],
    headers: &[],
    produces: &["application/json"],
    protocol: None,
    waits: crate::operation::Waits::Nothing,
    annotations: crate::operation::Annotations {
        read_only: false,
        destructive: true,
        idempotent: false,
        open_world: true,
    },
    projection: &[],
    terminal: None,
    running: None,
    login: None,
    reads: None,
    list: None,
    resource: None,
    preview: None,
    loss: None,
    facets: crate::operation::Facets::NONE,
    lifetime: crate::operation::Lifetime::ALWAYS,
    versioned: &[],
};

