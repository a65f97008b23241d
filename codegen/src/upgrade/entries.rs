//! Reads lists and objects of Swagger, and reports values that are neither.

use serde_json::{Map, Value};

use crate::problem::{Problems, join};

/// Keys that Swagger 2.0 lacks and that have a meaning in the upgraded form.
const TAKEN: [&str; 16] = [
    "requestBody",
    "content",
    "explode",
    "style",
    "nullable",
    "x-body-index",
    "x-body-name",
    "x-collection-format",
    "x-consumes",
    "x-produces",
    "x-schemes",
    "x-host",
    "x-examples",
    "x-object-enum",
    "x-ref-siblings",
    "x-ref-type",
];

/// The strings under a key.
pub fn list(value: &Value, key: &str, pointer: &str, problems: &mut Problems) -> Vec<String> {
    let Some(value) = value.get(key) else { return Vec::new() };
    let pointer = join(pointer, key);
    let mut strings = Vec::new();
    for (index, item) in items(value, &pointer, problems) {
        match item.as_str() {
            Some(text) => strings.push(text.to_owned()),
            None => problems.error(join(&pointer, &index.to_string()), "not text", "write a media type"),
        }
    }
    strings
}

/// The items of a list.
pub fn items<'a>(
    value: &'a Value,
    pointer: &str,
    problems: &mut Problems,
) -> impl Iterator<Item = (usize, &'a Value)> + use<'a> {
    if !value.is_array() {
        problems.error(pointer, "not a list", "compare it with the specification");
    }
    value.as_array().into_iter().flatten().enumerate()
}

/// The entries of an object whose keys are names.
pub fn entries<'a>(
    value: &'a Value,
    pointer: &str,
    problems: &mut Problems,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    if !value.is_object() {
        problems.error(pointer, "not an object", "compare it with the specification");
    }
    value.as_object().into_iter().flatten()
}

/// The entries of an object whose keys are keywords of Swagger.
pub fn keys<'a>(
    value: &'a Value,
    pointer: &str,
    problems: &mut Problems,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    let taken = |key: &&String| TAKEN.contains(&key.as_str());
    for key in value.as_object().into_iter().flat_map(Map::keys).filter(taken) {
        problems.error(
            join(pointer, key),
            format!("Swagger 2.0 has no `{key}`"),
            "remove it, or write OpenAPI 3.0 throughout",
        );
    }
    entries(value, pointer, problems).filter(move |(key, _)| !TAKEN.contains(&key.as_str()))
}
