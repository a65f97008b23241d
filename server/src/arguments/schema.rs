//! A value and the JSON Schema that it must follow in; the value, corrected where that is safe, and everything that is
//! wrong with it out. It understands what the generator writes: types, enumerations, properties, items, `required`, `$ref`.
//!
//! What it corrects: a number or a boolean written as a string, and a whole number or a boolean where a string belongs;
//! an object or a list written as JSON in a string; an argument that is one item of its list; values of filters that are
//! no lists yet. `null` stays: in a body it means "not set", and in a merge patch "take away".

use std::sync::LazyLock;

use dockwright::tools;
use serde_json::{Map, Value};

use super::path::Path;
use super::problem::Problems;
use super::{filters, units};
use crate::catalogue::nearest::{did_you_mean, nearest};

/// The most names that are listed when none is near.
const LISTED: usize = 15;

static DEFINITIONS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(tools::DEFINITIONS).expect("the generator writes a JSON object"));

/// Makes the members of an object conform to its schema.
pub(super) fn object(schema: &Value, members: &mut Map<String, Value>, at: &Path, problems: &mut Problems) {
    let properties = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties");
    for (name, value) in members.iter_mut() {
        let at = Path::Key(at, name);
        match properties.and_then(|properties| properties.get(name)).or(others) {
            Some(Value::Bool(false)) => problems.add(&at, unknown(&at, properties)),
            Some(schema) if !value.is_null() => conform(schema, value, &at, problems),
            _ => {}
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str).filter(|name| !members.contains_key(*name)) {
        problems.add(&Path::Key(at, name), "it is required");
    }
}

fn conform(schema: &Value, value: &mut Value, at: &Path, problems: &mut Problems) {
    let schema = resolved(schema);
    let kinds = kinds(schema);
    if filters::is_key(&kinds) {
        match filters::no_values(value) {
            Some(nothing) => *value = nothing,
            None => problems.wrong(at, "true: the key has no values", value, ""),
        }
        return;
    }
    if filters::is_filter(&kinds) {
        match filters::values(value) {
            Some(values) => *value = values,
            None => {
                let expected = "text, a whole number, true or false, or a list of them";
                problems.wrong(at, expected, value, &filters::pairs(value).unwrap_or_default());
            }
        }
        return;
    }
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(value, kind)) {
        match kinds.iter().find_map(|kind| adapted(value, kind, at)) {
            Some(adapted) => *value = adapted,
            None => {
                let integer = value.as_str().filter(|_| kinds.contains(&"integer"));
                let hint = integer.map(|text| units::readings(at.name(), text)).unwrap_or_default();
                return problems.wrong(at, &expected(schema, &kinds), value, &hint);
            }
        }
    }
    if let Some(members) = members(schema)
        && !members.contains(value)
    {
        let known = members.iter().filter_map(Value::as_str).filter(|known| !known.is_empty());
        let hint = value.as_str().map(|text| did_you_mean(&nearest(text, known))).unwrap_or_default();
        return problems.wrong(at, &expected(schema, &kinds), value, &hint);
    }
    match value {
        Value::Object(members) => object(schema, members, at, problems),
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return };
            for (index, item) in items.iter_mut().enumerate() {
                conform(schema, item, &Path::Index(at, index), problems);
            }
        }
        _ => {}
    }
}

/// A whole number that was read as one with a fraction, `3.0`.
pub(super) fn whole(value: &Value) -> Option<Value> {
    // Beyond this not every whole number has a value of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT)?;
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    Some((number as i64).into())
}

/// The schema that a `$ref` names.
fn resolved(schema: &Value) -> &Value {
    let mut schema = schema;
    while let Some(definition) = schema.get("$ref").and_then(Value::as_str).and_then(|name| DEFINITIONS.get(name)) {
        schema = definition;
    }
    schema
}

/// The types that a schema allows; none: any.
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

/// The value of this type that another certainly stands for.
fn adapted(value: &Value, kind: &str, at: &Path) -> Option<Value> {
    match (kind, value) {
        ("integer", Value::String(text)) => {
            text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
        }
        ("integer", _) => whole(value),
        ("number", Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_number),
        ("boolean", Value::String(text)) => text.parse().ok().map(Value::Bool),
        // A number with a fraction does not keep its digits: the tag `1.10` would become `1.1`.
        ("string", Value::Bool(_)) => Some(value.to_string().into()),
        ("string", Value::Number(_)) => is_a(value, "integer").then(|| value.to_string().into()),
        ("array" | "object", Value::String(text)) => {
            let json = serde_json::from_str(text).ok().filter(|json| is_a(json, kind));
            // One item of a list that is sent as a repeated parameter.
            json.or_else(|| (kind == "array" && is_item(at)).then(|| vec![value.clone()].into()))
        }
        _ => None,
    }
}

/// Whether one value for a list is a list of one: among the arguments, while in a body `"ls -l"` is not `["ls -l"]`.
fn is_item(at: &Path) -> bool {
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

/// What to say of a name that the schema does not have.
fn unknown(at: &Path, properties: Option<&Map<String, Value>>) -> String {
    let name = at.name();
    let known: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let body = properties.and_then(|properties| properties.get("body")).map(resolved);
    if at.is_argument() && body.is_some_and(|body| body["properties"].get(name).is_some()) {
        return format!("unknown; did you mean `body.{name}`?");
    }
    match nearest(name, known.iter().copied()).as_slice() {
        [] if known.is_empty() => "unknown; there are none".to_owned(),
        [] if known.len() <= LISTED => format!("unknown; there are {}", known.join(", ")),
        near => format!("unknown{}", did_you_mean(near)),
    }
}
