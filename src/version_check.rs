//! Refuses operations, arguments and properties that the spoken API version does not know, before anything is sent. An
//! engine would ignore them silently.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::operation::{Lifetime, Operation, Versioned};
use crate::version::Version;

/// Returns true if every version knows the operation and everything that can be sent with it.
pub fn is_always_known(operation: &Operation) -> bool {
    operation.versioned.is_empty() && operation.lifetime == Lifetime::ALWAYS
}

/// Refuses a request that version `spoken` does not know completely.
pub fn refuse(
    operation: &'static Operation,
    arguments: &Map<String, Value>,
    body: Option<&[u8]>,
    spoken: Version,
) -> Result<()> {
    if is_always_known(operation) {
        return Ok(());
    }
    // A body that is not JSON is refused elsewhere.
    let body = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or(Value::Null);
    refuse_unknown(operation, arguments, &body, spoken)
}

/// Refuses a request that API version `spoken` does not know completely. An engine would ignore the rest silently.
///
/// # Errors
/// [`Error::Unsupported`], which names the operation or the first part of the request that the version lacks.
pub fn refuse_unknown(
    operation: &'static Operation,
    arguments: &Map<String, Value>,
    body: &Value,
    spoken: Version,
) -> Result<()> {
    let unsupported = |what: &str, lifetime| {
        Err(Error::Unsupported { operation: operation.name, what: what.to_owned(), lifetime, spoken })
    };
    if !operation.lifetime.contains(spoken) {
        return unsupported("the operation", operation.lifetime);
    }
    let mut unknown = operation.versioned.iter().filter(|part| !part.lifetime.contains(spoken)).peekable();
    if unknown.peek().is_none() {
        return Ok(());
    }
    let is_sent = |part: &&Versioned| match part.path {
        ["body", below @ ..] => holds(body, below, part.member),
        [name, below @ ..] => arguments.get(*name).is_some_and(|value| holds(value, below, part.member)),
        [] => false,
    };
    match unknown.find(is_sent) {
        Some(part) => unsupported(&part.to_string(), part.lifetime),
        None => Ok(()),
    }
}

/// Returns true if there is a value at the end of the path, and it is `member` where one is given.
fn holds(value: &Value, path: &[&str], member: Option<&str>) -> bool {
    match (value, path) {
        (Value::Null, _) => false,
        (Value::Array(items), ["[1]"]) => items.len() > 1,
        (Value::Array(items), _) => items.iter().any(|item| holds(item, path, member)),
        (value, []) => member.is_none_or(|member| match value {
            Value::String(text) => text == member,
            value => value.as_i64().is_some_and(|number| member.parse() == Ok(number)),
        }),
        (Value::Object(entries), ["*", below @ ..]) => entries.values().any(|value| holds(value, below, member)),
        (Value::Object(entries), [key, below @ ..]) => {
            entries.get(*key).is_some_and(|value| holds(value, below, member))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::tests::row;

    const fn version(minor: u16) -> Version {
        Version { major: 1, minor }
    }

    const SINCE_44: Lifetime = Lifetime { since: Some(version(44)), until: None };

    fn refused(part: Versioned, arguments: Value, body: Value, spoken: Version) -> Option<String> {
        let operation = Operation { versioned: Box::leak(Box::new([part])), ..row() };
        let arguments = arguments.as_object().unwrap().clone();
        let body = body.to_string();
        let result = refuse(Box::leak(Box::new(operation)), &arguments, Some(body.as_bytes()), spoken);
        result.err().map(|error| error.to_string())
    }

    #[test]
    fn what_the_version_knows_passes_and_what_it_does_not_is_named_with_both_versions() {
        let part = Versioned { path: &["size"], member: None, lifetime: SINCE_44 };
        assert_eq!(refused(part, json!({ "size": true }), json!(null), version(44)), None);
        assert_eq!(refused(part, json!({ "all": true, "size": null }), json!(null), version(41)), None);
        let expected = "thing_list: `size` needs API 1.44, and 1.41 is spoken with this engine";
        assert_eq!(refused(part, json!({ "size": false }), json!(null), version(41)).as_deref(), Some(expected));
    }

    #[test]
    fn what_went_is_refused_as_well() {
        let until = Lifetime { since: None, until: Some(version(51)) };
        let part = Versioned { path: &["size"], member: None, lifetime: until };
        let expected = "thing_list: `size` is known up to API 1.51, and 1.52 is spoken with this engine";
        assert_eq!(refused(part, json!({ "size": 1 }), json!(null), version(52)).as_deref(), Some(expected));
    }

    #[test]
    fn properties_are_found_in_lists_and_maps_and_members_by_their_value() {
        let part = Versioned { path: &["body", "Ends", "*", "Type"], member: Some("image"), lifetime: SINCE_44 };
        let body = |kind: &str| json!({ "Ends": [{ "a": { "Type": "bind" }, "b": { "Type": kind } }, null, 3] });
        assert_eq!(refused(part, json!({}), body("volume"), version(41)), None);
        let told = refused(part, json!({}), body("image"), version(41)).unwrap();
        assert!(told.starts_with("thing_list: `body.Ends.*.Type: image` needs API 1.44"), "{told}");
    }

    #[test]
    fn several_values_are_another_thing_than_one() {
        let part = Versioned { path: &["platform", "[1]"], member: None, lifetime: SINCE_44 };
        assert_eq!(refused(part, json!({ "platform": ["a"] }), json!(null), version(41)), None);
        let told = refused(part, json!({ "platform": ["a", "b"] }), json!(null), version(41)).unwrap();
        assert!(told.starts_with("thing_list: `platform` more than once needs API 1.44"), "{told}");
    }

    #[test]
    fn an_operation_that_the_version_lacks_is_refused_whole() {
        let operation = Box::leak(Box::new(Operation { lifetime: SINCE_44, ..row() }));
        let error = refuse(operation, &Map::new(), None, version(41)).unwrap_err();
        assert_eq!(error.to_string(), "thing_list: the operation needs API 1.44, and 1.41 is spoken with this engine");
        assert!(error.is_unsupported());
    }
}
