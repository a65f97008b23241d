//! Everything of an API that a caller sends or is answered with, by operation and path on the wire. Lists leave no trace in
//! a path, but that there may be a second item; the keys of a map are a `*`.

use crate::ir::{Api, Enum, Operation, Shape, Type, TypeRef};

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
pub struct Seen<'a> {
    pub operation: &'a str,
    pub at: At,
    /// The parameter or `body` or `answer`, and the properties that lead on from there.
    pub path: Vec<String>,
    /// The member of an enumeration.
    pub member: Option<String>,
    /// The named type that its value is made of.
    pub made_of: Option<&'a str>,
    /// The type that it is a property or a member of, and its name there.
    pub part_of: Option<(&'a str, String)>,
}

impl Seen<'_> {
    /// `ContainerCreate body.HostConfig.RestartPolicy.Name=always`.
    pub fn key(&self) -> String {
        let member = self.member.as_ref().map(|member| format!("={member}")).unwrap_or_default();
        match self.path.is_empty() {
            true => self.operation.to_owned(),
            false => format!("{} {}{member}", self.operation, self.path.join(".")),
        }
    }

    /// The key of what it stands in.
    pub fn above(&self) -> Option<String> {
        match (&self.member, self.path.split_last()) {
            (Some(_), _) => Some(format!("{} {}", self.operation, self.path.join("."))),
            (None, Some((_, []))) => Some(self.operation.to_owned()),
            (None, Some((_, above))) => Some(format!("{} {}", self.operation, above.join("."))),
            (None, None) => None,
        }
    }
}

/// How long all keys of an API may be together; Docker's are not half of it. Types that lead to one another in every
/// way have more paths than could ever be walked.
const LONGEST_BYTES: usize = 2 * 1024 * 1024;

/// Shows all of an API to `see`, each thing after what it stands in. If it is too much it stops at an operation, which comes back.
pub fn walk<'a>(api: &'a Api, see: &mut dyn FnMut(&Seen<'a>)) -> Option<&'a Operation> {
    let mut left_bytes = LONGEST_BYTES;
    for operation in &api.operations {
        let (operation_id, path, open) = (&operation.id, Vec::new(), Vec::new());
        let mut walk =
            Walk { api, operation: operation_id, at: At::Operation, path, open, left_bytes: &mut left_bytes, see };
        walk.show(None, None);
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

/// A place on the way.
struct Walk<'a, 'see> {
    api: &'a Api,
    operation: &'a str,
    at: At,
    path: Vec<String>,
    /// The types that it stands in, none of which is entered again.
    open: Vec<&'a str>,
    left_bytes: &'see mut usize,
    see: &'see mut dyn FnMut(&Seen<'a>),
}

impl<'a> Walk<'a, '_> {
    fn below(&mut self, name: &str, type_ref: &'a TypeRef, part_of: Option<(&'a str, &'a str)>) {
        let key_bytes = self.path.iter().map(|name| name.len() + 1).sum::<usize>() + name.len();
        *self.left_bytes = self.left_bytes.saturating_sub(key_bytes);
        if *self.left_bytes == 0 {
            return;
        }
        self.path.push(name.to_owned());
        self.value(type_ref, part_of);
        self.path.pop();
    }

    fn value(&mut self, type_ref: &'a TypeRef, part_of: Option<(&'a str, &'a str)>) {
        match type_ref {
            TypeRef::Nullable(inner) => self.value(inner, part_of),
            TypeRef::List(inner) => {
                self.value(inner, part_of);
                // What was one value once takes several since then.
                self.path.push(SECOND.to_owned());
                self.show(None, None);
                self.path.pop();
            }
            TypeRef::Map(inner) => {
                self.show(None, part_of);
                self.below("*", inner, None);
            }
            TypeRef::Named(name) => match self.api.type_named(name) {
                // One that leads to itself is told later.
                Some(Type { shape: Shape::Alias(_), name, .. }) if self.open.contains(&name.as_str()) => {}
                Some(Type { shape: Shape::Alias(target), name, .. }) => {
                    self.open.push(name);
                    self.value(target, part_of);
                    self.open.pop();
                }
                Some(named) => {
                    self.show(Some(&named.name), part_of);
                    self.parts(named);
                }
                None => self.show(None, part_of),
            },
            _ => self.show(None, part_of),
        }
    }

    fn parts(&mut self, named: &'a Type) {
        if self.open.contains(&named.name.as_str()) {
            return;
        }
        self.open.push(&named.name);
        match &named.shape {
            Shape::Struct(fields) => {
                fields
                    .iter()
                    .for_each(|field| self.below(&field.name, &field.type_ref, Some((&named.name, &field.name))));
            }
            Shape::Enum(Enum::Strings(variants)) => {
                variants.iter().for_each(|variant| self.member(&named.name, variant.value.clone()));
            }
            Shape::Enum(Enum::Integers(variants)) => {
                variants.iter().for_each(|variant| self.member(&named.name, variant.value.to_string()));
            }
            Shape::Alias(_) => {}
        }
        self.open.pop();
    }

    fn member(&mut self, owner: &'a str, value: String) {
        let part_of = Some((owner, value.clone()));
        let seen = Seen { member: Some(value), part_of, ..self.here(None, None) };
        (self.see)(&seen);
    }

    fn show(&mut self, made_of: Option<&'a str>, part_of: Option<(&'a str, &'a str)>) {
        let seen = self.here(made_of, part_of);
        (self.see)(&seen);
    }

    fn here(&self, made_of: Option<&'a str>, part_of: Option<(&'a str, &'a str)>) -> Seen<'a> {
        let part_of = part_of.map(|(owner, part)| (owner, part.to_owned()));
        Seen { operation: self.operation, at: self.at, path: self.path.clone(), member: None, made_of, part_of }
    }
}
