// models.rs

/// Car list order.
///
/// Sent by [`car_list`](crate::Engine::car_list).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CarListOrder {
    /// `up`.
    Up,
    /// `down`.
    Down,
    /// A value that the description does not name.
    Other(String),
}
crate::open_enum::strings!(CarListOrder {
    Up => "up",
    Down => "down",
});

// options.rs

/// Optional arguments of [`car_list`](crate::Engine::car_list); unset ones are not sent.
///
/// Car list.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CarListOptions {
    /// Colour.
    #[serde(rename = "colour", skip_serializing_if = "Option::is_none")]
    pub colour: Option<Vec<String>>,
    /// Sizes.
    #[serde(rename = "sizes", skip_serializing_if = "Option::is_none")]
    pub sizes: Option<Vec<i64>>,
    /// Order. Default: `"up"`.
    #[serde(rename = "order", skip_serializing_if = "Option::is_none")]
    pub order: Option<crate::models::CarListOrder>,
    /// One shot. Default: `false`.
    #[serde(rename = "one-shot", skip_serializing_if = "Option::is_none")]
    pub one_shot: Option<bool>,
    /// Type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}
impl CarListOptions {
    /// Sets `colour`.
    #[must_use]
    pub fn colour(mut self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.colour = Some(value.into_iter().map(Into::into).collect());
        self
    }
    /// Sets `sizes`.
    #[must_use]
    pub fn sizes(mut self, value: impl IntoIterator<Item = i64>) -> Self {
        self.sizes = Some(value.into_iter().collect());
        self
    }
    /// Sets `order`.
    ///
    /// Order. Default: `"up"`.
    #[must_use]
    pub fn order(mut self, value: impl Into<crate::models::CarListOrder>) -> Self {
        self.order = Some(value.into());
        self
    }
    /// Sets `one-shot`.
    ///
    /// One shot. Default: `false`.
    #[must_use]
    pub fn one_shot(mut self, value: bool) -> Self {
        self.one_shot = Some(value);
        self
    }
    /// Sets `type`.
    #[must_use]
    pub fn type_(mut self, value: impl Into<String>) -> Self {
        self.type_ = Some(value.into());
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
        owner: &str,
        limit: i64,
        options: &crate::options::CarListOptions,
    ) -> crate::Result<Vec<String>> {
        self.call(&crate::operations::CAR_LIST)
            .argument("owner", &owner)
            .argument("limit", &limit)
            .options(options)
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
            name: "owner",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: true,
        },
        crate::operation::Parameter {
            name: "colour",
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
            name: "sizes",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Commas,
            kind: crate::operation::Kind::Array,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "order",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
            unit: None,
            members: &["up", "down"],
            default: Some("\"up\""),
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "one-shot",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::Boolean,
            unit: None,
            members: &[],
            default: Some("false"),
            absent: None,
            required: false,
        },
        crate::operation::Parameter {
            name: "limit",
            place: crate::operation::Place::Query,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::Integer,
            unit: None,
            members: &[],
            default: None,
            absent: None,
            required: true,
        },
        crate::operation::Parameter {
            name: "type",
            place: crate::operation::Place::Header,
            encoding: crate::operation::Encoding::Plain,
            kind: crate::operation::Kind::String,
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

