//! The schemas of structured content, for a server that sends it (`--structured`): of the lists of objects, of
//! `container_table` and of `engine_list`. They promise no more than every engine and every limit of a reply keep.

use dockwright::operation::Operation;
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use super::engines;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::ENGINE_LIST;
use crate::reply::engines::{ANSWERS, ERRORS};
use crate::reply::projection::Projection;
use crate::reply::{DATA, SELECTED};

/// The schema of a tool's structured content; `None` for a tool that promises nothing.
pub(super) fn output_schema(tool: &str, offer: &Offer) -> Option<JsonObject> {
    let members = match Entry::find(tool) {
        None if tool == ENGINE_LIST => return object(engines::output_members()),
        None => return None,
        Some(Entry::Operation(tool)) => list_members(tool.operation)?,
        Some(Entry::Composed(composed)) => composed.output_members()?,
    };
    let mut schema = object(members)?;
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return None };
    properties.insert(SELECTED.to_owned(), json!({ "description": "The value of `select`, alone." }));
    if !offer.engine_names().is_empty() {
        let errors = json!({ "type": "object", "additionalProperties": { "type": "string" } });
        properties.insert(ANSWERS.to_owned(), json!({ "type": "object", "description": "By engine, if several." }));
        properties.insert(ERRORS.to_owned(), errors);
    }
    Some(schema)
}

/// The members of the answer of an operation that lists objects, as its projection shows them. An engine sends `null`
/// for an empty list, and leaves out what it does not know.
fn list_members(operation: &Operation) -> Option<Value> {
    let is_listed = |row: &&Operation| row.list.is_some_and(|list| list.name == operation.name);
    dockwright::operations::ALL.iter().copied().find(is_listed)?;
    let projection = Projection::new(operation.projection);
    let list = |elements: &Projection| {
        let names = elements.names().map(|name| (name.to_owned(), json!({})));
        json!({ "type": ["array", "null"], "items": { "type": "object", "properties": names.collect::<Map<_, _>>() } })
    };
    Some(match projection.first_branch() {
        Some((member, elements)) => json!({ member: list(elements) }),
        None => json!({ DATA: list(&projection) }),
    })
}

fn object(members: Value) -> Option<JsonObject> {
    json!({ "type": "object", "properties": members }).as_object().cloned()
}
