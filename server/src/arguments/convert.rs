//! Converts a value to the type that its schema wants, where its meaning is certain: a number or a boolean written as a
//! string, a whole number or a boolean where a string belongs, an argument that is one item of its list, and an object
//! or a list written as JSON in a string.

use serde_json::Value;

use super::definitions::is_a;
use super::filters;
use super::json_text::{self, JsonText};
use super::location::Location;
use super::problem::Problems;

/// Converts a value to another type, if its meaning is certain.
pub(super) fn convert(value: &Value, kind: &str, at: &Location) -> Option<Value> {
    match (kind, value) {
        ("integer", Value::String(text)) => {
            let text = text.trim();
            text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
        }
        ("integer", _) => filters::whole(value),
        ("number", Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_number),
        ("boolean", Value::String(text)) => text.trim().to_ascii_lowercase().parse().ok().map(Value::Bool),
        // A number with a fraction does not keep its digits: the tag `1.10` would become `1.1`.
        ("string", Value::Bool(_)) => Some(value.to_string().into()),
        ("string", Value::Number(_)) => is_a(value, "integer").then(|| value.to_string().into()),
        // One item of a list, which is sent as a repeated parameter.
        ("array", Value::String(_)) if is_item(at) => Some(vec![value.clone()].into()),
        _ => None,
    }
}

/// Reads an object or a list that is written as JSON in a string, where its types allow one. Returns false if the JSON
/// is broken, which is then a problem.
pub(super) fn read_json(value: &mut Value, kinds: &[&str], at: &Location, problems: &mut Problems) -> bool {
    let allows = |value: &Value| (value.is_object() || value.is_array()) && kinds.iter().any(|kind| is_a(value, kind));
    let Some(text) = value.as_str().filter(|_| kinds.iter().any(|kind| matches!(*kind, "object" | "array"))) else {
        return true;
    };
    let may_be_text = kinds.contains(&"string");
    match json_text::read(text) {
        JsonText::Json(json) if allows(&json) || !may_be_text && !is_item(at) => *value = json,
        JsonText::Twice(json) if allows(&json) && (!may_be_text || kinds.contains(&"object")) => {
            problems.note(format!("`{at}` was JSON twice (JSON inside JSON text), and was read as that"));
            *value = json;
        }
        JsonText::Invalid(problem)
            if !may_be_text || kinds.contains(&"object") && json_text::begins_an_object(text) =>
        {
            problems.add(at, &problem);
            return false;
        }
        _ => {}
    }
    true
}

/// Returns true if one value may stand for a list of one. In a body it may not: `"ls -l"` is not `["ls -l"]`.
fn is_item(at: &Location) -> bool {
    at.is_argument() && at.name() != "body"
}
