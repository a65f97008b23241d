// models.rs

/// Car.
///
/// Sent by [`car_replace`](crate::Engine::car_replace). Answer of [`car_inspect`](crate::Engine::car_inspect) and [`car_replace`](crate::Engine::car_replace).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Car {
    /// Name.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Car {
    name: value => "Name",
});
impl Car {
    /// Sets `Name`.
    #[must_use]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }
}

// options.rs

/// Optional arguments of [`car_inspect`](crate::Engine::car_inspect); unset ones are not sent.
///
/// Car inspect.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CarInspectOptions {
    /// Page.
    #[serde(rename = "page", skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}
impl CarInspectOptions {
    /// Sets `page`.
    #[must_use]
    pub fn page(mut self, value: impl Into<String>) -> Self {
        self.page = Some(value.into());
        self
    }
}
/// Optional arguments of [`car_replace`](crate::Engine::car_replace); unset ones are not sent.
///
/// Car replace.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CarReplaceOptions {
    /// Page.
    #[serde(rename = "page", skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
}
impl CarReplaceOptions {
    /// Sets `page`.
    #[must_use]
    pub fn page(mut self, value: i64) -> Self {
        self.page = Some(value);
        self
    }
}

// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car inspect.
    ///
    /// `GET /cars/{id}`. In every API version since 1.0.
    ///
    /// See [`CarInspectOptions`](crate::options::CarInspectOptions).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_inspect(
        &self,
        id: &str,
        options: &crate::options::CarInspectOptions,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::CAR_INSPECT)
            .argument("id", &id)
            .options(options)
            .json()
            .await
    }
    /// Car replace.
    ///
    /// `PUT /cars/{id}`. In every API version since 1.0.
    ///
    /// See [`Car`](crate::models::Car) and [`CarReplaceOptions`](crate::options::CarReplaceOptions).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_replace(
        &self,
        id: &str,
        body: &crate::models::Car,
        options: &crate::options::CarReplaceOptions,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::CAR_REPLACE)
            .argument("id", &id)
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
pub static ALL: &[&crate::Operation] = &[&CAR_INSPECT, &CAR_REPLACE];
/// `GET /cars/{id}`: Car inspect.
pub static CAR_INSPECT: crate::Operation = crate::Operation {
    id: "CarInspect",
    name: "car_inspect",
    tag: "Golden",
    summary: "Car inspect.",
    method: http::Method::GET,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Argument("id"),
    ],
    parameters: &[
        crate::operation::Parameter {
            name: "id",
            place: crate::operation::Place::Path,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: true,
        },
        crate::operation::Parameter {
            name: "page",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
    ],
    body: None,
    answer: crate::operation::Answer::Json,
    statuses: &[200u16],
    headers: &[
        crate::operation::Header {
            name: "Age",
            kind: crate::operation::Kind::Integer,
        },
    ],
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
    resource: Some(crate::operation::Resource {
        collection: "cars",
        argument: "id",
        part: None,
        slashes: false,
    }),
    preview: None,
    loss: None,
    facets: crate::operation::Facets::NONE,
    lifetime: crate::operation::Lifetime::ALWAYS,
    versioned: &[],
};
/// `PUT /cars/{id}`: Car replace.
pub static CAR_REPLACE: crate::Operation = crate::Operation {
    id: "CarReplace",
    name: "car_replace",
    tag: "Golden",
    summary: "Car replace.",
    method: http::Method::PUT,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Argument("id"),
    ],
    parameters: &[
        crate::operation::Parameter {
            name: "id",
            place: crate::operation::Place::Path,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: true,
        },
        crate::operation::Parameter {
            name: "page",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::Integer,
            unit: None,
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
    statuses: &[],
    headers: &[
        crate::operation::Header {
            name: "Age",
            kind: crate::operation::Kind::Integer,
        },
    ],
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

