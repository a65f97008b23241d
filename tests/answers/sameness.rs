//! Compares JSON before and after it was read and written again. Null and absence are equal in an object, and so is
//! Go's zero value where there was null: a list or a map has no room for nothing.

use serde_json::{Map, Value};

/// Lists all differences, each with its JSON pointer.
pub fn differences(original: &Value, written: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", original, written, &mut found);
    found
}

fn compare(pointer: &str, original: &Value, written: &Value, found: &mut Vec<String>) {
    match (original, written) {
        (Value::Object(original), Value::Object(written)) => compare_objects(pointer, original, written, found),
        (Value::Array(original), Value::Array(written)) if original.len() == written.len() => {
            for (index, (original, written)) in original.iter().zip(written).enumerate() {
                compare(&format!("{pointer}/{index}"), original, written, found);
            }
        }
        (Value::Null, written) if is_zero(written) => {}
        (Value::Number(original), Value::Number(written)) if same_number(original, written) => {}
        _ if original == written => {}
        _ => found.push(format!("{pointer}: {original} became {written}")),
    }
}

fn compare_objects(
    pointer: &str,
    original: &Map<String, Value>,
    written: &Map<String, Value>,
    found: &mut Vec<String>,
) {
    for (key, original) in original {
        let pointer = format!("{pointer}/{key}");
        match written.get(key) {
            Some(written) => compare(&pointer, original, written, found),
            None if original.is_null() => {}
            None => found.push(format!("{pointer}: {original} was lost")),
        }
    }
    for (key, written) in written.iter().filter(|(key, written)| !written.is_null() && !original.contains_key(*key)) {
        found.push(format!("{pointer}/{key}: {written} was made up"));
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) => false,
    }
}

/// A number without a fraction may be written as one with `.0`, if it is small enough for that to be exact.
fn same_number(original: &serde_json::Number, written: &serde_json::Number) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match (original.as_f64(), written.as_f64()) {
        (Some(one), Some(other)) => one == other && (original.is_f64() == written.is_f64() || one.abs() < EXACT),
        _ => false,
    }
}
