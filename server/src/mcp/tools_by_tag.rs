//! One tool for each tag, for clients that can hold only a few tools: it takes the name of a member and the member's
//! arguments, and has the most cautious hints of its members.

use std::sync::Arc;

use dockwright::operation::Annotations;
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::engines::add_argument;
use super::tool::{hints, input_schema, tag_meta};
use crate::arguments;
use crate::catalogue::{self, Entry, Offer, most_cautious};

/// The argument that names the operation.
pub const OPERATION: &str = "operation";
/// The argument that holds the operation's arguments.
pub const ARGUMENTS: &str = "arguments";

/// A tool for each tag that has members, sorted.
pub(super) fn tools(entries: &[Entry], offer: &Offer) -> Vec<mcp::Tool> {
    let tags = catalogue::tags(entries.iter().copied());
    tags.into_iter().map(|tag| tag_tool(tag, &members(entries, offer, tag), offer)).collect()
}

/// The tag whose tool has this name.
pub(super) fn find_tag(name: &str, offer: &Offer) -> Option<&'static str> {
    catalogue::tags(offer.exposed()).into_iter().find(|tag| tag_tool_name(tag) == name)
}

/// A tool that a tag's tool can call.
struct Member {
    name: &'static str,
    /// `container_list(all, limit, size, filters)`, without the arguments that all tools have.
    signature: String,
    hints: Annotations,
}

fn members(entries: &[Entry], offer: &Offer, tag: &str) -> Vec<Member> {
    let members = entries.iter().filter(|entry| entry.tag() == tag).map(|entry| Member {
        name: entry.name(),
        signature: signature(entry.name(), &input_schema(*entry)),
        hints: offer.annotations(*entry),
    });
    members.collect()
}

/// The name of a tag's tool.
#[must_use]
pub fn tag_tool_name(tag: &str) -> String {
    format!("docker_{}", tag.to_ascii_lowercase())
}

fn tag_tool(tag: &'static str, members: &[Member], offer: &Offer) -> mcp::Tool {
    let names: Vec<_> = members.iter().map(|member| member.name).collect();
    let schema = json!({
        "type": "object",
        "properties": {
            OPERATION: { "type": "string", "enum": names },
            ARGUMENTS: { "type": "object", "description": "The operation's, and `select`, `grep`, `limit_items`." },
        },
        "required": [OPERATION],
    });
    let Value::Object(mut schema) = schema else { unreachable!("it is written as an object above") };
    let hinted = most_cautious(members.iter().map(|member| member.hints));
    let reads = members.iter().any(|member| member.hints.read_only);
    add_argument(&mut schema, offer.engine_names(), reads);
    mcp::Tool::new_with_raw(tag_tool_name(tag), Some(description(tag, members).into()), Arc::new(schema))
        .with_title(format!("Docker {}", tag.to_ascii_lowercase()))
        .with_annotations(hints(hinted.expect("a tag has members")))
        .with_meta(tag_meta(tag))
}

/// Lists the arguments of the members; required ones are marked and come first.
fn description(tag: &str, members: &[Member]) -> String {
    let signatures: Vec<_> = members.iter().map(|member| member.signature.as_str()).collect();
    format!("Docker {tag} operations with their arguments (! is required): {}.", signatures.join("; "))
}

fn signature(name: &str, schema: &Map<String, Value>) -> String {
    let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_required = |name: &str| required.iter().any(|required| required == name);
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let mut names: Vec<_> = properties.filter(|name| !arguments::is_common(name)).collect();
    names.sort_by_key(|name| !is_required(name));
    let names: Vec<_> =
        names.iter().map(|name| format!("{name}{}", if is_required(name) { "!" } else { "" })).collect();
    format!("{name}({})", names.join(", "))
}
