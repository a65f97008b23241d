//! Converts filters to the form the engine expects, a list of strings for each key. Models write single values, numbers
//! and booleans, and the engine's old form `{"label": {"tier=web": true}}`. An empty list stays, as some keys count
//! without a value. The schema lists the keys.

use serde_json::Value;

/// Returns true if a schema of these types is for a filter's values: one, or a list of them.
pub(super) fn is_filter(kinds: &[&str]) -> bool {
    kinds.contains(&"array") && kinds.contains(&"string")
}

/// Returns true if a schema of these types is for a filter that consists of its key alone.
pub(super) fn is_key(kinds: &[&str]) -> bool {
    kinds == ["boolean", "array"]
}

/// Converts `true`, as models write a key without values, to the empty list that the engine expects.
pub(super) fn no_values(value: &Value) -> Option<Value> {
    let is_empty = value.as_array().is_some_and(Vec::is_empty);
    (is_empty || *value == true || *value == "true").then(|| Value::Array(Vec::new()))
}

/// Converts the values of a filter to a list of strings, if possible.
pub(super) fn values(value: &Value) -> Option<Value> {
    let texts: Option<Vec<_>> = match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(marked) => marked.iter().map(|(key, mark)| (*mark == true).then(|| key.clone())).collect(),
        _ => text(value).map(|text| vec![text]),
    };
    texts.map(Value::from)
}

/// Ends a message about `{"tier": "web"}` with the label that it may mean, `tier=web`.
pub(super) fn pairs(value: &Value) -> Option<String> {
    let pairs = value.as_object()?.iter().map(|(key, value)| Some(format!("{key}={}", text(value)?)));
    match pairs.collect::<Option<Vec<_>>>()?.as_slice() {
        [pair] => Some(format!("; send {}", Value::from(pair.as_str()))),
        pairs => Some(format!("; send {}", Value::from(pairs))),
    }
}

/// The text of a text, a whole number, or true or false.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => whole(value).map(|whole| whole.to_string()),
    }
}

/// The text of a text or of a number, whole or not.
pub(super) fn number_text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.is_number().then(|| value.to_string()))
}

/// Returns true for a filter of blank values, which would match nothing.
pub(super) fn is_blank(value: &Value) -> bool {
    let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(is_blank),
        value => is_blank(value),
    }
}

/// Converts a number such as `3.0` to the integer it equals.
pub(super) fn whole(value: &Value) -> Option<Value> {
    // Beyond this a float cannot represent every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0 && number.abs() <= EXACT)?;
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    Some((number as i64).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_in_every_form_become_a_list_of_strings() {
        for (written, sent) in [
            (json!("running"), json!(["running"])),
            (json!(true), json!(["true"])),
            (json!(137), json!(["137"])),
            (json!(["a", 1, false]), json!(["a", "1", "false"])),
            (json!([]), json!([])),
            (json!({"tier=web": true, "b": true}), json!(["tier=web", "b"])),
        ] {
            assert_eq!(values(&written), Some(sent));
        }
    }

    #[test]
    fn a_key_without_values_is_true_or_an_empty_list() {
        assert_eq!(no_values(&json!(true)), Some(json!([])));
        assert_eq!(no_values(&json!([])), Some(json!([])));
        assert_eq!((no_values(&json!(false)), no_values(&json!(["true"]))), (None, None));
        assert_eq!(no_values(&json!("true")), Some(json!([])));
    }

    #[test]
    fn a_filter_of_blanks_is_none() {
        assert!([json!(""), json!(" "), json!([""]), json!(["", " "])].iter().all(is_blank));
        assert!(![json!([]), json!(["", "a"]), json!("a"), json!(0), json!(null)].iter().any(is_blank));
    }

    #[test]
    fn a_map_is_suggested_as_pairs() {
        assert_eq!(pairs(&json!({"tier": "web"})).unwrap(), r#"; send "tier=web""#);
        assert_eq!(pairs(&json!({"tier": "web", "shard": 3})).unwrap(), r#"; send ["tier=web","shard=3"]"#);
        assert_eq!((pairs(&json!({"tier": ["web"]})), pairs(&json!(1.5))), (None, None));
    }

    #[test]
    fn an_ambiguous_value_is_refused() {
        for written in [json!(1.5), json!([["a"]]), json!([null]), json!({"a": false}), json!({"tier": "web"})] {
            assert_eq!(values(&written), None);
        }
    }
}
