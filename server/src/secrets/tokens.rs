//! Tokens that are secret by their shape, wherever they stand.

use std::ops::Range;

use super::shapes::{INSIDE, Letters, TOKENS};
use super::values::{self, ValueKind};

/// The most bytes of a token before a text inside of it.
const BEFORE_BYTES: usize = 4_096;
/// The least bytes of a credential after its scheme.
const CREDENTIAL_BYTES: usize = 6;

/// The token that begins at a place, by this rule of [`TOKENS`].
pub(super) fn beginning(text: &str, at: usize, rule: usize) -> Option<Range<usize>> {
    let (prefix, letters, least) = TOKENS[rule];
    let rest = text[at..].strip_prefix(prefix)?;
    let joined = text[..at].bytes().last().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_with_letter = prefix.starts_with(|c: char| c.is_ascii_alphanumeric());
    let length = length(rest, letters);
    let is_location = prefix.contains('/') && prefix.len() > 5;
    let body = &rest[..length];
    // Words with a prefix by chance, such as `sk-learn-something`, have no digits.
    let is_made_up =
        least < 2 || body.bytes().any(|byte| byte.is_ascii_digit()) || values::changes_often(body.as_bytes());
    let holds = length >= least && is_made_up && !(joined && starts_with_letter);
    let from = if is_location { at + prefix.len() } else { at };
    holds.then_some(from..at + prefix.len() + length)
}

/// The token around a text at a place, by this rule of [`INSIDE`].
pub(super) fn around(text: &str, at: usize, rule: usize) -> Option<Range<usize>> {
    let (inside, letters, before, after) = INSIDE[rule];
    let rest = text[at..].strip_prefix(inside)?;
    let length_before = text[..at].bytes().rev().take(BEFORE_BYTES).take_while(|byte| letters.contain(*byte)).count();
    let length_after = length(rest, letters);
    let holds = length_before >= before && length_after >= after;
    holds.then(|| at - length_before..at + inside.len() + length_after)
}

/// The credential after the name of a scheme at a place: `Bearer …`, `Basic …`.
pub(super) fn after_scheme(text: &str, at: usize) -> Option<Range<usize>> {
    let joined = text[..at].bytes().last().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let scheme = ["bearer", "basic"].into_iter().find(|scheme| starts_with_word(&text[at..], scheme))?;
    let from = at + scheme.len() + 1;
    let rest = text[from..].trim_start_matches(' ');
    let from = text.len() - rest.len();
    let length = length(rest, Letters::Any);
    let value = rest[..length].trim_end_matches('.');
    // A challenge has parameters: `Bearer realm="…"`.
    let is_parameter = value.ends_with('=') && rest[length..].starts_with('"');
    let holds = !joined && !is_parameter && value.len() >= CREDENTIAL_BYTES && values::kind(value) == ValueKind::Opaque;
    holds.then(|| from..from + value.len())
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) && text[word.len()..].starts_with(' ')
}

fn length(text: &str, letters: Letters) -> usize {
    text.bytes().take_while(|byte| letters.contain(*byte)).count()
}
