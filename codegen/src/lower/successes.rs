//! Compares the schemas of the successes of an operation, as a client reads one of them only.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, Response, Responses, Schema, StatusCode};
use serde_json::{Map, Value};

use super::media;
use super::types::definition_in;

/// Keys of a schema that are words to a reader.
const PROSE: [&str; 4] = ["title", "description", "example", "externalDocs"];

/// True if two successes have different schemas, or one has none. An upgraded connection has no answer.
pub fn differ(responses: &Responses) -> bool {
    let mut schemas = schemas(responses).map(|(_, schema)| schema);
    let first = schemas.next();
    schemas.any(|schema| Some(schema) != first)
}

/// The schemas of successes after the one that is read, by status: `Car`, or JSON.
pub fn unread(responses: &Responses) -> BTreeMap<String, String> {
    let unread = schemas(responses).filter(|(_, schema)| !schema.is_null()).skip(1);
    let named = |schema: &Value| schema["$ref"].as_str().and_then(definition_in).unwrap_or_else(|| schema.to_string());
    unread.map(|(status, schema)| (status.to_string(), named(&schema))).collect()
}

/// The schema of each success.
fn schemas(responses: &Responses) -> impl Iterator<Item = (&StatusCode, Value)> {
    let is_success = |status: &StatusCode| matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2));
    let successes = responses.responses.iter().filter(move |(status, _)| is_success(status));
    successes.filter_map(|(status, response)| Some((status, facts(response.as_item()?))))
}

/// The schema of an answer without its prose; null if it has none.
fn facts(response: &Response) -> Value {
    let schema: Option<&ReferenceOr<Schema>> =
        media::of_answer(response).and_then(|(_, content)| content.schema.as_ref());
    serde_json::to_value(schema).map(|schema| without_prose(&schema)).unwrap_or_default()
}

fn without_prose(schema: &Value) -> Value {
    match schema {
        Value::Object(keys) => {
            let kept = keys.iter().filter(|(key, _)| !PROSE.contains(&key.as_str()) && !key.starts_with("x-"));
            let kept: Map<_, _> = kept.map(|(key, value)| (key.clone(), value_without_prose(key, value))).collect();
            // A reference with prose beside it became a part.
            match kept.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([only]) if kept.len() == 1 => only.clone(),
                _ => kept.into(),
            }
        }
        Value::Array(schemas) => schemas.iter().map(without_prose).collect(),
        scalar => scalar.clone(),
    }
}

fn value_without_prose(key: &str, value: &Value) -> Value {
    match (key, value) {
        // Properties may have the names of prose.
        ("properties", Value::Object(properties)) => {
            properties.iter().map(|(name, schema)| (name.clone(), without_prose(schema))).collect()
        }
        ("default" | "enum", _) => value.clone(),
        _ => without_prose(value),
    }
}
