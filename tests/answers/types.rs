//! An answered value beside the type that reads it, as the generator lowered it from the description.

use std::path::Path;

use dockwright::Operation;
use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, Field, Shape, TypeRef};
use serde_json::{Map, Value};

/// Properties that an engine leaves out where they are 0: the first run of a job has the iteration 0.
const OMITTED_ZEROS: [&str; 1] = ["ObjectVersion.Index"];

/// A type with named properties.
pub struct Known<'a> {
    pub name: &'a str,
    fields: &'a [Field],
}

impl Known<'_> {
    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.name == key)
    }

    /// The properties that every engine is said to send.
    pub fn always(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.always)
    }

    /// Names those that did not come. A list or a map may be null, which Go reads as an empty one.
    pub fn absent(&self, object: &Map<String, Value>) -> impl Iterator<Item = String> {
        let came = |field: &Field| match object.get(&field.name) {
            Some(Value::Null) => matches!(field.type_ref, TypeRef::List(_) | TypeRef::Map(_)),
            value => value.is_some(),
        };
        let absent = self.always().filter(move |field| !came(field));
        let absent = absent.map(|field| format!("{}.{}", self.name, field.name));
        absent.filter(|name| !OMITTED_ZEROS.contains(&&**name))
    }

    /// The properties that are times or durations.
    pub fn times(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.time.is_some()).map(|field| field.name.as_str())
    }
}

/// The description from which the library was generated.
pub fn api() -> Api {
    let mut problems = dockwright_codegen::problem::Problems::default();
    let overlay = dockwright_codegen::overlay::read(Path::new("spec/overlay"), &mut problems);
    let source = dockwright_codegen::spec::source(Path::new("spec"), None, &mut problems).unwrap();
    dockwright_codegen::lowered(&source, &overlay, &History::default(), &mut problems)
        .unwrap_or_else(|| panic!("{problems}"))
}

/// The type of an operation's answer, or of a stream's items.
pub fn answer<'a>(api: &'a Api, operation: &Operation) -> &'a TypeRef {
    let lowered = api.operations.iter().find(|lowered| lowered.id == operation.id);
    let answer = lowered.and_then(|lowered| lowered.answer_type.as_ref());
    answer.unwrap_or_else(|| panic!("{} has no type for its answer", operation.id))
}

/// Visits each object that a type with named properties reads, the inner ones first.
pub fn each_object(
    api: &Api,
    type_ref: &TypeRef,
    value: &mut Value,
    visit: &mut dyn FnMut(&Known, &mut Map<String, Value>),
) {
    match (type_ref, value) {
        (TypeRef::Nullable(inner), value) => each_object(api, inner, value, visit),
        (TypeRef::List(inner), Value::Array(items)) => {
            items.iter_mut().for_each(|item| each_object(api, inner, item, visit));
        }
        (TypeRef::Map(inner), Value::Object(entries)) => {
            entries.values_mut().for_each(|value| each_object(api, inner, value, visit));
        }
        (TypeRef::Named(name), value) => {
            let named = api.types.iter().find(|described| described.name == *name).expect("lowered types are whole");
            match (&named.shape, value) {
                (Shape::Alias(target), value) => each_object(api, target, value, visit),
                (Shape::Struct(fields), Value::Object(object)) => {
                    for field in fields {
                        if let Some(value) = object.get_mut(&field.name) {
                            each_object(api, &field.type_ref, value, visit);
                        }
                    }
                    visit(&Known { name, fields }, object);
                }
                _ => {}
            }
        }
        _ => {}
    }
}
