//! The list of MCP tools for a client: the exposed tools, one each or one for each tag, and `operation_schema`.

use std::sync::Arc;

use dockwright::Version;
use dockwright::operation::{Annotations, Lifetime};
use rmcp::model as mcp;
use serde_json::{Map, Value};

use super::{operation_schema, tools_by_tag};
use crate::arguments;
use crate::catalogue::Entry;
use crate::catalogue::exposure::Exposure;
use crate::settings::Surface;

pub use mcp::Tool;

/// The key of a tool's tag in its `_meta`.
const TAG: &str = "dockwright/tag";

/// The tools for a client, always in this order, with `operation_schema` last. As soon as the engine's API version is
/// known, operations that it lacks are left out.
#[must_use]
pub fn listed(exposure: &Exposure, surface: Surface, spoken: Option<Version>) -> Vec<Tool> {
    let exposed = Entry::exposed(exposure);
    let exposed: Vec<_> = exposed.filter(|entry| spoken.is_none_or(|spoken| entry.is_known_to(spoken))).collect();
    let mut listed: Vec<_> = match surface {
        Surface::Operations => exposed.iter().map(|entry| tool(*entry, exposure)).collect(),
        Surface::Tags => tools_by_tag::tools(&exposed, exposure),
    };
    listed.push(operation_schema::tool());
    listed
}

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

fn tool(entry: Entry, exposure: &Exposure) -> Tool {
    Tool::new_with_raw(entry.name(), Some(description(entry).into()), Arc::new(input_schema(entry)))
        .with_title(entry.title())
        .with_annotations(hints(entry.annotations(exposure)))
        .with_meta(tag_meta(entry.tag()))
}

/// The JSON Schema of a tool's arguments for a model.
pub(super) fn input_schema(entry: Entry) -> Map<String, Value> {
    match entry {
        Entry::Operation(tool) => arguments::input_schema(tool),
        Entry::Composed(composed) => composed.schema().as_object().cloned().unwrap_or_default(),
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
    let patch = if tool.operation.reads.is_some() {
        " As a tool: `body` is a merge patch, and `version` is read for you."
    } else {
        ""
    };
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

pub(super) fn tag_meta(tag: &str) -> mcp::MetaObject {
    let mut meta = mcp::MetaObject::default();
    meta.insert(TAG.to_owned(), tag.into());
    meta
}
