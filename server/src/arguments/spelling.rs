//! Takes names that differ from a property only in case.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::definitions::{is_a, kinds, resolved};
use super::json_text::{self, JsonText};
use super::location::Location;
use super::problem::Problems;
use super::words;

/// Gives members their properties' names where these differ in case only, each with a note.
pub(super) fn correct_case(
    properties: Option<&Map<String, Value>>,
    members: &mut Map<String, Value>,
    at: &Location,
    problems: &mut Problems,
) {
    let Some(properties) = properties else { return };
    if members.keys().all(|name| properties.contains_key(name)) {
        return;
    }
    let given: HashSet<String> = members.keys().cloned().collect();
    let corrected = std::mem::take(members).into_iter().map(|(name, value)| {
        let property = property(properties, &name, &value).filter(|property| !given.contains(*property));
        match property {
            Some(property) => {
                let (written, taken) = (Location::Key(at, &name), Location::Key(at, property));
                problems.note(format!("`{written}` was taken as `{taken}`"));
                (property.clone(), value)
            }
            None => (name, value),
        }
    });
    *members = corrected.collect();
}

/// The property that a name means. A word of the CLI such as `volumes` may mean another one, so that its value decides.
fn property<'a>(properties: &'a Map<String, Value>, name: &str, value: &Value) -> Option<&'a String> {
    if properties.contains_key(name) {
        return None;
    }
    let mut alike = properties.iter().filter(|(property, _)| property.eq_ignore_ascii_case(name));
    let (property, schema) = alike.next()?;
    let is_only = alike.next().is_none();
    (is_only && (words::arguments(name).is_empty() || fits(resolved(schema), value))).then_some(property)
}

/// Returns true if a value has a type that its schema allows, or can be converted to one.
fn fits(schema: &Value, value: &Value) -> bool {
    let kinds = kinds(schema);
    let allows = |value: &Value| kinds.is_empty() || kinds.iter().any(|kind| is_a(value, kind));
    let is_scalar = !value.is_array() && !value.is_object();
    let takes_scalars = kinds.iter().any(|kind| !matches!(*kind, "object" | "array" | "null"));
    allows(value)
        || is_scalar && takes_scalars
        || value.as_str().is_some_and(|text| matches!(json_text::read(text), JsonText::Json(json) if allows(&json)))
}
