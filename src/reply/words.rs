//! Text of the engine for messages: on one line, cut between characters.

use http::StatusCode;

/// The most bytes of a message.
pub(crate) const MESSAGE_BYTES: usize = 1024;

/// The start of the character that contains `index`.
pub(super) fn boundary(bytes: &[u8], index: usize) -> usize {
    (index.saturating_sub(3)..=index)
        .rev()
        .find(|at| bytes.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80))
        .unwrap_or(index)
}

/// The message of a refusal: the engine's `{"message"}`, else the whole body, else the name of the status. `hide` takes
/// out secrets, before a cut can leave a part of one.
pub(super) fn message(status: StatusCode, body: &[u8], hide: impl Fn(&str) -> String) -> String {
    #[derive(serde::Deserialize)]
    struct ErrorBody {
        message: String,
    }
    let text = match serde_json::from_slice::<ErrorBody>(body) {
        Ok(body) => readable(&hide(&body.message), MESSAGE_BYTES),
        Err(_) => readable(&hide(&String::from_utf8_lossy(body)), MESSAGE_BYTES),
    };
    if text.is_empty() { status.canonical_reason().unwrap_or("no message").to_owned() } else { text }
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
