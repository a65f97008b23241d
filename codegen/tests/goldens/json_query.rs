// models.rs

/// Platform.
///
/// Sent by [`car_list`](crate::Engine::car_list).
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Platform {
    /// Os.
    #[serde(rename = "os", skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Properties that the description does not name, kept unchanged and written back.
    #[serde(flatten)]
    pub extra: crate::JsonObject,
}
crate::json::object!(Platform {
    os: value => "os",
});
impl Platform {
    /// Sets `os`.
    #[must_use]
    pub fn os(mut self, value: impl Into<String>) -> Self {
        self.os = Some(value.into());
        self
    }
}

// options.rs

/// Optional arguments of [`car_list`](crate::Engine::car_list); unset ones are not sent.
///
/// Car list.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CarListOptions {
    /// Platform.
    #[serde(rename = "platform", skip_serializing_if = "Option::is_none")]
    pub platform: Option<crate::models::Platform>,
    /// Platforms.
    #[serde(rename = "platforms", skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<crate::models::Platform>>,
    /// Labels.
    #[serde(rename = "labels", skip_serializing_if = "Option::is_none")]
    pub labels: Option<std::collections::BTreeMap<String, String>>,
    /// X registry auth.
    #[serde(rename = "X-Registry-Auth", skip_serializing_if = "Option::is_none")]
    pub x_registry_auth: Option<crate::models::Platform>,
}
impl CarListOptions {
    /// Sets `platform`.
    #[must_use]
    pub fn platform(mut self, value: impl Into<crate::models::Platform>) -> Self {
        self.platform = Some(value.into());
        self
    }
    /// Sets `platforms`.
    #[must_use]
    pub fn platforms(
        mut self,
        value: impl IntoIterator<Item = impl Into<crate::models::Platform>>,
    ) -> Self {
        self.platforms = Some(value.into_iter().map(Into::into).collect());
        self
    }
    /// Sets `labels`.
    #[must_use]
    pub fn labels(
        mut self,
        value: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        self.labels = Some(
            value.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        );
        self
    }
    /// Sets `X-Registry-Auth`.
    #[must_use]
    pub fn x_registry_auth(mut self, value: impl Into<crate::models::Platform>) -> Self {
        self.x_registry_auth = Some(value.into());
        self
    }
}

// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Car list.
    ///
    /// `GET /cars`. In every API version since 1.0.
    ///
    /// See [`CarListOptions`](crate::options::CarListOptions).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn car_list(
        &self,
        options: &crate::options::CarListOptions,
    ) -> crate::Result<String> {
        self.call(&crate::operations::CAR_LIST).options(options).json().await
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
pub static ALL: &[&crate::Operation] = &[&CAR_LIST];
/// `GET /cars`: Car list.
pub static CAR_LIST: crate::Operation = crate::Operation {
    id: "CarList",
    name: "car_list",
    tag: "Golden",
    summary: "Car list.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("cars")],
    parameters: &[
        crate::operation::Parameter {
            name: "platform",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Json,
            kind: crate::operation::Kind::Object,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "platforms",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Repeated,
            kind: crate::operation::Kind::Array,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "labels",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Json,
            kind: crate::operation::Kind::Object,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "X-Registry-Auth",
            place: crate::operation::Place::Header,
            encoding: crate::operation::Encoding::Base64Json,
            kind: crate::operation::Kind::Object,
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

