//! Secrets of a model as variables: where redaction left a mark in the value of a variable, `${NAME}` takes its place.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::compose::dotenv::is_free;
use crate::secrets::{MARKER, holds_marker};

/// Makes the model one that Compose can read: every `$` is doubled, and hidden variables of services become `${NAME}`.
/// `original` is the model before secrets were hidden, which tells equal secrets apart from others.
///
/// Returns the names, and tells whether a secret is hidden at another place.
pub(crate) fn take_secrets(redacted: &mut Value, original: &Value) -> (Vec<String>, bool) {
    double(redacted);
    let mut names: BTreeMap<String, &Value> = BTreeMap::new();
    for (service, members) in redacted["services"].as_object_mut().into_iter().flatten() {
        let values = &original["services"][service]["environment"];
        for (variable, shown) in members.get_mut("environment").and_then(Value::as_object_mut).into_iter().flatten() {
            if shown.as_str().is_some_and(|shown| shown.contains(MARKER)) {
                let value = &values[variable];
                let name = name(service, variable, |name| names.get(name).is_none_or(|other| *other == value));
                *shown = format!("${{{name}}}").into();
                names.insert(name, value);
            }
        }
    }
    let is_elsewhere = holds_marker(redacted);
    (names.into_keys().collect(), is_elsewhere)
}

/// The name of the variable for a value: the container's own, that with its service, or one with a number.
fn name(service: &str, variable: &str, is_free_or_equal: impl Fn(&str) -> bool) -> String {
    let long = word(&format!("{service}_{variable}")).to_ascii_uppercase();
    let numbered = (2..).map(|number| format!("{long}_{number}"));
    let mut names = [word(variable), long.clone()].into_iter().chain(numbered);
    names.find(|name| is_free(name) && is_free_or_equal(name)).unwrap_or(long)
}

/// A name as one of a variable.
fn word(name: &str) -> String {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let word: String = name.chars().map(|letter| if is_allowed(letter) { letter } else { '_' }).collect();
    if word.starts_with(|letter: char| letter.is_ascii_digit()) { format!("_{word}") } else { word }
}

fn double(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace('$', "$$"),
        Value::Array(items) => items.iter_mut().for_each(double),
        Value::Object(members) => members.values_mut().for_each(double),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_become_variables_and_equal_ones_share_a_name() {
        let services = |of: [&str; 4]| {
            json!({ "services": {
                "a": { "environment": { "PASSWORD": of[0], "PRICE": "$5" } },
                "b": { "environment": { "PASSWORD": of[1], "DOCKER_TOKEN": of[3] } },
                "c-1": { "environment": { "PASSWORD": of[2] } },
            } })
        };
        let original = services(["x", "x", "y", "z"]);
        let mut model = services([MARKER; 4]);
        let (names, is_elsewhere) = take_secrets(&mut model, &original);
        assert_eq!(names, ["B_DOCKER_TOKEN", "C_1_PASSWORD", "PASSWORD"]);
        assert!(!is_elsewhere);
        let wanted = services(["${PASSWORD}", "${PASSWORD}", "${C_1_PASSWORD}", "${B_DOCKER_TOKEN}"]);
        assert_eq!(model.to_string(), wanted.to_string().replace("$5", "$$5"));
        let mut labelled = json!({ "services": { "a": { "labels": { "token": MARKER } } } });
        assert!(take_secrets(&mut labelled, &Value::Null).1);
    }
}
