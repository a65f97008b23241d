// models.rs

/// Car.
///
/// Sent by [`both`](crate::Engine::both). Answer of [`both`](crate::Engine::both).
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
impl Car {
    /// Sets `Name`.
    #[must_use]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }
}

// options.rs


// methods.rs

/// Operations of the tag Golden.
impl crate::Engine {
    /// Both.
    ///
    /// `POST /both`. In every API version since 1.0.
    ///
    /// See [`Car`](crate::models::Car).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn both(
        &self,
        body: Option<&crate::models::Car>,
    ) -> crate::Result<crate::models::Car> {
        self.call(&crate::operations::BOTH).body(&body).json().await
    }
    /// Bytes.
    ///
    /// `POST /bytes`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    ///
    /// Failures after the start of the answer are errors of the stream.
    pub async fn bytes(
        &self,
        body: impl Into<crate::Body>,
    ) -> crate::Result<crate::ByteStream> {
        self.call(&crate::operations::BYTES).content(body.into()).byte_stream().await
    }
    /// Form.
    ///
    /// `POST /form`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn form(&self, body: impl Into<crate::Body>) -> crate::Result<String> {
        self.call(&crate::operations::FORM).content(body.into()).text().await
    }
    /// Yaml.
    ///
    /// `GET /yaml`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn yaml(&self) -> crate::Result<String> {
        self.call(&crate::operations::YAML).text().await
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
pub static ALL: &[&crate::Operation] = &[&BOTH, &BYTES, &FORM, &YAML];
/// `POST /both`: Both.
pub static BOTH: crate::Operation = crate::Operation {
    id: "Both",
    name: "both",
    tag: "Golden",
    summary: "Both.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("both")],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "body",
        media_type: "application/json",
        json: true,
        required: false,
    }),
    answer: crate::operation::Answer::Json,
    statuses: &[],
    headers: &[],
    produces: &["text/csv", "application/json"],
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
/// `POST /bytes`: Bytes.
pub static BYTES: crate::Operation = crate::Operation {
    id: "Bytes",
    name: "bytes",
    tag: "Golden",
    summary: "Bytes.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("bytes")],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "body",
        media_type: "application/cbor",
        json: false,
        required: true,
    }),
    answer: crate::operation::Answer::Tar,
    statuses: &[200u16],
    headers: &[],
    produces: &["application/octet-stream"],
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
/// `POST /form`: Form.
pub static FORM: crate::Operation = crate::Operation {
    id: "Form",
    name: "form",
    tag: "Golden",
    summary: "Form.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("form")],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "body",
        media_type: "application/x-www-form-urlencoded",
        json: false,
        required: true,
    }),
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
/// `GET /yaml`: Yaml.
pub static YAML: crate::Operation = crate::Operation {
    id: "Yaml",
    name: "yaml",
    tag: "Golden",
    summary: "Yaml.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("yaml")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Text,
    statuses: &[200u16],
    headers: &[],
    produces: &["application/vnd.car+yaml"],
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

