//! The types of bodies and answers.

use super::{Lifetime, Time, Unit, Words};

/// A named type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// Its name in Rust.
    pub name: String,
    /// Its JSON pointer in the description.
    pub pointer: String,
    /// Its meaning.
    pub words: Words,
    /// Its shape.
    pub shape: Shape,
    /// Names in Rust that it had in older descriptions.
    pub formerly: Vec<String>,
    /// True if a caller can send one, and so needs setters.
    pub sent: bool,
    /// The versions that have it anywhere.
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
    /// The name that its setter had.
    pub formerly: Option<String>,
    /// Its type in JSON, absent or null aside.
    pub type_ref: TypeRef,
    /// True if its value needs a box: it may hold its owner, and would have no size.
    pub boxed: bool,
    /// The unit of a number or of a time.
    pub unit: Option<Unit>,
    /// Its type in Rust, if it is a time or a duration.
    pub time: Option<Time>,
    /// True if the description itself says that it is a time.
    pub described_time: bool,
    /// True if every engine sends it, in a type that no caller sends: it is read as its value.
    pub always: bool,
    /// True if the description advises against it.
    pub deprecated: bool,
    /// True if the description requires it in every value; an engine may still leave it out.
    pub required: bool,
    /// The default of the engine, as JSON.
    pub default: Option<String>,
    /// Its meaning.
    pub words: Words,
    /// The type that defines it: this one, or one that `allOf` includes.
    pub defined_in: String,
    /// Its lifetime, if not that of the type.
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
    /// Its meaning.
    pub words: Words,
    /// Its lifetime, if not that of the type.
    pub lifetime: Lifetime,
}

/// The type of a field or an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says itself")]
pub enum TypeRef {
    String,
    Boolean,
    Integer(Integer),
    Number,
    /// Text that must not be shown.
    Sensitive,
    /// An environment variable, `NAME=value`, whose value must not be shown.
    Variable,
    /// Any JSON value.
    Value,
    /// Any JSON object.
    Object,
    /// A set, written as a map to empty objects.
    Set,
    Named(String),
    /// The type of a `filters` argument, in the module of the options.
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

impl Shape {
    /// True if both are the same on the wire and in Rust, whatever is said of them.
    pub fn is_alike(&self, other: &Self) -> bool {
        fn have_same<T>(one: &[T], other: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
            one.len() == other.len() && one.iter().all(|part| other.iter().any(|other| is_same(part, other)))
        }
        let is_field = |one: &Field, other: &Field| one.name == other.name && one.type_ref == other.type_ref;
        match (self, other) {
            (Shape::Struct(one), Shape::Struct(other)) => have_same(one, other, is_field),
            (Shape::Enum(Enum::Strings(one)), Shape::Enum(Enum::Strings(other))) => {
                have_same(one, other, |one, other| one.value == other.value)
            }
            (Shape::Enum(Enum::Integers(one)), Shape::Enum(Enum::Integers(other))) => {
                have_same(one, other, |one, other| one.value == other.value)
            }
            (Shape::Alias(one), Shape::Alias(other)) => one == other,
            _ => false,
        }
    }
}

impl TypeRef {
    /// The named type in it, inside lists and maps.
    pub fn named(&self) -> Option<&str> {
        match self {
            TypeRef::Named(name) | TypeRef::Filters(name) => Some(name),
            TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => inner.named(),
            _ => None,
        }
    }

    /// True if it contains JSON that nothing describes.
    pub fn is_untyped(&self) -> bool {
        match self {
            TypeRef::Value | TypeRef::Object => true,
            TypeRef::List(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => inner.is_untyped(),
            _ => false,
        }
    }
}
