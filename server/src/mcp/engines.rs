//! The argument `engine` of every tool, and the tool `engine_list`. A client sees both only if there are several
//! engines.

use std::sync::Arc;

use dockwright::operation::Annotations;
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::tool::hints;
use crate::dispatch::{ENGINE, ENGINE_LIST, EVERY_ENGINE, GREP};
use crate::reply::DATA;

/// The most names that a schema lists.
const LISTED: usize = 20;

/// Adds the argument to the schema of a tool. One that only reads takes all engines at once, by `*`; the list of tools
/// does not show that it takes a list of names too, for which it would need a second schema.
pub(super) fn add_argument(schema: &mut Map<String, Value>, names: &[Arc<str>], reads: bool) {
    if !names.is_empty() {
        insert(schema, one(names, reads));
    }
}

/// Adds the argument to the whole schema of a tool, with all that it takes.
pub(super) fn add_whole_argument(schema: &mut Map<String, Value>, names: &[Arc<str>], reads: bool) {
    if !names.is_empty() {
        let list = || json!({ "type": "array", "items": one(names, false), "minItems": 1 });
        let one = one(names, reads);
        insert(schema, if reads { json!({ "anyOf": [one, list()] }) } else { one });
    }
}

/// A schema for one name.
fn one(names: &[Arc<str>], reads: bool) -> Value {
    match names.len() {
        ..=LISTED => {
            let names = names.iter().map(|name| &**name).chain(reads.then_some(EVERY_ENGINE));
            json!({ "type": "string", "enum": names.collect::<Vec<_>>() })
        }
        _ if reads => json!({ "type": "string", "description": "One of `engine_list`; `*` for all." }),
        _ => json!({ "type": "string", "description": "One of `engine_list`." }),
    }
}

fn insert(schema: &mut Map<String, Value>, argument: Value) {
    if let Some(properties) = schema.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        properties.shift_insert(0, ENGINE.to_owned(), argument);
    }
    if let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut() {
        required.insert(0, ENGINE.into());
    }
}

const SUMMARY: &str = "List the Docker engines: address, versions, what is exposed, whether each answers.";

/// The tool that describes the engines.
pub(super) fn list_tool() -> mcp::Tool {
    let annotations = Annotations { read_only: true, destructive: false, idempotent: true, open_world: false };
    mcp::Tool::new_with_raw(ENGINE_LIST, Some(SUMMARY.into()), Arc::new(list_schema()))
        .with_title("Engine list")
        .with_annotations(hints(annotations))
}

/// Describes that tool, as `operation_schema` does others.
pub(super) fn describe_list() -> Value {
    json!({ "operation": ENGINE_LIST, "description": SUMMARY, "inputSchema": list_schema() })
}

fn list_schema() -> Map<String, Value> {
    let grep = json!({ "type": "string", "description": "A regex for names and addresses." });
    let members = [("type", "object".into()), ("properties", json!({ GREP: grep }))];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The members of its structured content as JSON Schemas.
pub(super) fn output_members() -> Value {
    let text = json!({ "type": "string" });
    let engine = json!({
        "type": "object",
        "properties": {
            "name": text, "address": text, "answers": { "type": "boolean" }, "version": text, "api": text,
            "problem": text, "exposes": text,
        },
        "required": ["name", "address", "answers", "exposes"],
    });
    json!({ DATA: { "type": "array", "items": engine } })
}
