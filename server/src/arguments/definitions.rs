//! The definitions that full schemas refer to, and the parts of a schema that the check reads.

use std::sync::LazyLock;

use dockwright::tools;
use serde_json::{Map, Value};

static DEFINITIONS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(tools::DEFINITIONS).expect("the generator writes a JSON object"));

/// The schema that a `$ref` names.
pub(super) fn resolved(schema: &Value) -> &Value {
    let mut schema = schema;
    while let Some(definition) = schema.get("$ref").and_then(Value::as_str).and_then(|name| DEFINITIONS.get(name)) {
        schema = definition;
    }
    schema
}

/// The types that a schema allows; an empty list allows any.
pub(super) fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The values of an enumeration.
pub(super) fn members(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("enum").and_then(Value::as_array)
}

/// The properties of an object.
pub(super) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object)
}

/// The schema of the values of a map.
pub(super) fn map_values(schema: &Value) -> Option<&Value> {
    schema.get("additionalProperties").filter(|values| !values.is_boolean())
}

/// Returns true if a value has this type.
pub(super) fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}
