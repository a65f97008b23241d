//! Texts in base64: runs of its letters come out of a text, each with the text that it stands for.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// The least letters of a run that is decoded.
pub(super) const RUN_BYTES: usize = 20;

/// Members that hold a text in base64, in the operations of one tag.
const ENCODED_MEMBERS: &[(&str, &str)] = &[("Config", "Data")];

const GENEROUS: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const ENGINES: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, GENEROUS), GeneralPurpose::new(&URL_SAFE, GENEROUS)];

/// Tells whether a member holds a text in base64.
pub(super) fn is_encoded(member: &str, tag: &str) -> bool {
    ENCODED_MEMBERS.contains(&(tag, member))
}

/// The text that a value in base64 stands for.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let encoded: String = encoded.split_whitespace().collect();
    let bytes = ENGINES.iter().find_map(|engine| engine.decode(&encoded).ok())?;
    let text = String::from_utf8(bytes).ok()?;
    let is_text = |c: char| !c.is_control() || c.is_whitespace();
    text.chars().all(is_text).then_some(text)
}

/// The runs of base64 in a text that stand for texts.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let run = next_run(text.as_bytes(), at)?;
            at = run.end;
            if let Some(decoded) = decode(&text[run.clone()]) {
                return Some((run, decoded));
            }
        }
    })
}

/// The next run of letters that is long enough.
pub(super) fn next_run(text: &[u8], from: usize) -> Option<Range<usize>> {
    let mut end = from + RUN_BYTES;
    // The last byte of a possible run decides first, so that most bytes are never read.
    while end <= text.len() {
        let back = text[end - RUN_BYTES..end].iter().rposition(|byte| !is_letter(*byte));
        match back {
            Some(at) => end += at + 1,
            None => {
                let rest = text[end..].iter().take_while(|byte| is_letter(**byte)).count();
                return Some(end - RUN_BYTES..end + rest);
            }
        }
    }
    None
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// Replaces a member in base64 with its text, if that holds a secret: a part of base64 cannot be hidden.
pub(super) fn replace(value: &mut Value, hide: impl Fn(&str) -> Option<String>) {
    if let Some(hidden) = value.as_str().and_then(decode).as_deref().and_then(hide) {
        *value = hidden.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_base64_are_found_and_decoded() {
        let text = "a cGFzc3dvcmQ9aHVudGVyMg== b /usr/local/lib/python3 Y29uZmlnOiB7YTogMX0gLi4u";
        let found: Vec<_> = runs(text).map(|(run, decoded)| (&text[run], decoded)).collect();
        assert_eq!(
            found,
            [
                ("cGFzc3dvcmQ9aHVudGVyMg==", "password=hunter2".to_owned()),
                ("Y29uZmlnOiB7YTogMX0gLi4u", "config: {a: 1} ...".to_owned())
            ]
        );
        assert_eq!(next_run(b"0123456789012345678", 0), None);
        assert_eq!(next_run(b" 01234567890123456789 ", 0), Some(1..21));
    }
}
