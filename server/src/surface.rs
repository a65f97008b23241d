//! What a client is shown: the exposed operations as a list of MCP tools, one for each operation or one for each tag.
//! It knows the tables and the exposure, and calls nothing.

mod full_schema;
mod instructions;
mod tags;

use std::sync::Arc;

use dockwright::Version;
use dockwright::operation::{Annotations, Lifetime};
use dockwright::tools::{self, Tool};
use rmcp::model as mcp;
use serde_json::{Map, Value};

use crate::arguments::{self, merge};
use crate::conveniences::{self, Convenience};
use crate::exposure::Exposure;
use crate::settings::Surface;

pub(crate) use full_schema::{OPERATION_SCHEMA, operation_schema};
pub(crate) use instructions::instructions;
pub(crate) use tags::{ARGUMENTS, OPERATION, tag_named, tag_tool_name};

/// The key of a tool's tag in its `_meta`.
const TAG: &str = "dockwright/tag";

/// The tools that a client is shown, always in the same order, and what belongs to none of the operations last. Once it is
/// known which API version the engine speaks, what that lacks is left out.
#[must_use]
pub fn listed(exposure: &Exposure, surface: Surface, spoken: Option<Version>) -> Vec<mcp::Tool> {
    let mut exposed = exposed(exposure);
    exposed.retain(|tool| spoken.is_none_or(|spoken| tool.operation.lifetime.contains(spoken)));
    let mut listed: Vec<_> = match surface {
        Surface::Operations => {
            let ours = conveniences::exposed(exposure).map(convenience_tool);
            exposed.iter().map(|tool| operation_tool(tool, exposure)).chain(ours).collect()
        }
        Surface::Tags => tags::tag_tools(&exposed, exposure),
    };
    listed.push(full_schema::tool());
    listed
}

/// The operations that may be called, as tools.
pub(crate) fn exposed(exposure: &Exposure) -> Vec<Tool> {
    tools::ALL.iter().filter(|tool| exposure.exposes(tool.operation).is_ok()).copied().collect()
}

/// How many tools and arguments are newer than an API version.
pub(crate) fn newer_than(spoken: Version) -> usize {
    let lifetimes = tools::ALL.iter().flat_map(|tool| {
        let arguments = tool.operation.newer.iter().map(|newer| newer.lifetime);
        std::iter::once(tool.operation.lifetime).chain(arguments)
    });
    lifetimes.filter(|lifetime| lifetime.since.is_some_and(|since| since > spoken)).count()
}

/// The bytes of a tool that a model pays for: its name, description and input schema as compact JSON.
#[must_use]
pub fn bytes(tool: &mcp::Tool) -> usize {
    let shown = serde_json::json!({
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.input_schema,
    });
    shown.to_string().len()
}

fn operation_tool(tool: &Tool, exposure: &Exposure) -> mcp::Tool {
    let operation = tool.operation;
    mcp::Tool::new_with_raw(operation.name, Some(description(tool).into()), Arc::new(arguments::input_schema(tool)))
        .with_title(tool.title)
        .with_annotations(hints(exposure.annotations(operation)))
        .with_meta(tag_meta(operation.tag))
}

fn convenience_tool(convenience: &Convenience) -> mcp::Tool {
    let Value::Object(schema) = (convenience.schema)() else { unreachable!("they are written as objects") };
    mcp::Tool::new_with_raw(convenience.name, Some(convenience.description.into()), Arc::new(schema))
        .with_title(convenience.title)
        .with_annotations(hints(convenience.annotations))
        .with_meta(tag_meta(convenience.tag))
}

/// What an operation does, and how its tool differs from its endpoint.
fn description(tool: &Tool) -> String {
    let patched = merge::updated_from(tool.operation).is_some();
    let patched = if patched { " As a tool: `body` is a merge patch, and `version` is read for you." } else { "" };
    let since = match tool.operation.lifetime {
        Lifetime { since: Some(since), .. } => format!(" Since API {since}."),
        _ => String::new(),
    };
    format!("{}{patched}{since}", tool.operation.summary)
}

/// All four hints, because a client assumes the worst of one that is missing.
fn hints(annotations: Annotations) -> mcp::ToolAnnotations {
    mcp::ToolAnnotations::new()
        .read_only(annotations.read_only)
        .destructive(annotations.destructive)
        .idempotent(annotations.idempotent)
        .open_world(annotations.open_world)
}

/// The tag that a tool belongs to.
pub(crate) fn tag(tool: &mcp::Tool) -> Option<&str> {
    tool.meta.as_ref()?.get(TAG)?.as_str()
}

fn tag_meta(tag: &str) -> mcp::MetaObject {
    let mut meta = mcp::MetaObject::default();
    meta.insert(TAG.to_owned(), tag.into());
    meta
}

fn object(schema: &str) -> Map<String, Value> {
    serde_json::from_str(schema).expect("the generator writes schemas that are JSON objects")
}
