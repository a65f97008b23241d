//! Facts of a description, one for each operation and path on the wire, in words for a maintainer.

use std::collections::BTreeMap;
use std::fmt;

use crate::ir::{
    Answer, Api, Body, Encoding, Enum, Field, Header, Integer, Operation, Parameter, Place, Shape, TypeRef,
};
use crate::lower::spelled_out;
use crate::walk::{Node, SECOND, Section, walk};

/// The phrase for a value that must be given, or is always there.
pub const REQUIRED: &str = "required";

/// The facts about one node of an API.
pub struct Fact {
    pub subject: Subject,
    pub operation: String,
    pub section: Section,
    /// The key of the node above.
    pub above: Option<String>,
    pub type_text: Option<TypeText>,
    /// More phrases about it, in an order that is the same for every description.
    pub phrases: Vec<String>,
}

/// A type in words.
pub struct TypeText {
    /// With the names of definitions.
    pub text: String,
    /// Without them: names change while the wire stays the same.
    pub shape: String,
    /// The definition in it.
    pub made_of: Option<String>,
}

/// The subject of a fact, by the name that a maintainer looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each says itself")]
pub enum Subject {
    Operation(String),
    Parameter(String),
    Body,
    /// By the type that defines it, which may be shared.
    Property {
        owner: String,
        name: String,
    },
    /// Of the enumeration of this name.
    Member(String),
    Answer,
    /// The media types of an answer.
    Content,
    Header(String),
    Status(String),
    /// A status that the client makes nothing of: `302`, `4XX`, `default`.
    OtherStatus(String),
    /// The value of a map, which the entry of the map covers.
    MapValue,
}

/// The facts of an API by operation and path on the wire.
pub fn facts(api: &Api) -> BTreeMap<String, Fact> {
    let operations: BTreeMap<_, _> =
        api.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect();
    let mut facts = BTreeMap::new();
    walk(api, &mut |seen| {
        // The fact about the list itself already says so.
        if seen.path.last() == Some(&SECOND) {
            return;
        }
        let (subject, phrases) = subject(operations[seen.operation], seen);
        let type_text = seen.type_ref.map(|type_ref| TypeText {
            text: text(api, type_ref),
            shape: shape(api, type_ref),
            made_of: seen.made_of.map(str::to_owned),
        });
        let operation = seen.operation.to_owned();
        facts.insert(
            seen.key(),
            Fact { subject, operation, section: seen.section, above: seen.above(), type_text, phrases },
        );
    });
    for operation in &api.operations {
        add_facts_off_the_wire(operation, &mut facts);
    }
    facts
}

/// Adds the facts without a path on the wire: statuses, headers of an answer and bodies of bytes.
fn add_facts_off_the_wire(operation: &Operation, facts: &mut BTreeMap<String, Fact>) {
    let id = &operation.id;
    let mut add = |key: String, subject, section, phrases| {
        let above = Some(id.clone());
        facts.entry(key).or_insert(Fact { subject, operation: id.clone(), section, above, type_text: None, phrases });
    };
    let numbers = operation.statuses.iter().chain(&operation.error_statuses).map(u16::to_string);
    for status in numbers.chain(operation.open_statuses.iter().cloned()) {
        let phrases = vec![schema(operation.unread.get(&status))];
        add(format!("{id} status {status}"), Subject::Status(status), Section::Answer, phrases);
    }
    for status in &operation.other_statuses {
        add(format!("{id} status {status}"), Subject::OtherStatus(status.clone()), Section::Answer, Vec::new());
    }
    add(format!("{id} content"), Subject::Content, Section::Answer, vec![content(operation)]);
    // Where the headers are the answer, they are its properties.
    for header in operation.headers.iter().filter(|_| !answers_with_headers(operation)) {
        add(
            format!("{id} header {}", header.name),
            Subject::Header(header.name.clone()),
            Section::Answer,
            header_phrases(header),
        );
    }
    if let Some(body) = operation.body.as_ref().filter(|body| body.json.is_none()) {
        add(format!("{id} body"), Subject::Body, Section::Request, body_phrases(body));
    }
}

fn subject(operation: &Operation, seen: &Node) -> (Subject, Vec<String>) {
    if let (Some(owner), Some(value)) = (seen.part_of, seen.member) {
        return (Subject::Member(owner.to_owned()), vec![format!("`{value}`")]);
    }
    let parameter = |name: &str| {
        operation.parameters.iter().find(|parameter| seen.section == Section::Request && parameter.name == name)
    };
    match (seen.path, seen.field, &operation.body) {
        ([], ..) => (Subject::Operation(operation.id.clone()), operation_phrases(operation)),
        ([_, name], ..) if seen.section == Section::Answer && answers_with_headers(operation) => {
            (Subject::Header((*name).to_owned()), Vec::new())
        }
        (_, Some(field), _) => {
            (Subject::Property { owner: field.defined_in.clone(), name: field.name.clone() }, field_phrases(field))
        }
        ([name], ..) if let Some(parameter) = parameter(name) => {
            (Subject::Parameter(parameter.name.clone()), parameter_phrases(parameter))
        }
        ([_], _, Some(body)) if seen.section == Section::Request => (Subject::Body, body_phrases(body)),
        ([_], ..) => (Subject::Answer, Vec::new()),
        _ => (Subject::MapValue, Vec::new()),
    }
}

fn answers_with_headers(operation: &Operation) -> bool {
    matches!(operation.answer, Answer::Headers | Answer::Text | Answer::Tar)
}

fn header_phrases(header: &Header) -> Vec<String> {
    vec![format!("{:?}", header.kind).to_lowercase()]
}

