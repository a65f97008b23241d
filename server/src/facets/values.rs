//! Judges single values: which of them mean something, and which have a facet.

use std::borrow::Cow;

use dockwright::operation::When;
use serde_json::Value;

/// Returns true for values that mean nothing to the engine. Clients send them for all that they do not set.
pub(super) fn means_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// Returns true if a condition is about the items of a list, not the list.
pub(super) fn judges_items(when: When) -> bool {
    !matches!(when, When::Given | When::Present)
}

/// Returns true if a value has the facet of a rule.
pub(super) fn has_facet(value: &Value, when: When) -> bool {
    if let When::Present = when {
        return !value.is_null();
    }
    if means_nothing(value) || (value.is_array() && judges_items(when)) {
        return false;
    }
    let is_one_of = |patterns: &[&str], text: &str| patterns.iter().any(|pattern| matches(pattern, text));
    let keys = || value.as_object().into_iter().flat_map(|members| members.keys());
    match when {
        When::Negative => value.as_f64().is_none_or(|number| number < 0.0),
        When::HostPath => text(value).is_none_or(|text| is_host_path(&text)),
        When::Bind => text(value).is_none_or(|text| is_host_path(&text) && text.contains(':')),
        When::OneOf(patterns) => text(value).is_some_and(|text| is_one_of(patterns, &text)),
        When::NoneOf(patterns) => text(value).is_none_or(|text| !is_one_of(patterns, &text)),
        When::KeyOneOf(patterns) => keys().any(|key| is_one_of(patterns, key)),
        When::KeyNoneOf(patterns) => !value.is_object() || keys().any(|key| !is_one_of(patterns, key)),
        // Conditions of a later build are met: better refused than missed.
        _ => true,
    }
}

/// The name of an object at the beginning of a text such as `data:/var/lib:ro`; `None` for other texts.
pub(super) fn name_in(text: &str) -> Option<&str> {
    let name = text.split(':').next().unwrap_or_default();
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    (name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && name.chars().all(is_allowed)).then_some(name)
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        _ => None,
    }
}

/// Returns true for a path that is no name: `/a`, `./a`, `~/a`, `C:\a`, `\\server\a`.
fn is_host_path(text: &str) -> bool {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some('/' | '\\' | '.' | '~'), _) => true,
        (Some(drive), Some(':')) => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => text.ends_with(end),
        (None, Some(beginning)) => text.starts_with(beginning),
        (None, None) => text == pattern,
    }
}
