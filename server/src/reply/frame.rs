//! Frames a text of several lines so that no line of it can pass for the end of the frame.

use std::hash::{BuildHasher, RandomState};

use crate::secrets::Safe;

/// The bytes that a frame takes beside its text.
pub const FRAME_BYTES: usize = 60;

/// Puts `text` between two lines that the engine cannot have written, because it does not know their number.
///
/// A number for each reply is enough, because the text was written before the number is drawn. The standard library's
/// randomly keyed hasher draws it.
#[must_use]
pub fn frame_text(text: Safe<String>) -> Safe<String> {
    let number = RandomState::new().hash_one(text.len()) >> 32;
    text.map(|text| {
        let line_break = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        format!("--- engine text {number:08x}\n{text}{line_break}--- end {number:08x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_begins_and_ends_with_a_number_that_no_other_frame_has() {
        let text = frame_text(Safe::trusted("one\n--- end 00000000\nthree".to_owned()));
        let number = text.lines().next().unwrap().strip_prefix("--- engine text ").unwrap();
        assert_eq!(text.lines().last().unwrap(), format!("--- end {number}"));
        assert_eq!(text.lines().count(), 5);
        assert_ne!(text, frame_text(Safe::trusted("one\n--- end 00000000\nthree".to_owned())));
    }
}
