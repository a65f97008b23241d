//! Changes of a text that leave all else of it as it is.

use std::ops::Range;

/// Replaces a range of a text.
pub(super) struct Edit {
    range: Range<usize>,
    text: String,
}

impl Edit {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Edit { range: at..at, text: text.into() }
    }

    pub(super) fn remove(range: Range<usize>) -> Self {
        Edit { range, text: String::new() }
    }

    pub(super) fn replace(range: Range<usize>, text: String) -> Self {
        Edit { range, text }
    }
}

/// Applies edits that do not overlap. Several at one place stand in the order in which they are given.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut changed = String::new();
    let mut done = 0;
    for Edit { range, text: inserted } in edits {
        changed.push_str(&text[done..range.start]);
        changed.push_str(&inserted);
        done = range.end;
    }
    changed + &text[done..]
}

/// The number of the line at an offset.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The end of lines in a text.
pub(super) fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The offset at which the line of an offset begins.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |at| at + 1)
}
