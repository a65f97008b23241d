//! Chooses words: from the overlay, else the first sentence of the description's prose, else the spelled-out name.

use super::names;
use crate::ir::{Origin, Words};

/// The words of the overlay, or the first sentence of `prose`, or `name` spelled out.
pub fn words(ours: Option<Words>, prose: Option<&str>, name: &str) -> Words {
    let prose = || Some(Words { text: first_sentence(prose?)?, full: None, origin: Origin::Prose });
    let name = || Words { text: format!("{}.", names::spelled_out(name)), full: None, origin: Origin::Name };
    ours.or_else(prose).unwrap_or_else(name)
}

/// Words of the overlay for everybody.
pub fn overlay_words(text: Option<&String>) -> Option<Words> {
    text.map(|text| our_words(text, Origin::Overlay))
}

/// Words of the overlay for documentation and complete schemas.
pub fn reference_words(text: Option<&String>) -> Option<Words> {
    text.map(|text| our_words(text, Origin::Reference))
}

/// Words of the overlay.
pub fn our_words(text: &str, origin: Origin) -> Words {
    Words { text: text.to_owned(), full: None, origin }
}

/// The paragraphs of a text, a line each, with an empty line between.
pub fn paragraphs(text: &str) -> String {
    let paragraphs =
        text.trim().split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// The first sentence of a text in Markdown, on one line and harmless in rustdoc.
pub fn first_sentence(prose: &str) -> Option<String> {
    let paragraph = prose.trim().split("\n\n").next()?;
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = line.find(". ").map_or(line.len(), |dot| dot + 1);
    let sentence = line[..end].trim_end_matches('.');
    let mut plain = String::new();
    for letter in sentence.chars() {
        if matches!(letter, '[' | ']' | '<' | '>' | '`' | '*' | '_' | '\\') {
            plain.push('\\');
        }
        plain.push(letter);
    }
    // A bare address is a lint in rustdoc.
    (!plain.is_empty()).then(|| format!("{}.", plain.replace("://", ":\u{200b}//")))
}
