//! A recorded value beside the type that reads it, as the generator lowered it from the description.

use dockwright::Operation;
use dockwright_codegen::ir::{Api, Field, Shape, TypeRef};
use serde_json::{Map, Value};

/// A type with named properties.
pub struct Known<'a> {
    pub name: &'a str,
    fields: &'a [Field],
}

impl Known<'_> {
    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.name == key)
    }

    /// The properties that are times or durations.
    pub fn times(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.time.is_some()).map(|field| field.name.as_str())
    }
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
