// models.rs

/// Car create request.
///
/// Sent by [`car_create`](crate::Engine::car_create).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CarCreateRequest {
    /// Name.
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tags.
    #[serde(rename = "Tags", skip_serializing_if = "Option::is_none")]
    pub tags: Option<std::collections::BTreeMap<String, String>>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(CarCreateRequest {
    name: value => "Name",
    tags: map => "Tags",
});
impl CarCreateRequest {
    /// Sets `Name`.
    #[must_use]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }
    /// Sets `Tags`.
    #[must_use]
    pub fn tags(
        mut self,
        value: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.tags = Some(
            value.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        );
        self
    }
}
/// Car create response.
///
/// Answer of [`car_create`](crate::Engine::car_create).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CarCreateResponse {
    /// Id.
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(CarCreateResponse {
    id: value => "Id",
});

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car create.
    ///
    /// `POST /cars/create`. In every API version since 1.0.
    ///
    /// See [`CarCreateRequest`](crate::models::CarCreateRequest).
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api) with one of the statuses 409, among others; any other [`Error`](crate::Error).
    pub async fn car_create(
        &self,
        body: &crate::models::CarCreateRequest,
    ) -> crate::Result<crate::models::CarCreateResponse> {
        self.call(&crate::operations::CAR_CREATE).body(body).json().await
    }
    /// Car load.
    ///
    /// `POST /cars/load`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_load(&self, body: Option<crate::Body>) -> crate::Result<()> {
        self.call(&crate::operations::CAR_LOAD).content(body).empty().await
    }
    /// Car paint.
    ///
    /// `POST /cars/{id}/paint`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_paint(
        &self,
        id: &str,
        body: Option<&[String]>,
    ) -> crate::Result<()> {
        self.call(&crate::operations::CAR_PAINT)
            .argument("id", &id)
            .body(&body)
            .empty()
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
pub static ALL: &[&crate::Operation] = &[&CAR_CREATE, &CAR_LOAD, &CAR_PAINT];
/// `POST /cars/create`: Car create.
pub static CAR_CREATE: crate::Operation = crate::Operation {
    id: "CarCreate",
    name: "car_create",
    tag: "Golden",
    summary: "Car create.",
    method: http::Method::POST,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Literal("create"),
    ],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "car",
        media_type: "application/json",
        json: true,
        required: true,
    }),
    answer: crate::operation::Answer::Json,
    statuses: &[201u16],
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
/// `POST /cars/load`: Car load.
pub static CAR_LOAD: crate::Operation = crate::Operation {
    id: "CarLoad",
    name: "car_load",
    tag: "Golden",
    summary: "Car load.",
    method: http::Method::POST,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Literal("load"),
    ],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "archive",
        media_type: "application/x-tar",
        json: false,
        required: false,
    }),
    answer: crate::operation::Answer::Empty,
    statuses: &[200u16],
    headers: &[],
    produces: &[],
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
/// `POST /cars/{id}/paint`: Car paint.
pub static CAR_PAINT: crate::Operation = crate::Operation {
    id: "CarPaint",
    name: "car_paint",
    tag: "Golden",
    summary: "Car paint.",
    method: http::Method::POST,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Argument("id"),
        crate::operation::Segment::Literal("paint"),
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
    ],
    body: Some(crate::operation::RequestBody {
        name: "colours",
        media_type: "application/json",
        json: true,
        required: false,
    }),
    answer: crate::operation::Answer::Empty,
    statuses: &[204u16],
    headers: &[],
    produces: &[],
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

