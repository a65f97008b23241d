// models.rs

/// Car.
///
/// Sent by [`events`](crate::Engine::events). Answer of [`events`](crate::Engine::events).
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
    /// Attach.
    ///
    /// `POST /attach`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn attach(&self) -> crate::Result<crate::Duplex> {
        self.call(&crate::operations::ATTACH).duplex().await
    }

    /// Delete.
    ///
    /// `DELETE /delete`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn delete(&self) -> crate::Result<()> {
        self.call(&crate::operations::DELETE).empty().await
    }

    /// Events.
    ///
    /// `POST /events`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams) and [`Car`](crate::models::Car).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    ///
    /// Failures after the start of the answer are errors of the stream.
    pub async fn events(
        &self,
        body: Option<&crate::models::Car>,
    ) -> crate::Result<crate::JsonStream<crate::models::Car>> {
        self.call(&crate::operations::EVENTS).body(&body).json_stream().await
    }

    /// Export.
    ///
    /// `GET /export`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    ///
    /// Failures after the start of the answer are errors of the stream.
    pub async fn export(&self) -> crate::Result<crate::ByteStream> {
        self.call(&crate::operations::EXPORT).byte_stream().await
    }

    /// Log.
    ///
    /// `GET /log`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    ///
    /// Failures after the start of the answer are errors of the stream.
    pub async fn log(&self) -> crate::Result<crate::JsonStream<crate::Value>> {
        self.call(&crate::operations::LOG).json_stream().await
    }

    /// Output.
    ///
    /// `GET /output`. In every API version since 1.0.
    ///
    /// See [streams](crate::guide::streams).
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    ///
    /// Failures after the start of the answer are errors of the stream.
    pub async fn output(&self) -> crate::Result<crate::LogStream> {
        self.call(&crate::operations::OUTPUT).log_stream().await
    }

    /// Resize.
    ///
    /// `POST /resize`. In every API version since 1.0.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn resize(&self) -> crate::Result<()> {
        self.call(&crate::operations::RESIZE).empty().await
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
pub static ALL: &[&crate::Operation] = &[
    &ATTACH,
    &DELETE,
    &EVENTS,
    &EXPORT,
    &LOG,
    &OUTPUT,
    &RESIZE,
];
/// `POST /attach`: Attach.
pub static ATTACH: crate::Operation = crate::Operation {
    id: "Attach",
    name: "attach",
    tag: "Golden",
    summary: "Attach.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("attach")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Upgrade,
    statuses: &[101u16, 200u16],
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

/// `DELETE /delete`: Delete.
pub static DELETE: crate::Operation = crate::Operation {
    id: "Delete",
    name: "delete",
    tag: "Golden",
    summary: "Delete.",
    method: http::Method::DELETE,
    path: &[crate::operation::Segment::Literal("delete")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Empty,
    statuses: &[204u16],
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

/// `POST /events`: Events.
pub static EVENTS: crate::Operation = crate::Operation {
    id: "Events",
    name: "events",
    tag: "Golden",
    summary: "Events.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("events")],
    parameters: &[],
    body: Some(crate::operation::RequestBody {
        name: "car",
        media_type: "application/json",
        json: true,
        required: false,
    }),
    answer: crate::operation::Answer::JsonStream,
    statuses: &[200u16],
    headers: &[],
    produces: &["application/jsonl", "application/x-ndjson", "application/json-seq"],
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

/// `GET /export`: Export.
pub static EXPORT: crate::Operation = crate::Operation {
    id: "Export",
    name: "export",
    tag: "Golden",
    summary: "Export.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("export")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Tar,
    statuses: &[200u16],
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

/// `GET /log`: Log.
pub static LOG: crate::Operation = crate::Operation {
    id: "Log",
    name: "log",
    tag: "Golden",
    summary: "Log.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("log")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::JsonStream,
    statuses: &[200u16],
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

/// `GET /output`: Output.
pub static OUTPUT: crate::Operation = crate::Operation {
    id: "Output",
    name: "output",
    tag: "Golden",
    summary: "Output.",
    method: http::Method::GET,
    path: &[crate::operation::Segment::Literal("output")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::LogStream,
    statuses: &[200u16],
    headers: &[],
    produces: &[
        "application/vnd.docker.raw-stream",
        "application/vnd.docker.multiplexed-stream",
    ],
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

/// `POST /resize`: Resize.
pub static RESIZE: crate::Operation = crate::Operation {
    id: "Resize",
    name: "resize",
    tag: "Golden",
    summary: "Resize.",
    method: http::Method::POST,
    path: &[crate::operation::Segment::Literal("resize")],
    parameters: &[],
    body: None,
    answer: crate::operation::Answer::Empty,
    statuses: &[200u16],
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

