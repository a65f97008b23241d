//! One tool for each tag, for clients that can hold only a few: it takes the name of an operation and its arguments, and
//! is marked with the most cautious hints of its members.

use std::sync::Arc;

use dockwright::operation::Annotations;
use dockwright::tools::Tool;
use rmcp::model as mcp;
use serde_json::{Value, json};

use super::{hints, object, tag_meta};
use crate::arguments;

/// The argument that names the operation.
pub(crate) const OPERATION: &str = "operation";
/// The argument that holds the operation's own.
pub(crate) const ARGUMENTS: &str = "arguments";

/// A tool for each tag that has exposed operations, in the order of their first.
pub(super) fn tag_tools(exposed: &[Tool]) -> Vec<mcp::Tool> {
    tags(exposed).into_iter().map(|tag| tag_tool(tag, &members(exposed, tag))).collect()
}

/// The tags of some operations, sorted.
pub(super) fn tags(tools: &[Tool]) -> Vec<&'static str> {
    let mut tags: Vec<_> = tools.iter().map(|tool| tool.operation.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The tag whose tool has this name.
pub(crate) fn tag_named(name: &str, tools: &[Tool]) -> Option<&'static str> {
    tags(tools).into_iter().find(|tag| tag_tool_name(tag) == name)
}

fn members(tools: &[Tool], tag: &str) -> Vec<Tool> {
    tools.iter().filter(|tool| tool.operation.tag == tag).copied().collect()
}

/// The name of a tag's tool.
pub(crate) fn tag_tool_name(tag: &str) -> String {
    format!("docker_{}", tag.to_ascii_lowercase())
}

fn tag_tool(tag: &'static str, members: &[Tool]) -> mcp::Tool {
    let names: Vec<_> = members.iter().map(|tool| tool.operation.name).collect();
    let schema = json!({
        "type": "object",
        "properties": {
            OPERATION: { "type": "string", "enum": names },
            ARGUMENTS: { "type": "object", "description": "The operation's, by name; and `select`, `limit_items`, `limit_bytes` for what answers JSON." },
        },
        "required": [OPERATION],
        "additionalProperties": false,
    });
    let Value::Object(schema) = schema else { unreachable!("it is written as an object above") };
    mcp::Tool::new_with_raw(tag_tool_name(tag), Some(description(tag, members).into()), Arc::new(schema))
        .with_title(format!("Docker {}", tag.to_ascii_lowercase()))
        .with_annotations(hints(most_cautious(members)))
        .with_meta(tag_meta(tag))
}

/// What the operations take, those that are required first and marked.
fn description(tag: &str, members: &[Tool]) -> String {
    let signatures: Vec<_> = members.iter().map(signature).collect();
    format!("{tag} operations of Docker and their arguments (! is required): {}.", signatures.join("; "))
}

/// `container_list(all, limit, size, filters)`, the API's own arguments only: ours are the same everywhere.
fn signature(tool: &Tool) -> String {
    let required = arguments::input_schema(tool).remove("required").unwrap_or_default();
    let is_required =
        |name: &str| required.as_array().is_some_and(|names| names.iter().any(|required| required == name));
    let properties = object(tool.input_schema).remove("properties").unwrap_or_default();
    let mut names: Vec<_> = properties.as_object().into_iter().flat_map(|properties| properties.keys()).collect();
    names.sort_by_key(|name| !is_required(name));
    let names: Vec<_> =
        names.iter().map(|name| format!("{name}{}", if is_required(name) { "!" } else { "" })).collect();
    format!("{}({})", tool.operation.name, names.join(", "))
}

fn most_cautious(members: &[Tool]) -> Annotations {
    let all = |hint: fn(&Annotations) -> bool| members.iter().all(|tool| hint(&tool.operation.annotations));
    let any = |hint: fn(&Annotations) -> bool| members.iter().any(|tool| hint(&tool.operation.annotations));
    Annotations {
        read_only: all(|hints| hints.read_only),
        destructive: any(|hints| hints.destructive),
        idempotent: all(|hints| hints.idempotent),
        open_world: any(|hints| hints.open_world),
    }
}
