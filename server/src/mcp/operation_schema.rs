//! The tool `operation_schema` shows the whole schema of a tool's arguments. The list of tools leaves many properties
//! out; a model finds them here.

use std::sync::{Arc, LazyLock};

use dockwright::operation::Annotations;
use dockwright::tools::{DEFINITIONS, Tool};
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::tool::{description, hints};
use super::tools_by_tag::OPERATION;
use crate::arguments;
use crate::catalogue::Entry;

/// The name of the tool.
pub(super) const OPERATION_SCHEMA: &str = "operation_schema";

static DEFINITIONS_BY_NAME: LazyLock<Map<String, Value>> = LazyLock::new(|| object(DEFINITIONS));

pub(super) fn tool() -> mcp::Tool {
    let schema = json!({
        "type": "object",
        "properties": { OPERATION: { "type": "string", "description": "Its name, as `container_create`." } },
        "required": [OPERATION],
        "additionalProperties": false,
    });
    let Value::Object(schema) = schema else { unreachable!("it is written as an object above") };
    let summary =
        "Show the whole JSON Schema of one Docker operation's arguments, body properties at every depth included.";
    let annotations = Annotations { read_only: true, destructive: false, idempotent: true, open_world: false };
    mcp::Tool::new_with_raw(OPERATION_SCHEMA, Some(summary.into()), Arc::new(schema))
        .with_title("Operation schema")
        .with_annotations(hints(annotations))
}

/// Describes one tool, with all definitions inlined.
pub(super) fn operation_schema(entry: Entry) -> Value {
    match entry {
        Entry::Operation(tool) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "endpoint": tool.operation.endpoint().to_string(),
            "inputSchema": inline_references(&full_schema(tool), &mut Vec::new()),
        }),
        Entry::Composed(composed) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "made_of": composed.operations(),
            "inputSchema": composed.schema(),
        }),
    }
}

/// The whole schema, with the server's extra arguments and with the arguments that the tool requires.
fn full_schema(tool: &Tool) -> Value {
    let mut schema = object(tool.full_schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(arguments::extra_properties(tool));
    }
    if let Some(required) = arguments::input_schema(tool).remove("required") {
        schema.insert("required".to_owned(), required);
    }
    Value::Object(schema)
}

/// Replaces each `$ref` with its definition. A definition inside itself becomes an open object.
fn inline_references<'a>(schema: &'a Value, parents: &mut Vec<&'a str>) -> Value {
    match schema {
        Value::Object(properties) => match properties.get("$ref").and_then(Value::as_str) {
            Some(name) => resolve_reference(name, properties, parents),
            None => {
                properties.iter().map(|(name, schema)| (name.clone(), inline_references(schema, parents))).collect()
            }
        },
        Value::Array(schemas) => schemas.iter().map(|schema| inline_references(schema, parents)).collect(),
        other => other.clone(),
    }
}

/// A definition, with the siblings of the reference: their words are for this place and win.
fn resolve_reference<'a>(name: &'a str, siblings: &'a Map<String, Value>, parents: &mut Vec<&'a str>) -> Value {
    let definition = DEFINITIONS_BY_NAME.get(name).filter(|_| !parents.contains(&name));
    parents.push(name);
    let mut schema =
        definition.map_or_else(|| json!({ "type": "object" }), |definition| inline_references(definition, parents));
    parents.pop();
    if let Value::Object(schema) = &mut schema {
        let siblings = siblings.iter().filter(|(key, _)| *key != "$ref");
        schema.extend(siblings.map(|(key, value)| (key.clone(), value.clone())));
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
