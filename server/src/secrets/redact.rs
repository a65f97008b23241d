//! Hides secrets in JSON and in texts. Texts may hold JSON and base64, which hold texts again.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value};

use super::names;
use super::rules::MARKER;
use super::values::{self, ValueKind};
use super::{commands, encoded, keys, texts};

/// Members that hold a credential wherever they stand, in lower case.
const SECRET_MEMBERS: &[&str] = &[
    "auth",
    "identitytoken",
    "password",
    "privatekey",
    "registryauth",
    "registrytoken",
    "signingcakey",
    "token",
    "unlockkey",
    "x-registry-auth",
];

/// Members that hold a secret in the operations of one tag only.
const SECRET_MEMBERS_OF_TAG: &[(&str, &str)] = &[("Secret", "Data")];

/// Members of private keys in JSON (RFC 7518), beside the member `kty`.
const KEY_MEMBERS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "k", "oth"];

/// Names of the members of a pair, such as those of a plugin's variables.
const PAIRS: &[(&str, &str)] = &[("Name", "Value"), ("name", "value"), ("Key", "Value"), ("key", "value")];

/// The deepest texts within texts that are looked into.
const DEPTH: usize = 3;

/// Hides every secret in `value`, which belongs to an operation of this tag.
pub fn redact_value(value: &mut Value, tag: &str) {
    Redaction { tag, depth: DEPTH }.value(value);
}

/// Hides every secret in `text`.
#[must_use]
pub fn redact_text(text: &str) -> Cow<'_, str> {
    match texts::may_hold_secrets(text.as_bytes()) {
        true => Redaction { tag: "", depth: DEPTH }.text(text),
        false => Cow::Borrowed(text),
    }
}

#[derive(Debug, Clone, Copy)]
struct Redaction<'a> {
    tag: &'a str,
    depth: usize,
}

impl Redaction<'_> {
    fn value(self, value: &mut Value) {
        match value {
            Value::String(text) => self.replace(text),
            Value::Array(items) => self.items(items),
            Value::Object(members) => self.members(members),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn members(self, members: &mut Map<String, Value>) {
        for (name, value) in PAIRS {
            let name = members.get(*name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(name), Some(value)) = (name, members.get_mut(*value)) {
                hide_named(&name, value);
            }
        }
        let is_key = members.contains_key("kty");
        for (key, value) in members.iter_mut() {
            match () {
                () if is_key && KEY_MEMBERS.contains(&key.as_str()) => hide_all(value),
                () if self.is_secret_member(key) => hide_all(value),
                () if encoded::is_encoded(key, self.tag) => encoded::replace(value, |text| match self.text(text) {
                    Cow::Owned(hidden) => Some(hidden),
                    Cow::Borrowed(_) => None,
                }),
                () => hide_named(key, value),
            }
            self.value(value);
        }
    }

    fn is_secret_member(self, key: &str) -> bool {
        SECRET_MEMBERS.contains(&key.to_ascii_lowercase().as_str()) || SECRET_MEMBERS_OF_TAG.contains(&(self.tag, key))
    }

    /// Items of a list: variables, words of a command, or a name and its value.
    fn items(self, items: &mut [Value]) {
        let words: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        let words = words.unwrap_or_default();
        if let [name, _] = words.as_slice()
            && is_name(&name.replace(' ', "_"))
            && names::looks_secret(name)
        {
            hide_named(name, &mut items[1]);
        }
        for item in items.iter_mut() {
            match item {
                Value::String(text) => self.replace_argument(text),
                _ => self.value(item),
            }
        }
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        for (index, part) in commands::in_words(&words) {
            // Another rule may have hidden more of the word.
            if items[index] == words[index] {
                items[index] = hide_ranges(words[index], &[part]).into();
            }
        }
    }

    fn replace(self, text: &mut String) {
        if let Cow::Owned(hidden) = self.text(text) {
            *text = hidden;
        }
    }

    /// Hides secrets in one argument of a command or one variable, whose value is the rest of the text.
    fn replace_argument(self, text: &mut String) {
        match text.split_once('=') {
            Some((name, value)) if is_name(name) && names::is_secret(name, value) => {
                *text = format!("{name}={MARKER}");
            }
            _ => self.replace(text),
        }
    }

    fn text(self, text: &str) -> Cow<'_, str> {
        if self.depth == 0 || !texts::may_hold_secrets(text.as_bytes()) {
            return Cow::Borrowed(text);
        }
        let deeper = Redaction { depth: self.depth - 1, ..self };
        if let Some(hidden) = deeper.json(text) {
            return Cow::Owned(hidden);
        }
        let mut secrets = texts::secrets(text);
        if text.contains('\n') {
            secrets = texts::merge([secrets, keys::lone_bodies(text)].concat());
        }
        for (run, decoded) in encoded::runs(text) {
            let overlaps = secrets.iter().any(|secret| secret.start < run.end && run.start < secret.end);
            if !overlaps && matches!(deeper.text(&decoded), Cow::Owned(_)) {
                secrets.push(run);
            }
        }
        secrets.retain(|secret| text[secret.clone()].trim() != MARKER);
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        secrets.sort_by_key(|secret| secret.start);
        Cow::Owned(hide_ranges(text, &secrets))
    }

    /// The text as JSON without secrets, if it is JSON with secrets.
    fn json(self, text: &str) -> Option<String> {
        let trimmed = text.trim();
        if !(trimmed.starts_with('{') && trimmed.ends_with('}') || trimmed.starts_with('[') && trimmed.ends_with(']')) {
            return None;
        }
        let mut value: Value = serde_json::from_str(trimmed).ok()?;
        let written = value.clone();
        self.value(&mut value);
        (value != written).then(|| value.to_string())
    }
}

/// Hides a value if its name makes it secret. The members of an object are judged by their own names.
fn hide_named(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if names::is_secret(name, text) => *value = MARKER.into(),
        Value::Number(number) if names::is_secret(name, &number.to_string()) => *value = MARKER.into(),
        // A list of plugins for authorization is none of secrets.
        Value::Array(items) if names::looks_secret(name) => items.iter_mut().for_each(|item| hide_named(name, item)),
        _ => {}
    }
}

/// Hides a value that is secret for sure. An empty text is no secret, and neither is `"auth": "basic"`.
fn hide_all(value: &mut Value) {
    match value {
        Value::String(text) if text.is_empty() || values::kind(text) == ValueKind::State => {}
        Value::String(_) | Value::Number(_) => *value = MARKER.into(),
        Value::Array(items) => items.iter_mut().for_each(hide_all),
        Value::Object(_) | Value::Null | Value::Bool(_) => {}
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Replaces each range with the marker. The ranges are in order and do not overlap.
fn hide_ranges(text: &str, secrets: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut shown_to = 0;
    for secret in secrets {
        shown.push_str(&text[shown_to..secret.start]);
        shown.push_str(MARKER);
        shown_to = secret.end;
    }
    shown.push_str(&text[shown_to..]);
    shown
}

#[cfg(test)]
mod tests;
