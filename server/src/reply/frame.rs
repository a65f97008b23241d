//! Frames a text of several lines so that no line of it can pass for the end of the frame or for words of the server.

use std::hash::{BuildHasher, RandomState};

use crate::secrets::Safe;

/// The bytes that a frame takes beside its text.
pub const FRAME_BYTES: usize = 60;
/// The beginning of each line of a framed text that has no other mark.
pub const BAR: &str = "| ";

/// The marks at the beginnings of a text's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineMarks {
    /// There are none, so each line gets a bar.
    None,
    /// Each line begins with its source and a bar.
    Sources,
}

/// Puts `text` between two lines that the engine cannot have written, because it does not know their number, and a bar
/// before each of its lines.
///
/// A number for each reply is enough, because the text was written before the number is drawn. The standard library's
/// randomly keyed hasher draws it.
#[must_use]
pub fn frame_text(text: Safe<String>, marks: LineMarks) -> Safe<String> {
    let number = RandomState::new().hash_one(text.len()) >> 32;
    let bar = if marks == LineMarks::None { BAR } else { "" };
    text.map(|text| {
        let lines: String = text.lines().map(|line| format!("{bar}{line}\n")).collect();
        format!("--- engine text {number:08x}\n{lines}--- end {number:08x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_begins_and_ends_with_a_number_that_no_other_frame_has() {
        let text = frame_text(Safe::trusted("one\n--- end 00000000\nthree".to_owned()), LineMarks::None);
        let number = text.lines().next().unwrap().strip_prefix("--- engine text ").unwrap();
        assert_eq!(text.lines().last().unwrap(), format!("--- end {number}"));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1..lines.len() - 1], ["| one", "| --- end 00000000", "| three"]);
        let other = frame_text(Safe::trusted("one\n--- end 00000000\nthree".to_owned()), LineMarks::None);
        assert_ne!(text, other);
    }
}