fn schema(unread: Option<&String>) -> String {
    unread.map_or_else(|| "no schema of its own".to_owned(), |schema| format!("schema `{schema}`"))
}

/// The media types of the answer, also those without a schema.
fn content(operation: &Operation) -> String {
    let Operation { produces, undescribed, .. } = operation;
    let types = if produces.is_empty() { undescribed } else { produces };
    if types.is_empty() { "none".to_owned() } else { format!("`{}`", types.join("`, `")) }
}

fn operation_phrases(operation: &Operation) -> Vec<String> {
    let answer = spelled_out(&format!("{:?}", operation.answer)).to_lowercase();
    vec![
        format!("`{} {}`", operation.verb, operation.template),
        format!("tag `{}`", operation.tag),
        format!("an answer that is {answer}"),
        deprecation(operation.deprecated),
    ]
}

fn parameter_phrases(parameter: &Parameter) -> Vec<String> {
    let place = match parameter.place {
        Place::Path => "in the path",
        Place::Query => "in the query",
        Place::Header => "as a header",
    };
    let encoding = match parameter.encoding {
        Encoding::Plain => "as it stands",
        Encoding::Slashes => "with slashes",
        Encoding::Repeated => "repeated",
        Encoding::Commas => "joined by commas",
        Encoding::Json => "as JSON",
        Encoding::Base64Json => "as JSON in base64",
    };
    let (place, encoding) = (place.to_owned(), encoding.to_owned());
    let Parameter { required, deprecated, described_time, .. } = parameter;
    let default = default(parameter.default.as_ref());
    vec![presence(*required), default, place, encoding, deprecation(*deprecated), time_format(*described_time)]
}

fn field_phrases(field: &Field) -> Vec<String> {
    let Field { required, deprecated, described_time, .. } = field;
    vec![presence(*required), default(field.default.as_ref()), deprecation(*deprecated), time_format(*described_time)]
}

fn body_phrases(body: &Body) -> Vec<String> {
    vec![presence(body.required), format!("sent as `{}`", body.media_type)]
}

fn presence(required: bool) -> String {
    if required { REQUIRED } else { "optional" }.to_owned()
}

fn deprecation(is_deprecated: bool) -> String {
    if is_deprecated { "deprecated" } else { "not deprecated" }.to_owned()
}

/// Texts that become times have another type in Rust, and the same in JSON.
fn time_format(described_time: bool) -> String {
    if described_time { "a time by its `format`" } else { "no time by its `format`" }.to_owned()
}

fn default(default: Option<&String>) -> String {
    default.map_or_else(|| "without default".to_owned(), |default| format!("default `{default}`"))
}

/// `list of PortSummary`.
fn text(api: &Api, type_ref: &TypeRef) -> String {
    in_words(api, type_ref, &|name, shape| match shape {
        Shape::Enum(members) => format!("one of {}", values(members)),
        _ => format!("`{name}`"),
    })
}

/// `list of object`.
fn shape(api: &Api, type_ref: &TypeRef) -> String {
    in_words(api, type_ref, &|_, shape| match shape {
        Shape::Enum(Enum::Strings(_)) => "known strings".to_owned(),
        Shape::Enum(Enum::Integers(_)) => "known integers".to_owned(),
        _ => "object".to_owned(),
    })
}

fn in_words(api: &Api, type_ref: &TypeRef, named: &dyn Fn(&str, &Shape) -> String) -> String {
    let inner = |inner: &TypeRef| in_words(api, inner, named);
    match type_ref {
        TypeRef::String => "string".to_owned(),
        TypeRef::Sensitive => "secret string".to_owned(),
        TypeRef::Variable => "environment variable".to_owned(),
        TypeRef::Boolean => "boolean".to_owned(),
        TypeRef::Integer(Integer::I64) => "integer".to_owned(),
        TypeRef::Integer(width) => format!("integer ({})", format!("{width:?}").to_lowercase()),
        TypeRef::Number => "number".to_owned(),
        TypeRef::Value => "any JSON".to_owned(),
        TypeRef::Object => "any object".to_owned(),
        TypeRef::Set => "set".to_owned(),
        TypeRef::List(item) => format!("list of {}", inner(item)),
        TypeRef::Map(value) => format!("map of {}", inner(value)),
        TypeRef::Nullable(value) => format!("{} or null", inner(value)),
        TypeRef::Named(name) => match api.type_named(name).map(|named| &named.shape) {
            Some(Shape::Alias(target)) => inner(target),
            Some(shape) => named(name, shape),
            None => format!("`{name}`"),
        },
        // Their keys stand in the overlay.
        TypeRef::Filters(_) => "filters".to_owned(),
    }
}

fn values(members: &Enum) -> String {
    let values: Vec<_> = match members {
        Enum::Strings(variants) => variants.iter().map(|variant| format!("`{}`", variant.value)).collect(),
        Enum::Integers(variants) => variants.iter().map(|variant| variant.value.to_string()).collect(),
    };
    values.join(", ")
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Subject::Operation(id) => write!(out, "operation `{id}`"),
            Subject::Parameter(name) => write!(out, "parameter `{name}`"),
            Subject::Body => write!(out, "body"),
            Subject::Property { owner, name } => write!(out, "`{owner}.{name}`"),
            Subject::Member(owner) => write!(out, "members of `{owner}`"),
            Subject::Answer => write!(out, "answer"),
            Subject::Content => write!(out, "content"),
            Subject::Header(name) => write!(out, "header `{name}`"),
            Subject::Status(status) => write!(out, "status {status}"),
            Subject::OtherStatus(status) => write!(out, "status {status}, which the client makes nothing of,"),
            Subject::MapValue => write!(out, "value"),
        }
    }
}
