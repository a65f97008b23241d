//! A schema of a description becomes a JSON Schema that is as generous as our types. Everything may be null or missing,
//! and more may be there; a value has its type, and the members of enumerations are all known.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub fn validator(root: &Value, components: &Value) -> Validator {
    let definitions = components["schemas"].as_object().into_iter().flatten();
    let definitions: Map<_, _> = definitions.map(|(name, schema)| (name.clone(), generous(schema))).collect();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "allOf": [generous(root)],
        "components": { "schemas": definitions },
    });
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}"))
}

/// Each as `pointer: what (where in the schema)`.
pub fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{}: {} ({})", error.instance_path(), short(&error.to_string()), error.schema_path()))
        .collect()
}

fn generous(schema: &Value) -> Value {
    let mut made = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let made_of_it = match (key.as_str(), value) {
            ("$ref", _) => value.clone(),
            ("type", _) => json!([value, "null"]),
            ("enum", Value::Array(members)) => members.iter().cloned().chain([Value::Null]).collect(),
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.clone(), generous(schema))).collect::<Map<_, _>>().into()
            }
            ("items", _) | ("additionalProperties", Value::Object(_)) => generous(value),
            ("allOf", Value::Array(parts)) => parts.iter().map(generous).collect(),
            // Nothing is required, a newer engine may say more, and formats and patterns of text are for its readers.
            _ => continue,
        };
        made.insert(key.clone(), made_of_it);
    }
    if schema["type"] == "integer" {
        let (least, most) = range(schema["format"].as_str());
        made.insert("minimum".into(), least);
        made.insert("maximum".into(), most);
    }
    made.into()
}

/// Returns the range of the integer that the generator makes of a format.
fn range(format: Option<&str>) -> (Value, Value) {
    match format {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint64") => (0.into(), u64::MAX.into()),
        Some("uint32") => (0.into(), u32::MAX.into()),
        Some("uint16") => (0.into(), u16::MAX.into()),
        Some("uint8") => (0.into(), u8::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// Shortens a message to its beginning and its end, which show the value and its expected type.
fn short(text: &str) -> String {
    const SIDE: usize = 150;
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= 2 * SIDE {
        return text.to_owned();
    }
    let side = |characters: &[char]| characters.iter().collect::<String>();
    format!("{}…{}", side(&characters[..SIDE]), side(&characters[characters.len() - SIDE..]))
}

/// A validator that finds nothing would look like a success.
pub fn tells_what_a_type_would_not_read() {
    let components = json!({ "schemas": {
        "Thing": { "type": "object", "required": ["Absent"], "properties": {
            "Count": { "type": "integer", "format": "uint16" },
            "State": { "type": "string", "enum": ["on", "off"] },
            "Labels": { "type": "object", "additionalProperties": { "type": "string" } },
            "Parts": { "type": "array", "items": { "allOf": [{ "$ref": "#/components/schemas/Thing" }] } },
        } },
    } });
    let validator = validator(&json!({ "$ref": "#/components/schemas/Thing" }), &components);
    let pointers = |value: Value| {
        let pointers = validator.iter_errors(&value).map(|error| error.instance_path().to_string());
        pointers.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let generous =
        json!({ "Count": null, "State": "on", "Parts": [null, { "State": null, "New": 1 }], "Labels": { "a": null } });
    assert_eq!(pointers(generous), Vec::<String>::new());
    let wrong = json!({ "Count": 65_536, "State": "odd", "Labels": { "a": 1 }, "Parts": [{ "Count": "1" }] });
    assert_eq!(pointers(wrong), ["/Count", "/Labels/a", "/Parts/0/Count", "/State"]);
}
