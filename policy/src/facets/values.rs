//! Judges single values: which of them mean something, and which have a facet.

use std::borrow::Cow;
use std::net::IpAddr;

use dockwright::operation::When;
use serde_json::Value;

/// Returns true for values that mean nothing to the engine. Clients send them for all that they do not set.
#[must_use]
pub fn means_nothing(value: &Value) -> bool {
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
        When::PublicAddress => value.as_str().is_none_or(is_public),
        When::Mount => is_of_host(value),
        When::Registry | When::Address => value.is_string(),
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
pub(super) fn is_host_path(text: &str) -> bool {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some('/' | '\\' | '.' | '~'), _) => true,
        (Some(drive), Some(':')) => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Returns true if a text is that of a rule, in any case. `*` at an end of it stands for anything.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let text = text.as_bytes();
    let part =
        |range: Option<&[u8]>, pattern: &str| range.is_some_and(|part| part.eq_ignore_ascii_case(pattern.as_bytes()));
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => part(text.len().checked_sub(end.len()).map(|start| &text[start..]), end),
        (None, Some(beginning)) => part(text.get(..beginning.len()), beginning),
        (None, None) => text.eq_ignore_ascii_case(pattern.as_bytes()),
    }
}

/// Returns true for an IP address or a subnet that is not within a private network, and for what is neither.
fn is_public(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, length.parse::<u8>().ok()),
        None => (text, Some(128)),
    };
    match (address.parse(), length) {
        (Ok(IpAddr::V4(address)), Some(length)) => match address.octets() {
            [10, ..] => length < 8,
            [172, 16..=31, ..] => length < 12,
            [192, 168, ..] => length < 16,
            _ => true,
        },
        (Ok(IpAddr::V6(address)), Some(length)) => !address.is_unique_local() || length < 7,
        _ => true,
    }
}

/// Returns true for a mount of a path of the host, or of a kind that nobody knows.
fn is_of_host(mount: &Value) -> bool {
    let Some(mount) = mount.as_object() else { return true };
    let member = |key: &str| mount.get(key).filter(|value| !means_nothing(value));
    // Without a type, the source tells.
    let is_bind = match member("Type") {
        None => false,
        Some(kind) => kind.as_str().is_none_or(|kind| !["volume", "tmpfs", "image", "cluster"].contains(&kind)),
    };
    is_bind || member("Source").is_some_and(|source| source.as_str().is_none_or(is_host_path))
}
