// models.rs

/// The headers of an answer.
///
/// Answer of [`ping_head`](crate::Engine::ping_head).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct PingHeadHeaders {
    /// The header `Api-Version`.
    #[serde(rename = "Api-Version", skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// The header `Experimental`.
    #[serde(rename = "Experimental", skip_serializing_if = "Option::is_none")]
    pub experimental: Option<bool>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(PingHeadHeaders {
    api_version: value => "Api-Version",
    experimental: value => "Experimental",
});

/// The headers of an answer.
///
/// Answer of [`ping`](crate::Engine::ping).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct PingHeaders {
    /// The header `Count`.
    #[serde(rename = "Count", skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(PingHeaders {
    count: value => "Count",
});

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Ping.
    ///
    /// `GET /ping`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn ping(&self) -> crate::Result<crate::Text<crate::models::PingHeaders>> {
        self.call(&crate::operations::PING).text_and_headers().await
    }

    /// Ping head.
    ///
    /// `HEAD /ping`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn ping_head(&self) -> crate::Result<crate::models::PingHeadHeaders> {
        self.call(&crate::operations::PING_HEAD).headers().await
    }

    /// Text.
    ///
    /// `GET /text`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn text(&self) -> crate::Result<String> {
        self.call(&crate::operations::TEXT).text().await
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
pub static ALL: &[&crate::Operation] = &[&PING, &PING_HEAD, &TEXT];
/// `GET /ping`: Ping.
pub static PING: crate::Operation = crate::Operation {
    id: "Ping",
    name: "ping",
    tag: "Golden",
    summary: "Ping.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("ping")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Text,
    statuses: &[200u16],
    headers: &[
        crate::operation::Header {
            name: "Count",
            kind: crate::operation::Kind::Integer,
        },
    ],
    produces: &["text/plain"],
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

/// `HEAD /ping`: Ping head.
pub static PING_HEAD: crate::Operation = crate::Operation {
    id: "PingHead",
    name: "ping_head",
    tag: "Golden",
    summary: "Ping head.",
    method: http::Method::HEAD,
    path: &[crate::operation::Segment::Literal("ping")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Headers,
    statuses: &[200u16],
    headers: &[
        crate::operation::Header {
            name: "Api-Version",
            kind: crate::operation::Kind::String,
        },
        crate::operation::Header {
            name: "Experimental",
            kind: crate::operation::Kind::Boolean,
        },
    ],
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

/// `GET /text`: Text.
pub static TEXT: crate::Operation = crate::Operation {
    id: "Text",
    name: "text",
    tag: "Golden",
    summary: "Text.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("text")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Text,
    statuses: &[200u16],
    headers: &[],
    produces: &["text/plain"],
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

