//! The arguments that a tool sends when a caller gives none, so that answers are useful and end.

use dockwright::operation::Answer;
use dockwright::tools::Tool;
use serde_json::{Map, Value};

use crate::catalogue::presentation::LINES;

/// API arguments that choose lines of a log.
const CHOOSE_LINES: [&str; 3] = ["tail", "since", "until"];

/// Adds default arguments to those of a caller, and returns the names of those added.
pub(super) fn add(tool: &Tool, arguments: &mut Map<String, Value>) -> Vec<String> {
    let operation = tool.operation;
    let mut added = default_arguments(tool);
    if arguments.contains_key("input") && operation.takes("stdin") {
        added.insert("stdin".to_owned(), true.into());
    }
    // The engine need not send lines that are not shown; a search needs all of them.
    let chosen = CHOOSE_LINES.iter().chain(&["grep"]).any(|name| arguments.contains_key(*name));
    if operation.answer == Answer::LogStream && operation.takes("tail") && !chosen {
        let lines = arguments.get("limit_items").and_then(Value::as_u64).unwrap_or(LINES as u64);
        // One line more than is shown tells if there are more.
        added.insert("tail".to_owned(), lines.saturating_add(1).to_string().into());
    }
    added.retain(|name, _| !arguments.contains_key(name));
    let names = added.keys().cloned().collect();
    arguments.extend(added);
    names
}

/// Adds the defaults to the properties of a schema.
pub(super) fn describe(tool: &Tool, properties: &mut Map<String, Value>) {
    for (name, value) in default_arguments(tool) {
        if let Some(property) = properties.get_mut(&name) {
            property["default"] = value;
        }
    }
}

fn default_arguments(tool: &Tool) -> Map<String, Value> {
    serde_json::from_str(tool.sends).expect("the generator writes a JSON object")
}
