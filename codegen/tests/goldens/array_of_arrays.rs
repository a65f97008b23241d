// models.rs

/// Table.
pub type Table = std::collections::BTreeMap<String, Vec<Vec<i64>>>;

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car inspect.
    ///
    /// `GET /cars`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_inspect(&self) -> crate::Result<Vec<Vec<String>>> {
        self.call(&crate::operations::CAR_INSPECT).json().await
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
pub static ALL: &[&crate::Operation] = &[&CAR_INSPECT];
/// `GET /cars`: Car inspect.
pub static CAR_INSPECT: crate::Operation = crate::Operation {
    id: "CarInspect",
    name: "car_inspect",
    tag: "Golden",
    summary: "Car inspect.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("cars")],
    parameters: &[],
    body: None,
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

