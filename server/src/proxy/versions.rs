//! The newest API version that clients are told of: one that both the engine and this build speak.

use dockwright::operation::{Operation, Segment};
use dockwright::{API_VERSION, Value, Version};

/// The member of an answer that tells the newest version.
const MEMBER: &str = "ApiVersion";

/// The newest version for a client, from that of the engine. `None` if that is no version.
pub(super) fn newest(of_engine: &str) -> Option<String> {
    let of_engine: Version = of_engine.parse().ok()?;
    Some(of_engine.min(API_VERSION.parse().ok()?).to_string())
}

/// Returns true for the operation whose answer tells the newest version, which some clients take in place of a header.
pub(super) fn are_told_by(operation: &Operation) -> bool {
    operation.path == [Segment::Literal("version")]
}

/// Caps the newest version in an answer, and in the parts of it that tell it too.
pub(super) fn cap(answer: &mut Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(cap),
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| match value.as_str() {
            Some(text) if name == MEMBER => *value = newest(text).unwrap_or_default().into(),
            _ => cap(value),
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn newer_versions_are_capped_wherever_they_are_told() {
        let answer = |version: &str| {
            let details = json!({ "ApiVersion": version, "MinAPIVersion": "1.24" });
            json!({ "Version": "99.9", "ApiVersion": version, "Components": [{ "Name": "a", "Details": details }] })
        };
        let (mut newer, mut older) = (answer("1.99"), answer("1.41"));
        cap(&mut newer);
        cap(&mut older);
        assert_eq!((newer, older), (answer(API_VERSION), answer("1.41")));
    }
}
