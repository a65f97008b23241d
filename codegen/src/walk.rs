//! Walks an API: all that a caller sends and receives, by operation and path on the wire. A list adds nothing to a path
//! but a node for its second item; the keys of a map are `*`.

use crate::ir::{Api, Enum, Field, Operation, Shape, Type, TypeRef};

/// The path segment for the second item of a list.
pub const SECOND: &str = "[1]";

/// The part of an operation that a node belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The operation itself.
    Operation,
    /// A parameter or the body.
    Request,
    /// The answer.
    Answer,
}

/// A node of the walk: an operation, or a value or an enumeration member in it.
pub struct Node<'a, 'path> {
    pub operation: &'a str,
    pub section: Section,
    /// The parameter, `body` or `answer`, and the properties below it.
    pub path: &'path [&'a str],
    /// The member, if the node is one of an enumeration.
    pub member: Option<&'path str>,
    /// The type of its value, with lists and maps; `None` for an operation and a member.
    pub type_ref: Option<&'a TypeRef>,
    /// The named type in its value.
    pub made_of: Option<&'a str>,
    /// The type that it is a property or a member of.
    pub part_of: Option<&'a str>,
    /// The property, if the node is one.
    pub field: Option<&'a Field>,
}

impl Node<'_, '_> {
    /// `ContainerCreate body.HostConfig.RestartPolicy.Name=always`.
    pub fn key(&self) -> String {
        let place = place(self.operation, self.path);
        match self.member {
            Some(member) => place + "=" + member,
            None => place,
        }
    }

    /// The key of the node above.
    pub fn above(&self) -> Option<String> {
        match (self.member, self.path.split_last()) {
            (Some(_), _) => Some(place(self.operation, self.path)),
            (None, Some((_, above))) => Some(place(self.operation, above)),
            (None, None) => None,
        }
    }

    /// Its name in the type that has it.
    pub fn part(&self) -> Option<&str> {
        self.member.or(self.field.map(|field| field.name.as_str()))
    }
}

fn place(operation: &str, path: &[&str]) -> String {
    let mut place = operation.to_owned();
    for (index, step) in path.iter().enumerate() {
        place.push(if index == 0 { ' ' } else { '.' });
        place.push_str(step);
    }
    place
}

/// The limit on the length of all keys of an API together; Docker's take less than half. Types that refer to each other
/// in every way have too many paths to walk.
const LONGEST_BYTES: usize = 2 * 1024 * 1024;

/// Calls `see` with every node of an API, each after the node above it. Returns the operation at which the limit
/// stopped the walk, if it did.
pub fn walk<'a>(api: &'a Api, see: &mut dyn FnMut(&Node<'a, '_>)) -> Option<&'a Operation> {
    let mut left_bytes = LONGEST_BYTES;
    for operation in &api.operations {
        let (id, path, open) = (&operation.id, Vec::new(), Vec::new());
        let mut walk =
            Walk { api, operation: id, section: Section::Operation, path, open, left_bytes: &mut left_bytes, see };
        walk.show(None, None, None);
        walk.section = Section::Request;
        for parameter in &operation.parameters {
            walk.below(&parameter.name, &parameter.type_ref, None);
        }
        if let Some(body) = operation.body.as_ref().and_then(|body| body.json.as_ref()) {
            walk.below("body", body, None);
        }
        walk.section = Section::Answer;
        if let Some(answer) = &operation.answer_type {
            walk.below("answer", answer, None);
        }
        if left_bytes == 0 {
            return Some(operation);
        }
    }
    None
}

/// A property and its type.
type Part<'a> = Option<(&'a str, &'a Field)>;

/// The state of a walk.
struct Walk<'a, 'see> {
    api: &'a Api,
    operation: &'a str,
    section: Section,
    path: Vec<&'a str>,
    /// The types around the current node; none is entered again.
    open: Vec<&'a str>,
    left_bytes: &'see mut usize,
    see: &'see mut dyn FnMut(&Node<'a, '_>),
}

impl<'a> Walk<'a, '_> {
    fn below(&mut self, name: &'a str, type_ref: &'a TypeRef, part: Part<'a>) {
        let key_bytes = self.path.iter().map(|name| name.len() + 1).sum::<usize>() + name.len();
        *self.left_bytes = self.left_bytes.saturating_sub(key_bytes);
        if *self.left_bytes == 0 {
            return;
        }
        self.path.push(name);
        self.value(type_ref, type_ref, part);
        self.path.pop();
    }

    /// Walks the type `whole`; `inner` is the part of it that is left.
    fn value(&mut self, inner: &'a TypeRef, whole: &'a TypeRef, part: Part<'a>) {
        match inner {
            TypeRef::Nullable(item) => self.value(item, whole, part),
            TypeRef::List(item) => {
                self.value(item, whole, part);
                // A parameter that took one value may take several in later versions.
                self.path.push(SECOND);
                self.show(None, None, None);
                self.path.pop();
            }
            TypeRef::Map(value) => {
                self.show(Some(whole), None, part);
                self.below("*", value, None);
            }
            TypeRef::Named(name) => match self.api.type_named(name) {
                // `check` reports an alias of itself.
                Some(Type { shape: Shape::Alias(_), name, .. }) if self.open.contains(&name.as_str()) => {}
                Some(Type { shape: Shape::Alias(target), name, .. }) => {
                    self.open.push(name);
                    self.value(target, whole, part);
                    self.open.pop();
                }
                Some(named) => {
                    self.show(Some(whole), Some(&named.name), part);
                    self.parts(named);
                }
                None => self.show(Some(whole), None, part),
            },
            _ => self.show(Some(whole), None, part),
        }
    }

    fn parts(&mut self, named: &'a Type) {
        if self.open.contains(&named.name.as_str()) {
            return;
        }
        self.open.push(&named.name);
        match &named.shape {
            Shape::Struct(fields) => {
                fields.iter().for_each(|field| self.below(&field.name, &field.type_ref, Some((&named.name, field))));
            }
            Shape::Enum(Enum::Strings(variants)) => {
                variants.iter().for_each(|variant| self.member(&named.name, &variant.value));
            }
            Shape::Enum(Enum::Integers(variants)) => {
                variants.iter().for_each(|variant| self.member(&named.name, &variant.value.to_string()));
            }
            Shape::Alias(_) => {}
        }
        self.open.pop();
    }

    fn show(&mut self, type_ref: Option<&'a TypeRef>, made_of: Option<&'a str>, part: Part<'a>) {
        let (part_of, field) = part.unzip();
        let Self { operation, section, path, .. } = self;
        (self.see)(&Node { operation, section: *section, path, member: None, type_ref, made_of, part_of, field });
    }

    fn member(&mut self, owner: &'a str, value: &str) {
        let Self { operation, section, path, .. } = self;
        let part_of = Some(owner);
        let member = Some(value);
        (self.see)(&Node {
            operation,
            section: *section,
            path,
            member,
            type_ref: None,
            made_of: None,
            part_of,
            field: None,
        });
    }
}
