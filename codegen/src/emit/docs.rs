//! Lines of documentation, whose text may come unchanged from a description.

use crate::ir::Unit;

/// Words with a sentence on the unit, unless they say it.
pub fn with_unit(words: &str, unit: Option<Unit>) -> String {
    let sentence = unit.map(Unit::sentence).unwrap_or_default();
    let says_bytes = unit == Some(Unit::Bytes) && words.to_lowercase().contains("byte");
    if sentence.is_empty() || says_bytes { words.to_owned() } else { format!("{words} {sentence}") }
}

/// The line, without characters that rustc refuses in a comment or that make a reader see other text.
pub fn line(text: &str) -> String {
    let is_odd = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    format!(" {}", text.replace(is_odd, " "))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn leaves_out_what_cannot_be_printed() {
        assert_eq!(line("Sets `a\r\nb\u{202e}`: ½ 日本."), " Sets `a  b `: ½ 日本.");
    }
}
