//! Text of the engine for messages: on one line, cut between characters.

use http::StatusCode;
use serde_json::Value;

/// The most bytes of a message.
pub(crate) const MESSAGE_BYTES: usize = 1024;

/// The start of the character that contains `index`.
pub(super) fn boundary(bytes: &[u8], index: usize) -> usize {
    (index.saturating_sub(3)..=index)
        .rev()
        .find(|at| bytes.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80))
        .unwrap_or(index)
}

/// The message of a refusal: the engine's, else the whole body, else the name of the status. `hide` takes out secrets,
/// before a cut can leave a part of one.
pub(super) fn message(status: StatusCode, body: &[u8], hide: impl Fn(&str) -> String) -> String {
    let value = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    let text = match value.as_ref().map(failure_text) {
        Some(Some(text)) => readable(&hide(text), MESSAGE_BYTES),
        // An object whose message is empty says nothing.
        Some(None) if value.as_ref().is_some_and(|value| value["message"].is_string()) => String::new(),
        _ => readable(&hide(&String::from_utf8_lossy(body)), MESSAGE_BYTES),
    };
    if text.is_empty() { status.canonical_reason().unwrap_or("no message").to_owned() } else { text }
}

/// The words about a failure in an object of the engine: the first of `message`, `errorDetail`, `error` and `cause`
/// that is not empty. Podman and proxies leave some out, and write others as objects with a `message`.
pub(crate) fn failure_text(object: &Value) -> Option<&str> {
    let named = |name: &str| {
        let value = object.get(name)?;
        value.as_str().or_else(|| value.get("message")?.as_str()).filter(|text| !text.trim().is_empty())
    };
    ["message", "errorDetail", "error", "cause"].into_iter().find_map(named)
}

/// Makes text of the engine fit a message on one line: control characters become spaces, and it is cut after `limit`
/// bytes.
pub(crate) fn readable(text: &str, limit: usize) -> String {
    let mut readable = String::new();
    for word in text.split(|character: char| character.is_control()).map(str::trim).filter(|word| !word.is_empty()) {
        readable.push_str(if readable.is_empty() { "" } else { " " });
        readable.push_str(word);
        if readable.len() > limit {
            let end = boundary(readable.as_bytes(), limit - '…'.len_utf8());
            readable.truncate(end);
            readable.push('…');
            break;
        }
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_every_shape() {
        for (body, expected) in [
            (r#"{"message":"No such container: web\n"}"#, "No such container: web"),
            ("400 Bad Request: not websocket protocol\r\n", "400 Bad Request: not websocket protocol"),
            ("<html>\n <b>\u{1b}[31mno</b>\n</html>", "<html> <b> [31mno</b> </html>"),
            (r#"{"message":5}"#, r#"{"message":5}"#),
            (r#"{"message":""}"#, "Not Found"),
            (r#"{"message":"","cause":"no such image"}"#, "no such image"),
            (r#"{"cause":"image not known","response":404}"#, "image not known"),
            (r#"{"error":"denied"}"#, "denied"),
            (r#"{"error":"","errorDetail":{"message":"manifest unknown"}}"#, "manifest unknown"),
            (r#"{"error":{"code":5,"message":"gone"}}"#, "gone"),
            (r#"{"reason":"x"}"#, r#"{"reason":"x"}"#),
            ("", "Not Found"),
        ] {
            assert_eq!(message(StatusCode::NOT_FOUND, body.as_bytes(), str::to_owned), expected);
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let cut = message(StatusCode::BAD_REQUEST, "ä".repeat(5000).as_bytes(), str::to_owned);
        assert!(cut.len() <= MESSAGE_BYTES && cut.ends_with("ä…"), "{}", cut.len());
        let cut = message(StatusCode::BAD_REQUEST, "a b\n".repeat(5000).as_bytes(), str::to_owned);
        assert!(cut.len() <= MESSAGE_BYTES && cut.ends_with('…'));
    }
}
