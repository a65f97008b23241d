//! Removes characters and sequences from a text that move the cursor, hide text or reorder it.

use std::borrow::Cow;

use serde_json::Value;

/// Removes control characters, escape sequences of terminals and invisible or reordering characters from `text`; line
/// breaks and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_hidden) {
        shown.push_str(&rest[..at]);
        rest = after_hidden(&rest[at..]);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Applies [`visible`] to every string in `value`, keys included.
pub fn make_visible(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(shown) = visible(text) {
                *text = shown;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_visible),
        Value::Object(members) => {
            if members.keys().any(|key| key.contains(is_hidden)) {
                let renamed = std::mem::take(members).into_iter();
                *members = renamed.map(|(key, value)| (visible(&key).into_owned(), value)).collect();
            }
            members.values_mut().for_each(make_visible);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Puts `text` on one line: line breaks and tabs become spaces, the rest is [`visible`].
#[must_use]
pub fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells whether a character controls a terminal, has no width, or changes the direction of other characters.
fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        // A soft hyphen, the Arabic letter mark, the Mongolian vowel separator and Hangul fillers.
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => true,
        // Zero width, direction marks, separators of lines and paragraphs, overrides of direction, invisible operators.
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' => true,
        // Annotations between lines, tags and the variation selectors that can carry whole texts unseen.
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => true,
        _ => character.is_control(),
    }
}

/// The rest of `text` after the hidden character or the escape sequence at its beginning.
fn after_hidden(text: &str) -> &str {
    let mut characters = text.chars();
    let introducer = match characters.next() {
        Some('\u{1B}') => characters.next(),
        Some('\u{9B}') => Some('['),
        _ => return characters.as_str(),
    };
    let rest = characters.as_str();
    match introducer {
        Some('[') => rest.trim_start_matches(|c: char| matches!(c, ' '..='?')).strip_prefix(|c| matches!(c, '@'..='~')),
        // A string for the terminal, up to its terminator; without a terminator only the introducer is removed.
        Some(']' | 'P' | 'X' | '^' | '_') => after_terminator(rest),
        Some(c) if c.is_ascii_graphic() => Some(rest),
        _ => return &text[1..],
    }
    .unwrap_or(rest)
}

/// The rest after the terminator of an operating system command, if the terminator is on the same line.
fn after_terminator(text: &str) -> Option<&str> {
    let line = text.split('\n').next().unwrap_or(text);
    let end = line.find(['\u{7}', '\u{9C}', '\u{1B}'])?;
    Some(text[end..].strip_prefix("\u{1B}\\").unwrap_or_else(|| text[end..].trim_start_matches(['\u{7}', '\u{9C}'])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn escape_sequences_and_control_characters_are_taken_out() {
        for (written, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{9b}2Jclear", "clear"),
            ("\u{1b}]0;title\u{7}text", "text"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{1b}cfull reset", "full reset"),
            ("\u{1b}]never ended", "never ended"),
            ("\u{1b}", ""),
            ("\u{1b}é", "é"),
            ("\u{1b}[", ""),
            ("a\r\nb\tc\u{0}\u{7f}", "a\nb\tc"),
        ] {
            assert_eq!(visible(written), shown, "{written:?}");
        }
    }

    #[test]
    fn invisible_and_reordering_characters_are_taken_out_and_other_scripts_stay() {
        assert_eq!(visible("pay\u{202e}lru\u{2069}\u{200b}\u{feff}\u{2028}"), "paylru");
        assert_eq!(visible("\u{e0049}\u{e0067}tags"), "tags");
        assert!(matches!(visible("größe 大きさ גודל 🦀"), Cow::Borrowed(_)));
    }

    #[test]
    fn keys_are_made_visible_too() {
        let mut value = json!({"Labels": {"a\u{1b}[1mb": ["x\u{202e}"]}});
        make_visible(&mut value);
        assert_eq!(value, json!({"Labels": {"ab": ["x"]}}));
    }
}
