//! Numbers of how often texts were seen, with bounds.

use std::collections::{BTreeMap, BTreeSet};

/// The most texts, and the most reasons of each. A client chooses them, so they must not grow without an end.
const MOST_TEXTS: usize = 1_000;
const MOST_REASONS: usize = 3;

/// Texts that were seen, in order, with the number of times and the reasons.
#[derive(Debug, Default)]
pub(super) struct Counts {
    seen: BTreeMap<String, (u64, BTreeSet<String>)>,
    /// True if there were more texts than fit.
    pub(super) is_cut: bool,
}

impl Counts {
    pub(super) fn add(&mut self, text: impl Into<String>, reason: &str) {
        let text = text.into();
        if self.seen.len() >= MOST_TEXTS && !self.seen.contains_key(&text) {
            self.is_cut = true;
            return;
        }
        let (count, reasons) = self.seen.entry(text).or_default();
        *count += 1;
        if !reason.is_empty() && reasons.len() < MOST_REASONS {
            reasons.insert(reason.to_owned());
        }
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.seen.keys().map(String::as_str)
    }

    /// The number of times that a text was seen.
    pub(super) fn count(&self, text: &str) -> u64 {
        self.seen.get(text).map_or(0, |(count, _)| *count)
    }

    /// A note on a text: the number of times, and the reasons.
    pub(super) fn note(&self, text: &str) -> String {
        let Some((count, reasons)) = self.seen.get(text) else { return String::new() };
        let reasons = reasons.iter().map(|reason| format!(", {reason}")).collect::<String>();
        format!("{}{reasons}", times(*count))
    }
}

pub(super) fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
