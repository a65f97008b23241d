//! Checks a value against a JSON Schema, corrects it where that is safe, and reports every problem. It supports the
//! keywords that the generator writes: types, enumerations, properties, items, `required`, `$ref`.
//!
//! It corrects a number or a boolean written as a string, and a whole number or a boolean where a string belongs; an
//! object or a list written as JSON in a string; an argument that is one item of its list; values of filters that are
//! no lists yet. `null` stays: in a body it means "not set", and in a merge patch "remove".

use std::sync::LazyLock;

use dockwright::tools;
use serde_json::{Map, Value};

use super::location::Location;
use super::problem::Problems;
use super::{filters, units};
use crate::catalogue::nearest::{did_you_mean, nearest};

/// Maximum number of names listed when none is near.
const MAX_NAMES: usize = 15;

static DEFINITIONS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(tools::DEFINITIONS).expect("the generator writes a JSON object"));

/// Makes the members of an object conform to its schema.
pub(super) fn object(schema: &Value, members: &mut Map<String, Value>, at: &Location, problems: &mut Problems) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties");
    for (name, value) in members.iter_mut() {
        let at = Location::Key(at, name);
        match properties.and_then(|properties| properties.get(name)).or(others) {
            Some(Value::Bool(false)) => problems.unknown(&at, &unknown_hint(&at, properties)),
            Some(schema) if !value.is_null() => conform(schema, value, &at, problems),
            _ => {}
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str).filter(|name| !members.contains_key(*name)) {
        problems.missing(&Location::Key(at, name));
    }
}

fn conform(schema: &Value, value: &mut Value, at: &Location, problems: &mut Problems) {
    let schema = resolved(schema);
    let kinds = kinds(schema);
    if filters::is_key(&kinds) {
        match filters::no_values(value) {
            Some(nothing) => *value = nothing,
            None => problems.unexpected(at, "true: the key has no values", value, ""),
        }
        return;
    }
    if filters::is_filter(&kinds) {
        match filters::values(value) {
            Some(values) => *value = values,
            None => {
                let expected = "text, a whole number, true or false, or a list of them";
                problems.unexpected(at, expected, value, &filters::pairs(value).unwrap_or_default());
            }
        }
        return;
    }
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(value, kind)) {
        match kinds.iter().find_map(|kind| convert(value, kind, at)) {
            Some(converted) => *value = converted,
            None => {
                let integer = value.as_str().filter(|_| kinds.contains(&"integer"));
                let hint = integer.map(|text| units::readings(at.name(), text)).unwrap_or_default();
                return problems.unexpected(at, &expected(schema, &kinds), value, &hint);
            }
        }
    }
    if let Some(members) = members(schema)
        && !members.contains(value)
    {
        let known = members.iter().filter_map(Value::as_str).filter(|known| !known.is_empty());
        let hint = value.as_str().map(|text| did_you_mean(&nearest(text, known))).unwrap_or_default();
        return problems.unexpected(at, &expected(schema, &kinds), value, &hint);
    }
    match value {
        Value::Object(members) => object(schema, members, at, problems),
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return };
            for (index, item) in items.iter_mut().enumerate() {
                conform(schema, item, &Location::Index(at, index), problems);
            }
        }
        _ => {}
    }
}

/// The schema that a `$ref` names.
fn resolved(schema: &Value) -> &Value {
    let mut schema = schema;
    while let Some(definition) = schema.get("$ref").and_then(Value::as_str).and_then(|name| DEFINITIONS.get(name)) {
        schema = definition;
    }
    schema
}

/// The types that a schema allows; an empty list allows any.
fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn members(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("enum").and_then(Value::as_array)
}

fn is_a(value: &Value, kind: &str) -> bool {
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

/// Converts a value to another type, if its meaning is certain.
fn convert(value: &Value, kind: &str, at: &Location) -> Option<Value> {
    match (kind, value) {
        ("integer", Value::String(text)) => {
            text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
        }
        ("integer", _) => filters::whole(value),
        ("number", Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_number),
        ("boolean", Value::String(text)) => text.parse().ok().map(Value::Bool),
        // A number with a fraction does not keep its digits: the tag `1.10` would become `1.1`.
        ("string", Value::Bool(_)) => Some(value.to_string().into()),
        ("string", Value::Number(_)) => is_a(value, "integer").then(|| value.to_string().into()),
        ("array" | "object", Value::String(text)) => {
            let json = serde_json::from_str(text).ok().filter(|json| is_a(json, kind));
            // One item of a list, which is sent as a repeated parameter.
            json.or_else(|| (kind == "array" && is_item(at)).then(|| vec![value.clone()].into()))
        }
        _ => None,
    }
}

/// Returns true if one value may stand for a list of one. In a body it may not: `"ls -l"` is not `["ls -l"]`.
fn is_item(at: &Location) -> bool {
    at.is_argument() && at.name() != "body"
}

fn expected(schema: &Value, kinds: &[&str]) -> String {
    if let Some(members) = members(schema) {
        let members: Vec<_> = members.iter().map(Value::to_string).collect();
        return format!("one of {}", members.join(", "));
    }
    let kinds: Vec<_> = kinds
        .iter()
        .map(|kind| match *kind {
            "string" => "a string",
            "integer" => "an integer",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "an object",
            _ => "null",
        })
        .collect();
    kinds.join(" or ")
}

/// Ends a message about a name that the schema does not have.
fn unknown_hint(at: &Location, properties: Option<&Map<String, Value>>) -> String {
    let name = at.name();
    let parent = if at.is_argument() { "this tool".to_owned() } else { format!("`{}`", at.parent()) };
    let known: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let body = properties.and_then(|properties| properties.get("body")).map(resolved);
    if at.is_argument() && body.is_some_and(|body| body["properties"].get(name).is_some()) {
        return format!("; did you mean `body.{name}`?");
    }
    match nearest(name, known.iter().copied()).as_slice() {
        [] if known.is_empty() => format!("; {parent} takes no arguments"),
        [] if known.len() <= MAX_NAMES => format!("; {parent} takes `{}`", known.join("`, `")),
        near => did_you_mean(near),
    }
}
