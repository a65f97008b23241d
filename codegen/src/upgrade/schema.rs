//! Schemas and the references between them.

use serde_json::{Map, Value, json};

use super::entries::{entries, items, keys};
use crate::problem::{Problems, join};

/// A schema in its OpenAPI form.
pub fn schema(value: &Value, pointer: &str, problems: &mut Problems) -> Value {
    let Value::Object(object) = value else {
        problems.error(pointer, "the schema is not an object", "write `type:` and what belongs to it");
        return json!({});
    };
    let mut upgraded = Map::new();
    for (key, value) in keys(value, pointer, problems) {
        let at = join(pointer, key);
        match key.as_str() {
            "$ref" => drop(upgraded.insert(key.clone(), reference(value, &at, problems))),
            "items" => drop(upgraded.insert(key.clone(), schema(value, &at, problems))),
            "additionalProperties" if value.is_object() => {
                upgraded.insert(key.clone(), schema(value, &at, problems));
            }
            "properties" => {
                let properties: Map<_, _> = entries(value, &at, problems)
                    .map(|(name, value)| (name.clone(), schema(value, &join(&at, name), problems)))
                    .collect();
                upgraded.insert(key.clone(), properties.into());
            }
            "allOf" => {
                let parts = items(value, &at, problems);
                let parts = parts.map(|(index, part)| schema(part, &join(&at, &index.to_string()), problems));
                upgraded.insert(key.clone(), parts.collect());
            }
            "x-nullable" if value == &Value::Bool(true) => drop(upgraded.insert("nullable".into(), true.into())),
            // OpenAPI 3.0 has one type per schema; several types stay open.
            "type" if value.is_array() => drop(upgraded.insert("x-types".into(), value.clone())),
            // Docker writes a set as a map of objects with an `enum`.
            "enum" if object.get("type").is_some_and(|kind| kind == "object") => {
                upgraded.insert("x-object-enum".into(), value.clone());
            }
            "discriminator" => drop(upgraded.insert(key.clone(), json!({ "propertyName": value }))),
            "type" if value == "file" => {
                upgraded.insert("x-types".into(), value.clone());
                upgraded.insert(key.clone(), "string".into());
                if !object.contains_key("format") {
                    upgraded.insert("format".into(), "binary".into());
                }
            }
            _ => drop(upgraded.insert(key.clone(), value.clone())),
        }
    }
    if upgraded.contains_key("$ref") && upgraded.len() > 1 {
        if upgraded.contains_key("allOf") {
            problems.error(pointer, "a reference beside `allOf`", "make it a part of `allOf`");
        }
        // OpenAPI 3.0 allows no keys beside a reference.
        let reference = upgraded.shift_remove("$ref");
        // `type: object` beside a reference repeats the definition.
        if let Some(kind) = upgraded.shift_remove("type") {
            upgraded.insert("x-ref-type".into(), kind);
        }
        upgraded.insert("x-ref-siblings".into(), true.into());
        upgraded.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
    upgraded.into()
}

fn reference(value: &Value, pointer: &str, problems: &mut Problems) -> Value {
    match value.as_str().and_then(|target| target.strip_prefix("#/definitions/")) {
        Some(name) => format!("#/components/schemas/{name}").into(),
        None => {
            problems.error(pointer, format!("the reference {value} leads elsewhere"), "refer to `#/definitions/…`");
            value.clone()
        }
    }
}
