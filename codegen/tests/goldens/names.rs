// models.rs

/// Acronym.
///
/// Part of [`OddName`].
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Acronym {
    /// Password.
    #[serde(rename = "Password", skip_serializing_if = "Option::is_none")]
    pub password: Option<crate::Sensitive>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Acronym {
    password: value => "Password",
});

/// Odd name.
///
/// Answer of [`type_inspect`](crate::Engine::type_inspect).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct OddName {
    /// Type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// Enable ipv6.
    #[serde(rename = "EnableIPv6", skip_serializing_if = "Option::is_none")]
    pub enable_ipv6: Option<bool>,
    /// Os version.
    #[serde(rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// Blkio device read iops.
    #[serde(rename = "BlkioDeviceReadIOps", skip_serializing_if = "Option::is_none")]
    pub blkio_device_read_iops: Option<i64>,
    /// Self.
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<crate::models::Acronym>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(OddName {
    type_: value => "type",
    enable_ipv6: value => "EnableIPv6",
    os_version: value => "os.version",
    blkio_device_read_iops: value => "BlkioDeviceReadIOps",
    self_: value => "Self",
});

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Type inspect.
    ///
    /// `GET /types/{type}`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn type_inspect(
        &self,
        type_: &str,
    ) -> crate::Result<crate::models::OddName> {
        self.call(&crate::operations::TYPE_INSPECT).argument("type", &type_).json().await
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
pub static ALL: &[&crate::Operation] = &[&TYPE_INSPECT];
/// `GET /types/{type}`: Type inspect.
pub static TYPE_INSPECT: crate::Operation = crate::Operation {
    id: "TypeInspect",
    name: "type_inspect",
    tag: "Golden",
    summary: "Type inspect.",
    method: http::Method::GET,
    path: &[
        crate::operation::Segment::Literal("types"),
        crate::operation::Segment::Argument("type"),
    ],
    parameters: &[
        crate::operation::Parameter {
            name: "type",
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
    resource: Some(crate::operation::Resource {
        collection: "types",
        argument: "type",
        part: None,
        slashes: false,
    }),
    preview: None,
    loss: None,
    facets: crate::operation::Facets::NONE,
    lifetime: crate::operation::Lifetime::ALWAYS,
    versioned: &[],
};

