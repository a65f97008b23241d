//! An operation: a row of the table and a method.

use std::collections::BTreeMap;

use super::{
    Annotations, Answer, Facets, FilterKind, Lifetime, Loss, Preview, Time, ToolWords, TypeRef, Unit, Versioned, Waits,
    Words,
};

/// An operation, as a row of the table and as a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// `ContainerList`.
    pub id: String,
    /// `container_list`.
    pub name: String,
    /// `CONTAINER_LIST`.
    pub constant: String,
    /// `Container`.
    pub tag: String,
    /// `Container list`.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// More for users of the library: paragraphs in Markdown, a line each, with an empty line between; mostly empty.
    pub notes: String,
    /// `GET`.
    pub verb: String,
    /// `/containers/{id}/json`, as the description writes it.
    pub template: String,
    /// The template in segments.
    pub path: Vec<Segment>,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// Its kind of answer.
    pub answer: Answer,
    /// The type of the answer: of the value, of a stream's item, or of the headers.
    pub answer_type: Option<TypeRef>,
    /// Success statuses, ascending.
    pub statuses: Vec<u16>,
    /// Successes without a status of their own, as the description writes them: `2XX`, `default`.
    pub open_statuses: Vec<String>,
    /// The schemas of successes after the one that is read, by status.
    pub unread: BTreeMap<String, String>,
    /// Error statuses, ascending.
    pub error_statuses: Vec<u16>,
    /// Declared statuses that the client makes nothing of, as the description writes them: `302`, `4XX`, `default`.
    pub other_statuses: Vec<String>,
    /// True if the description advises against it.
    pub deprecated: bool,
    /// Declared headers of a success.
    pub headers: Vec<Header>,
    /// Media types of a success.
    pub produces: Vec<String>,
    /// The media types that it declares although no success has a schema, if one may have a body.
    pub undescribed: Vec<String>,
    /// The protocol that its connection is upgraded to.
    pub protocol: Option<String>,
    /// The part of its answer that may come arbitrarily late.
    pub waits: Waits,
    /// Hints on the effects of a call.
    pub annotations: Annotations,
    /// The most important wire paths of the answer.
    pub projection: Vec<String>,
    /// Wire paths of the body that a model is shown beyond the first level.
    pub shown: Vec<String>,
    /// The name of its options type, if it has optional parameters.
    pub options: Option<String>,
    /// The type of its `filters` argument.
    pub filters: Option<Filters>,
    /// The place of the flag that tells whether its output has a TTY.
    pub terminal: Option<Terminal>,
    /// The place of the flag that tells whether the process behind its output still runs.
    pub running: Option<Running>,
    /// The header that takes a login for a registry.
    pub login: Option<LoginHeader>,
    /// The constant of the operation that reads the object whose spec it replaces.
    pub reads: Option<String>,
    /// The constant of the operation that reads the object which its work makes.
    pub makes: Option<String>,
    /// The constant of the operation that lists objects of the kind that its first path argument names.
    pub list: Option<String>,
    /// The object that it shows.
    pub resource: Option<Resource>,
    /// Facts for a preview of a prune.
    pub preview: Option<Preview>,
    /// Facts of the object that a call may lose.
    pub loss: Option<Loss>,
    /// Differences between its tool and the operation.
    pub tool: ToolWords,
    /// The facets of its requests.
    pub facets: Facets,
    /// The versions that have it.
    pub lifetime: Lifetime,
    /// The parts of its request that only some of these versions know.
    pub newer: Vec<Versioned>,
}

/// The place of the flag that tells whether output has a TTY, as a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself")]
pub enum Terminal {
    /// In the answer of the operation of this constant, called with the same path arguments.
    Operation { constant: String, pointer: String },
    /// In the request body; if it is not there, in the answer of an operation, called with the same path arguments.
    Body { pointer: String, prepared: Option<Prepared> },
}

