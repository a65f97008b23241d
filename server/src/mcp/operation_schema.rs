//! The extra tool `operation_schema`: the whole schema of a tool's arguments. Lists of tools are short; a model looks here
//! for the properties that they leave out.

use std::sync::{Arc, LazyLock};

use dockwright::operation::Annotations;
use dockwright::tools::{DEFINITIONS, Tool};
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::tools::{description, hints};
use super::tools_by_tag::OPERATION;
use crate::arguments;
use crate::catalogue::Entry;

/// The name of the tool.
pub(super) const OPERATION_SCHEMA: &str = "operation_schema";

static DEFINED: LazyLock<Map<String, Value>> = LazyLock::new(|| object(DEFINITIONS));

pub(super) fn tool() -> mcp::Tool {
    let schema = json!({
        "type": "object",
        "properties": { OPERATION: { "type": "string", "description": "Its name, as `container_create`." } },
        "required": [OPERATION],
        "additionalProperties": false,
    });
    let Value::Object(schema) = schema else { unreachable!("it is written as an object above") };
    let words =
        "Show the whole JSON Schema of one Docker operation's arguments, body properties at every depth included.";
    let annotations = Annotations { read_only: true, destructive: false, idempotent: true, open_world: false };
    mcp::Tool::new_with_raw(OPERATION_SCHEMA, Some(words.into()), Arc::new(schema))
        .with_title("Operation schema")
        .with_annotations(hints(annotations))
}

/// Answers for one tool. Definitions stand where they are used.
pub(super) fn operation_schema(entry: Entry) -> Value {
    match entry {
        Entry::Operation(tool) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "endpoint": tool.operation.endpoint().to_string(),
            "inputSchema": inlined(&full(tool), &mut Vec::new()),
        }),
        Entry::Composed(composed) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "made_of": composed.operations(),
            "inputSchema": composed.schema(),
        }),
    }
}

/// The whole schema, with the extra arguments, and those that a tool requires of a model.
fn full(tool: &Tool) -> Value {
    let mut schema = object(tool.full_schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(arguments::extra_properties(tool));
    }
    if let Some(required) = arguments::input_schema(tool).remove("required") {
        schema.insert("required".to_owned(), required);
    }
    Value::Object(schema)
}

/// A schema in which each `$ref` is replaced by what it names; one that leads back to itself stays an open object.
fn inlined<'a>(schema: &'a Value, within: &mut Vec<&'a str>) -> Value {
    match schema {
        Value::Object(properties) => match properties.get("$ref").and_then(Value::as_str) {
            Some(name) => referred(name, properties, within),
            None => properties.iter().map(|(name, schema)| (name.clone(), inlined(schema, within))).collect(),
        },
        Value::Array(schemas) => schemas.iter().map(|schema| inlined(schema, within)).collect(),
        other => other.clone(),
    }
}

/// The definition, with what stands beside the reference: the words for this place win.
fn referred<'a>(name: &'a str, beside: &'a Map<String, Value>, within: &mut Vec<&'a str>) -> Value {
    let definition = DEFINED.get(name).filter(|_| !within.contains(&name));
    within.push(name);
    let mut schema = definition.map_or_else(|| json!({ "type": "object" }), |definition| inlined(definition, within));
    within.pop();
    if let Value::Object(schema) = &mut schema {
        let beside = beside.iter().filter(|(key, _)| *key != "$ref");
        schema.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
    }
    schema
}

fn object(schema: &str) -> Map<String, Value> {
    serde_json::from_str(schema).expect("the generator writes schemas that are JSON objects")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_schema_refers_to_another_and_none_is_too_large_for_a_reply() {
        for entry in Entry::all() {
            let schema = operation_schema(entry).to_string();
            assert!(!schema.contains("\"$ref\""), "{}", entry.name());
            assert!(schema.len() <= 40_000, "{}: {}", entry.name(), schema.len());
        }
    }
}
