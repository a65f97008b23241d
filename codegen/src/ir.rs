//! The intermediate representation: an API with every name chosen and every decision taken. `lower` writes it, `emit` prints
//! it, and nothing here knows OpenAPI or Rust syntax beyond names.

pub use crate::overlay::{Annotations, Answer, FilterKind, ToolWords, Waits};

/// An API.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// What the description calls it.
    pub title: String,
    /// The version of the description.
    pub version: String,
    /// The oldest version that the client is to speak.
    pub oldest: String,
    /// The operations, in the order of their ids.
    pub operations: Vec<Operation>,
    /// The types of bodies and answers, in the order of their names.
    pub types: Vec<Type>,
}

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
    /// What a user should know besides: paragraphs in Markdown, a line each and an empty line between; mostly empty.
    pub notes: String,
    /// `GET`.
    pub verb: String,
    /// `/containers/{id}/json`, as the description writes it.
    pub template: String,
    /// The same, a segment each.
    pub path: Vec<Segment>,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// How a success is read.
    pub answer: Answer,
    /// The type of what it answers with: of the value, of a stream's item, of the headers.
    pub answer_type: Option<TypeRef>,
    /// Success statuses, ascending.
    pub statuses: Vec<u16>,
    /// Error statuses, ascending.
    pub error_statuses: Vec<u16>,
    /// Declared headers of a success.
    pub headers: Vec<Header>,
    /// Media types of a success.
    pub produces: Vec<String>,
    /// The protocol that its connection is upgraded to.
    pub protocol: Option<String>,
    /// What of its answer may come arbitrarily late.
    pub waits: Waits,
    /// Hints on what calling it may do.
    pub annotations: Annotations,
    /// Wire paths that tell most of the answer.
    pub projection: Vec<String>,
    /// Wire paths of the body that a model is shown beyond the first level.
    pub shown: Vec<String>,
    /// The name of its options type, if it has optional parameters.
    pub options: Option<String>,
    /// The type of its `filters` argument.
    pub filters: Option<Filters>,
    /// Where the engine says whether its output has a TTY.
    pub terminal: Option<Terminal>,
    /// What its tool does otherwise.
    pub tool: ToolWords,
    /// The versions that have it.
    pub lifetime: Lifetime,
    /// What of its request not all of these versions know.
    pub newer: Vec<Newer>,
}

/// Where the engine says whether output has a TTY, at a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself")]
pub enum Terminal {
    /// In what the operation of this constant answers, called with the same path arguments.
    Asked { constant: String, pointer: String },
    /// In the request body.
    Body { pointer: String },
}

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Sent as it stands.
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
    /// Where it is sent.
    pub place: Place,
    /// How it is written there.
    pub encoding: Encoding,
    /// The JSON type of its value.
    pub kind: Kind,
    /// Known members of an enumeration.
    pub members: Vec<String>,
    /// What the engine assumes, as JSON.
    pub default: Option<String>,
    /// What is sent when it is not given, as JSON.
    pub absent: Option<String>,
    /// Whether a caller must give it.
    pub required: bool,
    /// The type of the argument.
    pub type_ref: TypeRef,
    /// What it means.
    pub words: Words,
    /// The versions that have it, where these are not those of the operation.
    pub lifetime: Lifetime,
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
    /// What it is sent as.
    pub media_type: String,
    /// Its type if it is JSON; otherwise it is bytes.
    pub json: Option<TypeRef>,
    /// Whether the engine refuses the request without it.
    pub required: bool,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name as it is written.
    pub name: String,
    /// What its text stands for; an object is JSON in base64.
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
    /// What its values are.
    pub kind: FilterKind,
    /// What it matches.
    pub words: String,
    /// The versions that have it.
    pub lifetime: Lifetime,
}

/// The API versions that have something, as far as they are not all that we know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// The first; `None` if the oldest has it.
    pub since: Option<(u32, u32)>,
    /// The last; `None` if the newest has it.
    pub until: Option<(u32, u32)>,
}

impl Lifetime {
    /// That of something which is there when one of two is.
    pub fn or(self, other: Self) -> Self {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        Self { since: self.since.zip(other.since).map(|(one, other)| one.min(other)), until }
    }

    /// In words, as a sentence; nothing for all versions.
    pub fn sentence(self) -> String {
        let version = |(major, minor): (u32, u32)| format!("{major}.{minor}");
        match (self.since.map(version), self.until.map(version)) {
            (None, None) => String::new(),
            (Some(since), None) => format!("Since API {since}."),
            (None, Some(until)) => format!("Up to API {until}."),
            (Some(since), Some(until)) => format!("API {since} to {until}."),
        }
    }

