//! Lines of documentation, whose text may come unchanged from a description.

use crate::ir::{Origin, Unit, Words};

/// Words with a sentence on the unit, unless they name it.
pub fn with_unit(words: &str, unit: Option<Unit>) -> String {
    match unit.and_then(Unit::sentence) {
        Some((named, sentence)) if !words.to_lowercase().contains(named) => format!("{words} {sentence}"),
        _ => words.to_owned(),
    }
}

/// The line, without characters that rustc refuses in a comment or that make a reader see other text.
pub fn line(text: &str) -> String {
    let is_odd = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    format!(" {}", text.replace(is_odd, " "))
}

/// The lines of a method that sets or adds something: the deed, and then the meaning, if one is known.
///
/// ```text
/// /// Sets `Cmd`.
/// ///
/// /// The command that the container runs, and its arguments.
/// ```
pub fn deed(deed: &str, words: &Words, documented: &str) -> Vec<String> {
    if words.origin == Origin::Name && documented == words.text {
        return vec![line(deed)];
    }
    vec![line(deed), String::new(), line(documented)]
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn leaves_out_what_cannot_be_printed() {
        assert_eq!(line("Sets `a\r\nb\u{202e}`: ½ 日本."), " Sets `a  b `: ½ 日本.");
    }
}
