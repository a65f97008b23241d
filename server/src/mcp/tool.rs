//! One MCP tool as a client is shown it: description, schema and hints.

use dockwright::operation::{Annotations, Lifetime};
use rmcp::model as mcp;
use serde_json::{Map, Value};

use super::pages;
use crate::arguments;
use crate::catalogue::Entry;

pub use mcp::Tool;

/// The key of a tool's tag in its `_meta`.
const TAG: &str = "dockwright/tag";

/// The key of the words that Claude Code's search looks through beside the name and the description.
const SEARCH_HINT: &str = "anthropic/searchHint";

/// The key of the flag that makes Claude Code load a tool without a search.
const ALWAYS_LOAD: &str = "anthropic/alwaysLoad";

/// The bytes of a tool in a model's context: its name, description and input schema as compact JSON.
#[must_use]
pub fn bytes(tool: &Tool) -> usize {
    let shown = serde_json::json!({
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.input_schema,
    });
    shown.to_string().len()
}

/// The tag of a tool.
#[must_use]
pub fn tag(tool: &Tool) -> Option<&str> {
    tool.meta.as_ref()?.get(TAG)?.as_str()
}

/// The JSON Schema of a tool's arguments for a model.
pub(super) fn input_schema(entry: Entry) -> Map<String, Value> {
    match entry {
        Entry::Operation(tool) => arguments::input_schema(tool),
        Entry::Composed(composed) => {
            let mut schema = composed.schema().as_object().cloned().unwrap_or_default();
            arguments::shorten(&mut schema);
            schema
        }
    }
}

/// Describes a tool, with its differences from the endpoint.
pub(super) fn description(entry: Entry) -> String {
    match entry {
        Entry::Operation(tool) => operation_description(tool),
        Entry::Composed(composed) => composed.summary().to_owned(),
    }
}

fn operation_description(tool: &dockwright::tools::Tool) -> String {
    let patch =
        if tool.operation.reads.is_some() { " `body` is a merge patch; `version` is read for you." } else { "" };
    let since = match tool.operation.lifetime {
        Lifetime { since: Some(since), .. } => format!(" Since API {since}."),
        _ => String::new(),
    };
    format!("{}{patch}{since}", tool.operation.summary)
}

/// Sets all four hints, because a client assumes the worst of a missing one.
pub(super) fn hints(annotations: Annotations) -> mcp::ToolAnnotations {
    mcp::ToolAnnotations::new()
        .read_only(annotations.read_only)
        .destructive(annotations.destructive)
        .idempotent(annotations.idempotent)
        .open_world(annotations.open_world)
}

/// The `_meta` of a tool, which clients read and a model never sees.
pub(super) fn meta(entry: Entry) -> mcp::MetaObject {
    let mut meta = tag_meta(entry.tag());
    if !entry.search().is_empty() {
        meta.insert(SEARCH_HINT.to_owned(), entry.search().into());
    }
    if entry.always_load() {
        meta.insert(ALWAYS_LOAD.to_owned(), true.into());
    }
    pages::add_to_meta(entry, &mut meta);
    meta
}

pub(super) fn tag_meta(tag: &str) -> mcp::MetaObject {
    let mut meta = mcp::MetaObject::default();
    meta.insert(TAG.to_owned(), tag.into());
    meta
}