    /// What is left to say where that of the whole has been said.
    pub fn beside(self, whole: Self) -> Self {
        Self {
            since: self.since.filter(|_| self.since != whole.since),
            until: self.until.filter(|_| self.until != whole.until),
        }
    }
}

/// Something that a caller can send and that not every version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// The parameter or `body`, and the properties that lead on; `*` is any key of a map.
    pub path: Vec<String>,
    /// The member of an enumeration, if it is one.
    pub member: Option<String>,
    /// The versions that know it.
    pub lifetime: Lifetime,
}

/// What something means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// A sentence or two.
    pub text: String,
    /// Who says it.
    pub origin: Origin,
}

impl Words {
    /// What is said, and in which versions that is so.
    pub fn in_versions(&self, lifetime: Lifetime) -> String {
        let versions = lifetime.sentence();
        if versions.is_empty() { self.text.clone() } else { format!("{} {versions}", self.text) }
    }
}

/// Who says what something means, and so who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The overlay, to everybody: a model has room for it.
    Overlay,
    /// The overlay, in documentation and whole schemas: a model sees the name and asks if it wants more.
    Reference,
    /// The description itself.
    Prose,
    /// Nobody: it is the name in other letters.
    Name,
}

/// A named type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// Its name in Rust.
    pub name: String,
    /// Where it stands in the description.
    pub pointer: String,
    /// What it is.
    pub words: Words,
    /// Its shape.
    pub shape: Shape,
    /// Names in Rust that it had in older descriptions.
    pub formerly: Vec<String>,
    /// Whether a caller ever sends one, and so wants setters.
    pub sent: bool,
    /// The versions that have it, wherever it stands.
    pub lifetime: Lifetime,
}

/// The shape of a named type.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An object with named properties.
    Struct(Vec<Field>),
    /// A string or an integer with known members; any other value is kept.
    Enum(Enum),
    /// Another name for a type.
    Alias(TypeRef),
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The API's own name.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// Its type, absent or null aside.
    pub type_ref: TypeRef,
    /// Whether the description wants it in every value; an engine may leave it out all the same.
    pub required: bool,
    /// What the engine assumes, as JSON.
    pub default: Option<String>,
    /// What it means.
    pub words: Words,
    /// The type whose words these are: its own, or one that it takes in whole.
    pub defined_in: String,
    /// The versions that have it, where these are not those of the type.
    pub lifetime: Lifetime,
}

/// An open enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enum {
    /// Of strings.
    Strings(Vec<Variant<String>>),
    /// Of integers.
    Integers(Vec<Variant<i64>>),
}

/// A known member of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant<T> {
    /// The name in Rust.
    pub rust_name: String,
    /// The value as it is sent.
    pub value: T,
    /// What it means.
    pub words: Words,
    /// The versions that have it, where these are not those of the type.
    pub lifetime: Lifetime,
}

/// A type as it stands in a field or an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself")]
pub enum TypeRef {
    String,
    Boolean,
    Integer(Integer),
    Number,
    /// Text that must not be shown.
    Sensitive,
    /// Any JSON value.
    Value,
    /// Any JSON object.
    Object,
    /// A set, written as a map to empty objects.
    Set,
    Named(String),
    /// The type of a `filters` argument, which stands beside the options.
    Filters(String),
    List(Box<TypeRef>),
    Map(Box<TypeRef>),
    /// An item or a map's value that may be null.
    Nullable(Box<TypeRef>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "Rust's own types")]
pub enum Integer {
    I64,
    I32,
    U64,
    U32,
    U16,
    U8,
}

impl TypeRef {
    /// The name of the type that it is made of, lists and maps aside.
    pub fn named(&self) -> Option<&str> {
        match self {
            TypeRef::Named(name) | TypeRef::Filters(name) => Some(name),
            TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => inner.named(),
            _ => None,
        }
    }

    /// Whether it is JSON that nothing describes, somewhere in it.
    pub fn is_untyped(&self) -> bool {
        match self {
            TypeRef::Value | TypeRef::Object => true,
            TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => inner.is_untyped(),
            _ => false,
        }
    }
}

impl Api {
    /// The type of this name.
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        let found = self.types.binary_search_by(|described| described.name.as_str().cmp(name)).ok()?;
        Some(&self.types[found])
    }

    /// The fields that are JSON which nothing describes, as `Type.property`.
    pub fn untyped(&self) -> Vec<String> {
        let fields = self.types.iter().flat_map(|described| match &described.shape {
            Shape::Struct(fields) => fields.iter().map(|field| (described, field)).collect(),
            _ => Vec::new(),
        });
        let untyped = fields.filter(|(_, field)| field.type_ref.is_untyped());
        untyped.map(|(described, field)| format!("{}.{}", described.name, field.name)).collect()
    }
}
