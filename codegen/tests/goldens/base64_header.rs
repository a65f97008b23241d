// models.rs

/// The headers of an answer.
///
/// Answer of [`file_info`](crate::Engine::file_info).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct FileInfoHeaders {
    /// The header `X-Stat`.
    #[serde(rename = "X-Stat", skip_serializing_if = "Option::is_none")]
    pub x_stat: Option<crate::models::Stat>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(FileInfoHeaders {
    x_stat: value => "X-Stat",
});

/// Stat.
///
/// Part of [`FileInfoHeaders`].
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Stat {
    /// Size.
    #[serde(rename = "size", skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Stat {
    size: value => "size",
});

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// File info.
    ///
    /// `HEAD /file`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn file_info(&self) -> crate::Result<crate::models::FileInfoHeaders> {
        self.call(&crate::operations::FILE_INFO).headers().await
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
pub static ALL: &[&crate::Operation] = &[&FILE_INFO];
/// `HEAD /file`: File info.
pub static FILE_INFO: crate::Operation = crate::Operation {
    id: "FileInfo",
    name: "file_info",
    tag: "Golden",
    summary: "File info.",
    method: http::Method::HEAD,
    path: &[crate::operation::Segment::Literal("file")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Headers,
    statuses: &[200u16],
    headers: &[
        crate::operation::Header {
            name: "X-Stat",
            kind: crate::operation::Kind::Object,
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

