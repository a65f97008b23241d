//! The bytes of a complete answer in, its value out, or an error that shows the position.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::words::{MESSAGE_BYTES, boundary, readable};
use crate::error::{Error, Result};
use crate::json::tolerantly;

/// The bytes that are shown on either side of a decoding error.
const EXCERPT_BYTES: usize = 120;

/// Decodes an answer. A property of another type than its field goes to `extra`, unchanged.
///
/// # Errors
/// [`Error::Decode`] if it is empty, not JSON, or not a `T`.
pub(crate) fn decode<T: DeserializeOwned>(operation: &'static str, bytes: &[u8]) -> Result<T> {
    let failed = |reason, excerpt, source| Err(Error::Decode { operation, reason, excerpt, source });
    if bytes.is_empty() {
        return failed("empty, expected JSON".into(), String::new(), None);
    }
    // Checking the whole at once is faster than string by string.
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => match serde_json::from_slice::<Value>(bytes) {
            Err(error) => return failed(error.to_string(), excerpt(bytes, &error), Some(error.into())),
            Ok(_) => return failed(error.to_string(), String::new(), Some(error.into())),
        },
    };
    serde_json::from_str(text).or_else(|error| {
        // Go writes a nil list as null, as in `GET /containers/{id}/changes`.
        let unmade = bytes.trim_ascii() == b"null";
        if let Some(Ok(empty_list)) = unmade.then(|| serde_json::from_str("[]")) {
            return Ok(empty_list);
        }
        // One property of another type must not lose the whole answer, or a list for one row.
        if error.is_data()
            && let Ok(answer) = tolerantly(|| serde_json::from_str(text))
        {
            tracing::debug!(target: "dockwright::call", operation, "a property has another type, and is in `extra`");
            return Ok(answer);
        }
        failed(error.to_string(), excerpt(bytes, &error), Some(error.into()))
    })
}

/// The part of the answer around an error.
fn excerpt(bytes: &[u8], error: &serde_json::Error) -> String {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let place = (before + error.column()).min(bytes.len());
    let from = boundary(bytes, place.saturating_sub(EXCERPT_BYTES));
    let to = boundary(bytes, (place + EXCERPT_BYTES).min(bytes.len()));
    readable(&String::from_utf8_lossy(&bytes[from..to]), MESSAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_an_empty_list_where_a_list_is_expected() {
        assert_eq!(decode::<Vec<String>>("container_changes", b"null\n").unwrap(), [] as [String; 0]);
        assert_eq!(decode::<Value>("container_changes", b"null\n").unwrap(), Value::Null);
        assert!(decode::<String>("container_changes", b"null\n").is_err());
        assert!(decode::<Vec<String>>("container_changes", b"nul").is_err());
    }

    #[test]
    fn a_decode_error_shows_the_place_and_only_that() {
        let text = format!("[\n{}{{\"Id\": 7}}, {}]", "\"ä\", ".repeat(500), "\"ö\", ".repeat(500));
        let error = decode::<Vec<String>>("container_list", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("container_list: unexpected answer: invalid type: map, expected a string at line 2"));
        assert!(error.contains("{\"Id\": 7}") && error.len() < 500, "{error}");
        assert!(!error.contains('\u{FFFD}') && !error.contains('\n'), "{error}");
    }

    #[test]
    fn excerpts_are_cut_between_characters_wherever_the_error_is() {
        for padding in 0..8 {
            let text = format!("\"{}{}", "x".repeat(padding), "🦀".repeat(200));
            let error = serde_json::from_slice::<String>(text.as_bytes()).unwrap_err();
            assert!(!excerpt(text.as_bytes(), &error).contains('\u{FFFD}'));
        }
        let error = serde_json::from_slice::<Value>(b"\n\n").unwrap_err();
        assert_eq!(excerpt(b"\n\n", &error), "");
    }

    #[test]
    fn an_empty_answer_is_said_to_be_empty() {
        let error = decode::<Value>("info", b"").unwrap_err();
        assert_eq!(error.to_string(), "info: unexpected answer: empty, expected JSON");
    }
}
