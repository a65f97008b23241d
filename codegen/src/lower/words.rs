//! Words where the overlay has none: the first sentence of the description, if it has prose, else the spelled-out name.

use super::names;

/// The first sentence of `prose`, or `name` spelled out.
pub fn words(prose: Option<&str>, name: &str) -> String {
    prose.and_then(first_sentence).unwrap_or_else(|| format!("{}.", names::spelled_out(name)))
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
