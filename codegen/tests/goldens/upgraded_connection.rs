// models.rs


// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Session.
    ///
    /// `POST /session`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn session(&self) -> crate::Result<crate::Duplex> {
        self.call(&crate::operations::SESSION).duplex().await
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
pub static ALL: &[&crate::Operation] = &[&SESSION];
/// `POST /session`: Session.
pub static SESSION: crate::Operation = crate::Operation {
    id: "Session",
    name: "session",
    tag: "Golden",
    summary: "Session.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("session")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Upgrade,
    statuses: &[101u16],
    headers: &[],
    produces: &[],
    protocol: Some("tcp"),
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

