//! Schemas of OpenAPI 3.1 in the form of 3.0, where both can say the same. The rest stays, and is reported as what 3.0
//! does not know.

use serde_json::{Map, Value, json};

/// Keys whose values are JSON of the API and no schemas.
const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// The description with all schemas in the form of 3.0.
pub fn with_schemas_of_30(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_schemas_of_30).collect(),
        Value::Object(entries) => schema(entries).into(),
        scalar => scalar,
    }
}

fn schema(entries: Map<String, Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    for (key, value) in entries {
        match key.as_str() {
            "type" if value.is_array() => types(value, &mut schema),
            "const" if !value.is_object() => drop(schema.insert("enum".into(), json!([value]))),
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_number() => {}
            "examples" if value.is_array() => {}
            _ if DATA.contains(&key.as_str()) && !value.is_object() => drop(schema.insert(key, value)),
            _ => drop(schema.insert(key, with_schemas_of_30(value))),
        }
    }
    schema
}

/// `[string, "null"]` is a string that may be null; several other types stay open.
fn types(types: Value, schema: &mut Map<String, Value>) {
    let mut types: Vec<_> = types.as_array().cloned().unwrap_or_default();
    let all = types.len();
    types.retain(|kind| kind != "null");
    if types.len() < all {
        schema.insert("nullable".into(), true.into());
    }
    match &types[..] {
        [only] => drop(schema.insert("type".into(), only.clone())),
        _ => drop(schema.insert("x-types".into(), types.into())),
    }
}
