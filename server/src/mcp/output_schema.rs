//! The schemas of structured content, for a server that sends it (`--structured`): of the lists of objects, of
//! `container_table` and of `engine_list`. They promise no more than every engine and every limit of a reply keep.

use dockwright::operation::Operation;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::engines;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::ENGINE_LIST;
use crate::reply::engines::{ANSWERS, ERRORS};
use crate::reply::projection::Projection;
use crate::reply::{DATA, SELECTED};

/// The schema of a tool's structured content; `None` for a tool that promises nothing.
pub(super) fn output_schema(tool: &str, offer: &Offer) -> Option<JsonObject> {
    let mut members = match Entry::find(tool) {
        None if tool == ENGINE_LIST => return object(engines::output_members(), None),
        None => return None,
        Some(Entry::Operation(tool)) => list_members(tool.operation)?,
        Some(Entry::Composed(composed)) => composed.output_members()?,
    };
    if !offer.engine_names().is_empty() {
        members[ANSWERS] = json!({ "type": "object", "description": "By engine, if several are asked." });
        members[ERRORS] = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    }
    object(members, Some(format!("With `select`, the member `{SELECTED}` alone.")))
}

/// The members of the answer of an operation that lists objects. An engine may send `null` for an empty list, and
/// leaves out of an object what it does not know.
fn list_members(operation: &Operation) -> Option<Value> {
    let is_listed = |row: &&Operation| row.list.is_some_and(|list| list.name == operation.name);
    dockwright::operations::ALL.iter().copied().find(is_listed)?;
    let member = Projection::new(operation.projection).first_branch().map(|(member, _)| member);
    let own = |path: &&'static str| match member {
        Some(member) => path.strip_prefix(member)?.strip_prefix('.'),
        None => Some(*path),
    };
    let paths: Vec<_> = operation.projection.iter().filter_map(own).collect();
    let words = format!("With {}, as far as the engine knows them.", paths.join(", "));
    let list = json!({ "type": "array", "items": { "type": "object", "description": words } });
    Some(json!({ member.unwrap_or(DATA): { "anyOf": [list, { "type": "null" }] } }))
}

fn object(members: Value, words: Option<String>) -> Option<JsonObject> {
    let mut schema = json!({ "type": "object", "properties": members });
    if let Some(words) = words {
        schema["description"] = words.into();
    }
    schema.as_object().cloned()
}
