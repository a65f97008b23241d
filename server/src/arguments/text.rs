//! All arguments of a call as a text, or as a value that should be an object.

use serde_json::{Map, Value};

use super::json_text::{self, JsonText, breaks_at};

/// Reads all arguments of a call from a value: an object, nothing, or a text that is the JSON of an object.
///
/// # Errors
/// A sentence about what else it is.
pub fn from_value(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(arguments) => Ok(arguments),
        Value::String(text) => from_text(&text),
        Value::Array(_) => Err("must be an object, not a list".to_owned()),
        _ => Err("must be an object".to_owned()),
    }
}

/// Reads all arguments of a call from a text; an empty text means none.
///
/// # Errors
/// A sentence that tells where the JSON breaks.
pub fn from_text(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match json_text::read(text) {
        JsonText::Json(Value::Object(arguments)) | JsonText::Twice(Value::Object(arguments)) => Ok(arguments),
        JsonText::Json(_) | JsonText::Twice(_) => Err("must be an object, not a list".to_owned()),
        JsonText::Invalid(problem) => Err(format!("must be an object: {problem}")),
        JsonText::Other => Err(match serde_json::from_str::<Value>(text) {
            Ok(_) => "must be an object".to_owned(),
            Err(error) => format!("must be an object: {}", breaks_at(text, &error)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_an_object_or_its_json() {
        let id = json!({"id": "a"});
        for given in [id.clone(), json!(r#"{"id": "a"}"#), json!(r#""{\"id\": \"a\"}""#)] {
            assert_eq!(from_value(given).map(Value::from), Ok(id.clone()));
        }
        for given in [json!(null), json!(""), json!(" "), json!({})] {
            assert_eq!(from_value(given), Ok(Map::new()));
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_place() {
        for (given, problem) in [
            (json!([1]), "must be an object, not a list"),
            (json!(3), "must be an object"),
            (json!("[1]"), "must be an object, not a list"),
            (json!("3"), "must be an object"),
            (json!("web"), "must be an object: JSON breaks at character 1: expected value"),
            (json!(r#"{"id": web}"#), "must be an object: JSON breaks at character 8: expected value"),
        ] {
            assert_eq!(from_value(given), Err(problem.to_owned()));
        }
    }
}
