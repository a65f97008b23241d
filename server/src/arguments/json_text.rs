//! JSON written in a text: some clients cannot send an object or a list as an argument, and send its JSON as a string.

use serde_json::Value;

/// The reading of a text where an object or a list belongs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum JsonText {
    /// The object or list.
    Json(Value),
    /// The object or list of a text that stood in a JSON text itself.
    Twice(Value),
    /// The sentence about JSON that breaks.
    Invalid(String),
    /// No JSON.
    Other,
}

/// Reads a text that may be a JSON object or list.
pub(super) fn read(text: &str) -> JsonText {
    match text.trim_start().chars().next() {
        Some('{' | '[') => match serde_json::from_str(text) {
            Ok(json) => JsonText::Json(json),
            Err(error) => JsonText::Invalid(breaks_at(text, &error)),
        },
        Some('"') => match serde_json::from_str::<String>(text).map(|inner| read(&inner)) {
            Ok(JsonText::Json(json) | JsonText::Twice(json)) => JsonText::Twice(json),
            Ok(JsonText::Invalid(problem)) => JsonText::Invalid(format!("JSON inside JSON text: {problem}")),
            Ok(JsonText::Other) | Err(_) => JsonText::Other,
        },
        _ => JsonText::Other,
    }
}

/// Returns true if a text can hardly be anything but an object's JSON, even where other texts are allowed.
pub(super) fn begins_an_object(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '}']))
}

/// The sentence about the place where JSON breaks, counted in characters from 1.
pub(super) fn breaks_at(text: &str, error: &serde_json::Error) -> String {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let end = (before + error.column()).min(text.len());
    let character = text.char_indices().take_while(|(index, _)| *index < end).count().max(1);
    let problem = error.to_string();
    let problem = problem.split(" at line ").next().unwrap_or_default();
    let quotes = if text.contains('\'') && !text.contains('"') { "; JSON has double quotes" } else { "" };
    format!("JSON breaks at character {character}: {problem}{quotes}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_in_a_text_is_read_once_or_twice() {
        assert_eq!(read(r#" {"a": 1}"#), JsonText::Json(json!({"a": 1})));
        assert_eq!(read("[1]"), JsonText::Json(json!([1])));
        assert_eq!(read(r#""{\"a\": 1}""#), JsonText::Twice(json!({"a": 1})));
        for other in ["", "web", "3", "true", r#""web""#, "\"", "null"] {
            assert_eq!(read(other), JsonText::Other, "{other}");
        }
    }

    #[test]
    fn broken_json_says_where() {
        for (text, problem) in [
            (r#"{"a": 1, "b": x}"#, "JSON breaks at character 15: expected value"),
            (r#"{"ü": 1, "b": x}"#, "JSON breaks at character 15: expected value"),
            ("{\"a\": 1,\n\"b\"}", "JSON breaks at character 13: expected `:`"),
            (r#"{"Image": "a""#, "JSON breaks at character 13: EOF while parsing an object"),
            ("{'a': 1}", "JSON breaks at character 2: key must be a string; JSON has double quotes"),
            (r#"{"a": 1} {"#, "JSON breaks at character 10: trailing characters"),
            (r#""{\"a\"""#, "JSON inside JSON text: JSON breaks at character 4: EOF while parsing an object"),
        ] {
            assert_eq!(read(text), JsonText::Invalid(problem.to_owned()));
        }
    }

    #[test]
    fn a_text_that_begins_an_object_is_told_from_a_path() {
        assert!(begins_an_object(r#" { "a""#) && begins_an_object("{}"));
        assert!(!begins_an_object("{a}/b") && !begins_an_object("/a"));
    }
}
