//! The argument `engine` of every tool, and the tool `engine_list`. A client sees both only if there are several
//! engines.

use std::sync::Arc;

use dockwright::operation::Annotations;
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::tool::hints;
use crate::dispatch::{ENGINE, ENGINE_LIST, EVERY_ENGINE, GREP};

/// The most names that a schema lists.
const LISTED: usize = 20;

/// Adds the argument to the schema of a tool. One that only reads takes all engines at once.
pub(super) fn add_argument(schema: &mut Map<String, Value>, names: &[Arc<str>], reads: bool) {
    if names.is_empty() {
        return;
    }
    let argument = match names.len() {
        ..=LISTED => {
            let names = names.iter().map(|name| &**name).chain(reads.then_some(EVERY_ENGINE));
            json!({ "type": "string", "enum": names.collect::<Vec<_>>() })
        }
        _ => json!({ "type": "string" }),
    };
    if let Some(properties) = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        properties.shift_insert(0, ENGINE.to_owned(), argument);
    }
    if let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        required.insert(0, ENGINE.into());
    }
}

/// The tool that describes the engines.
pub(super) fn list_tool() -> mcp::Tool {
    let schema = json!({
        "type": "object",
        "properties": { GREP: { "type": "string", "description": "A regex for names and addresses." } },
    });
    let Value::Object(schema) = schema else { unreachable!("it is written as an object above") };
    let annotations = Annotations { read_only: true, destructive: false, idempotent: true, open_world: false };
    let summary = "List the Docker engines: address, versions, what is exposed, whether each answers.";
    mcp::Tool::new_with_raw(ENGINE_LIST, Some(summary.into()), Arc::new(schema))
        .with_title("Engine list")
        .with_annotations(hints(annotations))
}
