//! JSON with comments and trailing commas in, as editors write it; JSON out.

/// Removes comments and commas before a closing bracket, outside texts.
pub(super) fn strip(text: &str) -> String {
    let mut stripped = String::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => text_length(rest),
            '/' if rest.starts_with("//") => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            '}' | ']' => {
                let kept = stripped.trim_end();
                if kept.ends_with(',') {
                    stripped.truncate(kept.len() - 1);
                }
                1
            }
            other => other.len_utf8(),
        };
        stripped.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    stripped
}

/// The length of the text in double quotes at the start.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '"' if !is_escaped => return at + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_go_and_texts_stay() {
        let text = "\u{feff}{ // a \"b\"\n \"u\": \"http://x/*y*/ \\\" ,]\", /* c, */ \"l\": [1, 2,\n], }";
        let value: serde_json::Value = serde_json::from_str(&strip(text)).unwrap();
        assert_eq!(value, serde_json::json!({ "u": "http://x/*y*/ \" ,]", "l": [1, 2] }));
    }
}
