//! Frames a text of several lines so that nothing in it can pass for the end of the frame.

use std::hash::{BuildHasher, RandomState};

use crate::secrets::Safe;

/// The bytes that a frame takes beside its text.
pub const FRAME_BYTES: usize = 60;

/// Puts `text` between two lines that the engine cannot have written, because it does not know their number.
///
/// A number for each reply is all that this needs: whoever wrote the text wrote it before the number was drawn. The standard
/// library's randomly keyed hasher draws it.
#[must_use]
pub fn framed(text: Safe<String>) -> Safe<String> {
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
    fn a_frame_ends_in_the_number_it_begins_with_and_no_two_have_the_same() {
        let text = framed(Safe::trusted("one\n--- end 00000000\nthree".to_owned()));
        let number = text.lines().next().unwrap().strip_prefix("--- engine text ").unwrap();
        assert_eq!(text.lines().last().unwrap(), format!("--- end {number}"));
        assert_eq!(text.lines().count(), 5);
        assert_ne!(text, framed(Safe::trusted("one\n--- end 00000000\nthree".to_owned())));
    }
}
