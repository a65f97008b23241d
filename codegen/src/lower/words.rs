//! Words: the overlay's; else the first sentence of the description, if it has prose; else the spelled-out name.

use super::names;
use crate::ir::Words;

/// What `ours` says, or the first sentence of `prose`, or `name` spelled out.
pub fn words(ours: Option<&String>, prose: Option<&str>, name: &str) -> Words {
    match ours.cloned().or_else(|| prose.and_then(first_sentence)) {
        Some(text) => Words { text, is_only_the_name: false },
        None => Words { text: format!("{}.", names::spelled_out(name)), is_only_the_name: true },
    }
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