/// The place of a flag in the answer of the operation of a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct Prepared {
    pub constant: String,
    pub pointer: String,
}

/// The place of the flag that tells whether the process behind an output still runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct Running {
    pub constant: String,
    pub pointer: String,
    pub when: Option<String>,
    pub unless: Option<String>,
}

/// The header that takes a login for a registry, and the part of the request that tells which.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct LoginHeader {
    pub parameter: String,
    pub registry: LoginRegistry,
    pub unless: Vec<LoginException>,
}

/// The part of a request that names the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum LoginRegistry {
    Argument(String),
    ArgumentOrId(String),
    Body(String),
    All,
}

/// An argument with which no stored login is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct LoginException {
    pub argument: String,
    pub value: Option<String>,
}

/// An object, or a part of one, that an operation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub struct Resource {
    pub collection: String,
    pub argument: String,
    pub part: Option<String>,
    pub slashes: bool,
}

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Sent unchanged.
    Literal(String),
    /// Replaced by an argument.
    Argument(String),
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The API's own name.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// The name that its setter had.
    pub formerly: Option<String>,
    /// The argument in Rust that it is a part of, if it is one.
    pub pair: Option<Pair>,
    /// The part of the request that it is sent in.
    pub place: Place,
    /// The encoding of its value.
    pub encoding: Encoding,
    /// The JSON type of its value.
    pub kind: Kind,
    /// Known members of an enumeration.
    pub members: Vec<String>,
    /// The default of the engine, as JSON.
    pub default: Option<String>,
    /// The value that is sent if none is given, as JSON.
    pub absent: Option<String>,
    /// True if a caller must give it.
    pub required: bool,
    /// The type of the argument in JSON.
    pub type_ref: TypeRef,
    /// The unit of a number or of a time.
    pub unit: Option<Unit>,
    /// Its type in Rust, if it is a time or a duration.
    pub time: Option<Time>,
    /// True if the description itself says that it is a time.
    pub described_time: bool,
    /// Its meaning.
    pub words: Words,
    /// Its lifetime, if not that of the operation.
    pub lifetime: Lifetime,
    /// True if the description advises against it.
    pub deprecated: bool,
}

impl Parameter {
    /// Its meaning for the documentation, its default and its versions.
    pub fn documented(&self) -> String {
        let said = self.words.documented(Lifetime::default());
        let default = self.default.as_ref().filter(|_| !said.contains("default"));
        let default = default.map(|default| format!(" Default: `{default}`.")).unwrap_or_default();
        format!("{said}{default} {}", self.lifetime.sentence()).trim_end().to_owned()
    }
}

/// An argument that stands for several parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Its name.
    pub argument: String,
    /// Its type, one of the client's own.
    pub type_name: String,
    /// The field of that type which is this parameter.
    pub field: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "said at the emitted type")]
pub enum Encoding {
    Plain,
    Slashes,
    Repeated,
    Commas,
    Json,
    Base64Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "JSON's own types")]
pub enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// A request body.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// The name that the description gives it.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its type if it is JSON; otherwise it is bytes.
    pub json: Option<TypeRef>,
    /// True if the engine refuses the request without it.
    pub required: bool,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name as it is written.
    pub name: String,
    /// The JSON type of its text; an object is JSON in base64.
    pub kind: Kind,
    /// The type of its value.
    pub type_ref: TypeRef,
}

/// The type of a `filters` argument: a setter for each known key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// `ContainerListFilters`.
    pub name: String,
    /// The keys.
    pub keys: Vec<FilterKey>,
}

/// A key of a `filters` argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterKey {
    /// The key as it is sent, `node.label`.
    pub key: String,
    /// The name of its setter, `node_label`.
    pub rust_name: String,
    /// The type of its values.
    pub kind: FilterKind,
    /// The elements that it matches.
    pub words: Words,
    /// The versions that have it.
    pub lifetime: Lifetime,
}
