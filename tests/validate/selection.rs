//! Selects the answers that are worth recording: each shows something that none before it did.

use std::collections::BTreeSet;

use dockwright::operation::Answer;
use serde_json::Value;

use crate::live::Answered;
use crate::recording::Recorded;

/// The answers that are JSON, fewer of them.
pub fn worth_recording(answers: Vec<Answered>) -> Vec<Recorded> {
    let mut seen = BTreeSet::new();
    let mut worth = Vec::new();
    for Answered { operation, mut recorded } in answers {
        match operation.answer {
            Answer::Json => {}
            Answer::JsonStream => one_of_each_kind(&mut recorded.body),
            _ => continue,
        }
        let mut shown = Vec::new();
        places(operation.id, &recorded.body, &mut shown);
        let known = seen.len();
        seen.extend(shown);
        if seen.len() > known {
            worth.push(recorded);
        }
    }
    worth
}

/// Lists each place in a value with the kind of the value there; all items of a list have the same place.
fn places(place: &str, value: &Value, shown: &mut Vec<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            items.iter().for_each(|item| places(&format!("{place}/*"), item, shown));
            "array"
        }
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| places(&format!("{place}/{key}"), member, shown));
            "object"
        }
    };
    shown.push(format!("{place} {kind}"));
}

/// Hundreds of events differ in nothing but names.
fn one_of_each_kind(values: &mut Value) {
    let mut seen = BTreeSet::new();
    if let Value::Array(values) = values {
        values
            .retain(|value| value["Action"].is_null() || seen.insert(format!("{} {}", value["Type"], value["Action"])));
    }
}
