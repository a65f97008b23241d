// models.rs


// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car start.
    ///
    /// `POST /cars/{id}/start`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// [`Error::Api`](crate::Error::Api) with one of the statuses 404, among others; any other [`Error`](crate::Error).
    pub async fn car_start(&self, id: &str) -> crate::Result<crate::Outcome> {
        self.call(&crate::operations::CAR_START).argument("id", &id).outcome().await
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
pub static ALL: &[&crate::Operation] = &[&CAR_START];
/// `POST /cars/{id}/start`: Car start.
pub static CAR_START: crate::Operation = crate::Operation {
    id: "CarStart",
    name: "car_start",
    tag: "Golden",
    summary: "Car start.",
    method: http::Method::POST,
    path: &[
        crate::operation::Segment::Literal("cars"),
        crate::operation::Segment::Argument("id"),
        crate::operation::Segment::Literal("start"),
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
    body: None,
    answer: crate::operation::Answer::Outcome,
    statuses: &[204u16, 304u16],
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

