// models.rs

/// Car filters.
///
/// Answer of [`connect_`](crate::Engine::connect_).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CarFilters {
    /// Kind.
    #[serde(rename = "Kind", skip_serializing_if = "Option::is_none")]
    pub kind: Option<crate::models::CarFiltersKind>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(CarFilters {
    kind: value => "Kind",
});
/// Car filters kind.
///
/// Part of [`CarFilters`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CarFiltersKind {
    /// `other`.
    Other_,
    /// `+1`.
    Plus1,
    /// `-1`.
    Minus1,
    /// A value that the description does not name.
    Other(String),
}
crate::open_enum::strings!(CarFiltersKind {
    Other_ => "other",
    Plus1 => "+1",
    Minus1 => "-1",
});
/// Option.
///
/// Sent by [`connect_`](crate::Engine::connect_).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Option_ {
    /// Plus 1.
    #[serde(rename = "+1", skip_serializing_if = "Option::is_none")]
    pub plus_1: Option<i64>,
    /// Minus 1.
    #[serde(rename = "-1", skip_serializing_if = "Option::is_none")]
    pub minus_1: Option<i64>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Option_ {
    plus_1: value => "+1",
    minus_1: value => "-1",
});
impl Option_ {
    /// Sets `+1`.
    #[must_use]
    pub fn plus_1(mut self, value: i64) -> Self {
        self.plus_1 = Some(value);
        self
    }
    /// Sets `-1`.
    #[must_use]
    pub fn minus_1(mut self, value: i64) -> Self {
        self.minus_1 = Some(value);
        self
    }
}

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Connect.
    ///
    /// `POST /connect`. In every API version since 1.0.
    ///
    /// See [`Option_`](crate::models::Option_).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn connect_(
        &self,
        body: &crate::models::Option_,
    ) -> crate::Result<crate::models::CarFilters> {
        self.call(&crate::operations::CONNECT).body(body).json().await
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
pub static ALL: &[&crate::Operation] = &[&CONNECT];
/// `POST /connect`: Connect.
pub static CONNECT: crate::Operation = crate::Operation {
    id: "Connect",
    name: "connect_",
    tag: "Golden",
    summary: "Connect.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("connect")],
    parameters: &[],
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

