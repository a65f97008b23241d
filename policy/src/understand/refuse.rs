//! Refusals of requests that are not understood.

use crate::refusal::Refusal;

/// The rule of all refusals here.
const RULE: &str = "request";

pub(super) fn refusal(words: impl Into<String>) -> Refusal {
    Refusal { rule: RULE, words: words.into(), absent: None }
}

pub(super) fn refuse<T>(words: impl Into<String>) -> Result<T, Refusal> {
    Err(refusal(words))
}
