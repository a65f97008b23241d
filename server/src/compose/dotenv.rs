//! Variables as a file that Compose reads, so that none of them is one of the plugin's own process.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The beginnings of names by which Compose and its libraries are set up.
const RESERVED: [&str; 4] = ["BUILDKIT_", "BUILDX_", "COMPOSE_", "DOCKER_"];
/// Variables that the plugin's process has.
const OWN: [&str; 2] = ["HOME", "PATH"];

/// The text of the file.
///
/// # Errors
/// Words about a name or a value that cannot be passed on.
pub(super) fn text(variables: &Map<String, Value>) -> Result<String, String> {
    let mut text = String::new();
    for (name, value) in variables {
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
        if !is_name {
            return Err(format!("environment: `{name}` is no name of a variable"));
        }
        if !is_free(name) {
            return Err(format!("environment: `{name}` is Compose's own; the files may use another name"));
        }
        let value = match value {
            Value::String(value) => value.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(format!("environment: the value of `{name}` must be text")),
        };
        let _ = writeln!(text, "{name}=\"{}\"", quoted(&value));
    }
    Ok(text)
}

/// Returns true for a name that is not Compose's own.
pub(super) fn is_free(name: &str) -> bool {
    !OWN.contains(&name) && !RESERVED.iter().any(|beginning| name.starts_with(beginning))
}

/// A value between double quotes.
fn quoted(value: &str) -> String {
    let mut quoted = String::new();
    for letter in value.chars() {
        match letter {
            '\\' | '"' | '$' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            letter => quoted.push(letter),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(variables: Value) -> Result<String, String> {
        text(variables.as_object().unwrap())
    }

    #[test]
    fn values_are_quoted_and_names_are_names() {
        assert_eq!(of(json!({ "A": "x\"y\\$z\n", "B": 7 })).unwrap(), "A=\"x\\\"y\\\\\\$z\\n\"\nB=\"7\"\n");
        for name in ["", "1A", "A B", "A=B", "A\nB", "é", "HOME", "PATH", "COMPOSE_FILE", "DOCKER_HOST"] {
            assert!(of(json!({ name: "x" })).is_err(), "{name}");
        }
        assert!(of(json!({ "A": ["x"] })).is_err());
    }
}
