// models.rs

/// Car.
///
/// Sent by [`car_create`](crate::Engine::car_create). Answer of [`car_create`](crate::Engine::car_create).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Car {
    /// Built.
    #[serde(
        rename = "Built",
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::wire::write::<crate::wire::Rfc3339, _, _>"
    )]
    pub built: Option<crate::Timestamp>,
    /// Scrapped.
    #[serde(
        rename = "Scrapped",
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::wire::write::<crate::wire::Rfc3339, _, _>"
    )]
    pub scrapped: Option<crate::Timestamp>,
    /// Sold.
    #[serde(
        rename = "Sold",
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::wire::write::<crate::wire::Rfc3339, _, _>"
    )]
    pub sold: Option<crate::Timestamp>,
    /// Services.
    #[serde(rename = "Services", skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<String>>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Car {
    built: in_unit (Rfc3339) => "Built",
    scrapped: in_unit (Rfc3339) => "Scrapped",
    sold: in_unit (Rfc3339) => "Sold",
    services: list => "Services",
});

impl Car {
    /// Sets `Built`.
    #[must_use]
    pub fn built(mut self, value: crate::Timestamp) -> Self {
        self.extra.remove("Built");
        self.built = Some(value);
        self
    }

    /// Sets `Scrapped`.
    #[must_use]
    pub fn scrapped(mut self, value: crate::Timestamp) -> Self {
        self.extra.remove("Scrapped");
        self.scrapped = Some(value);
        self
    }

    /// Sets `Sold`.
    #[must_use]
    pub fn sold(mut self, value: crate::Timestamp) -> Self {
        self.extra.remove("Sold");
        self.sold = Some(value);
        self
    }

    /// Sets `Services`.
    #[must_use]
    pub fn services(
        mut self,
        value: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.services = Some(value.into_iter().map(Into::into).collect());
        self
    }
}

/// Moment.
///
/// Part of [`Car`].
pub type Moment = String;

// options.rs

/// Optional arguments of [`car_create`](crate::Engine::car_create); unset ones are not sent.
///
/// Car create.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CarCreateOptions {
    /// Seen.
    #[serde(
        rename = "seen",
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::wire::write::<crate::wire::Rfc3339, _, _>",
        deserialize_with = "crate::wire::read::<crate::wire::Rfc3339, _, _>",
        default
    )]
    pub seen: Option<crate::Timestamp>,
}

impl CarCreateOptions {
    /// Sets `seen`.
    #[must_use]
    pub fn seen(mut self, value: crate::Timestamp) -> Self {
        self.seen = Some(value);
        self
    }
}

// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car create.
    ///
    /// `POST /cars`. In every API version since 1.0.
    ///
    /// See [`Car`](crate::models::Car) and [`CarCreateOptions`](crate::options::CarCreateOptions).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_create(
        &self,
        body: &crate::models::Car,
        options: &crate::options::CarCreateOptions,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::CAR_CREATE)
            .options(options)
            .body(body)
            .json()
            .await
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
pub static ALL: &[&crate::Operation] = &[&CAR_CREATE];
/// `POST /cars`: Car create.
pub static CAR_CREATE: crate::Operation = crate::Operation {
    id: "CarCreate",
    name: "car_create",
    tag: "Golden",
    summary: "Car create.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("cars")],
    parameters: &[
        crate::operation::Parameter {
            name: "seen",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: Some(crate::operation::Unit::Rfc3339),
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
    ],
    body: Some(crate::operation::RequestBody {
        name: "body",
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

