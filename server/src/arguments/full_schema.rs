//! Schemas that arguments are checked against: the whole of an operation's, with the server's extra arguments.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use dockwright::tools::{self, Tool};
use serde_json::{Map, Value, json};

use super::extra::with_extra;

/// JSON Schema that arguments are checked against; `$ref` names one of the table's definitions. The first call of a
/// tool reads it.
pub(super) fn full_schema(tool: &'static Tool, replaces: bool) -> &'static Value {
    static SCHEMAS: LazyLock<HashMap<(&str, bool), OnceLock<Value>>> = LazyLock::new(|| {
        let names = tools::ALL.iter().map(|tool| tool.operation.name);
        names.flat_map(|name| [(name, false), (name, true)]).map(|key| (key, OnceLock::new())).collect()
    });
    SCHEMAS[&(tool.operation.name, replaces)].get_or_init(|| {
        let mut schema = with_extra(tool.full_schema, tool, replaces);
        allow_lists(&mut schema);
        schema.into()
    })
}

/// The schema of a composed tool with the whole body of the operation that most of its arguments are for, in which
/// unknown names are looked for.
pub(super) fn with_body_of(first: &Tool, schema: &Value) -> Value {
    let full: Value = serde_json::from_str(first.full_schema).expect("the generator writes JSON objects");
    let mut whole = schema.clone();
    if let (Some(body), Some(whole)) = (full.pointer("/properties/body"), whole.pointer_mut("/properties/body")) {
        *whole = body.clone();
    }
    whole
}

/// The arguments that are one expression or a list of them.
const EXPRESSIONS: [&str; 2] = ["grep", "line"];

/// Lets expressions be lists. Each is shown as a text, because some clients stumble over a list of types.
pub(super) fn allow_lists(schema: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| EXPRESSIONS.contains(&name.as_str())) {
        *property = json!({ "type": ["string", "array"], "items": { "type": "string" } });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_that_replaces_needs_the_version() {
        let tool = tools::ALL.iter().find(|tool| tool.operation.name == "service_update").unwrap();
        assert_eq!(full_schema(tool, true)["required"], json!(["id", "version", "body"]));
        assert_eq!(full_schema(tool, false)["required"], json!(["id", "body"]));
    }
}
