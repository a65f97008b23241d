// models.rs

/// Car.
///
/// Answer of [`car_rename`](crate::Engine::car_rename).
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

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car rename.
    ///
    /// `POST /cars/{id}`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_rename(
        &self,
        id: &str,
        body: impl Into<crate::Body>,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::CAR_RENAME)
            .argument("id", &id)
            .content(body.into())
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
pub static ALL: &[&crate::Operation] = &[&CAR_RENAME];
/// `POST /cars/{id}`: Car rename.
pub static CAR_RENAME: crate::Operation = crate::Operation {
    id: "CarRename",
    name: "car_rename",
    tag: "Golden",
    summary: "Car rename.",
    method: http::Method::POST,
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
    ],
    body: Some(crate::operation::RequestBody {
        name: "body",
        media_type: "application/x-www-form-urlencoded",
        json: false,
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

