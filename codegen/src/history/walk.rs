//! Everything of an API that a caller sends or is answered with, by operation and path on the wire. Lists leave no trace in
//! a path, but that there may be a second item; the keys of a map are a `*`.

use crate::ir::{Api, Enum, Field, Operation, Shape, Type, TypeRef};

/// What stands in a path for the second item of a list, which there is not where there is no list.
pub const SECOND: &str = "[1]";

/// Where in an operation something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// It is the operation.
    Operation,
    /// In a parameter or the body.
    Request,
    /// In what comes back.
    Answer,
}

/// Something that an operation has.
pub struct Seen<'a, 'path> {
    pub operation: &'a str,
    pub at: At,
    /// The parameter or `body` or `answer`, and the properties that lead on from there.
    pub path: &'path [&'a str],
    /// The member of an enumeration.
    pub member: Option<&'path str>,
    /// The type of its value, lists and maps included; an operation and a member have none.
    pub type_ref: Option<&'a TypeRef>,
    /// The named type that its value is made of.
    pub made_of: Option<&'a str>,
    /// The type that it is a property or a member of.
    pub part_of: Option<&'a str>,
    /// The property that it is.
    pub field: Option<&'a Field>,
}

impl Seen<'_, '_> {
    /// `ContainerCreate body.HostConfig.RestartPolicy.Name=always`.
    pub fn key(&self) -> String {
        let place = place(self.operation, self.path);
        match self.member {
            Some(member) => place + "=" + member,
            None => place,
        }
    }

    /// The key of what it stands in.
    pub fn above(&self) -> Option<String> {
        match (self.member, self.path.split_last()) {
            (Some(_), _) => Some(place(self.operation, self.path)),
            (None, Some((_, above))) => Some(place(self.operation, above)),
            (None, None) => None,
        }
    }

    /// Its name in the type that it is a part of.
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

/// How long all keys of an API may be together; Docker's are not half of it. Types that lead to one another in every
/// way have more paths than could ever be walked.
const LONGEST_BYTES: usize = 2 * 1024 * 1024;

/// Shows all of an API to `see`, each thing after what it stands in. If it is too much it stops at an operation, which comes
/// back.
pub fn walk<'a>(api: &'a Api, see: &mut dyn FnMut(&Seen<'a, '_>)) -> Option<&'a Operation> {
    let mut left_bytes = LONGEST_BYTES;
    for operation in &api.operations {
        let (id, path, open) = (&operation.id, Vec::new(), Vec::new());
        let mut walk = Walk { api, operation: id, at: At::Operation, path, open, left_bytes: &mut left_bytes, see };
        walk.show(None, None, None);
        walk.at = At::Request;
        for parameter in &operation.parameters {
            walk.below(&parameter.name, &parameter.type_ref, None);
        }
        if let Some(body) = operation.body.as_ref().and_then(|body| body.json.as_ref()) {
            walk.below("body", body, None);
        }
        walk.at = At::Answer;
        if let Some(answer) = &operation.answer_type {
            walk.below("answer", answer, None);
        }
        if left_bytes == 0 {
            return Some(operation);
        }
    }
    None
}

/// A property and the type that has it.
type Part<'a> = Option<(&'a str, &'a Field)>;

/// A place on the way.
struct Walk<'a, 'see> {
    api: &'a Api,
    operation: &'a str,
    at: At,
    path: Vec<&'a str>,
    /// The types that it stands in, none of which is entered again.
    open: Vec<&'a str>,
    left_bytes: &'see mut usize,
    see: &'see mut dyn FnMut(&Seen<'a, '_>),
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

    /// What is in `whole`, of which `inner` is left to look into.
    fn value(&mut self, inner: &'a TypeRef, whole: &'a TypeRef, part: Part<'a>) {
        match inner {
            TypeRef::Nullable(item) => self.value(item, whole, part),
            TypeRef::List(item) => {
                self.value(item, whole, part);
                // What was one value once takes several since then.
                self.path.push(SECOND);
                self.show(None, None, None);
                self.path.pop();
            }
            TypeRef::Map(value) => {
                self.show(Some(whole), None, part);
                self.below("*", value, None);
            }
            TypeRef::Named(name) => match self.api.type_named(name) {
                // One that leads to itself is told later.
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
        let Self { operation, at, path, .. } = self;
        (self.see)(&Seen { operation, at: *at, path, member: None, type_ref, made_of, part_of, field });
    }

    fn member(&mut self, owner: &'a str, value: &str) {
        let Self { operation, at, path, .. } = self;
        let part_of = Some(owner);
        let member = Some(value);
        (self.see)(&Seen { operation, at: *at, path, member, type_ref: None, made_of: None, part_of, field: None });
    }
}
