//! The arguments that a tool sends where a caller gives none, so that answers are of use and have an end.

use dockwright::operation::Answer;
use dockwright::tools::Tool;
use serde_json::{Map, Value};

use crate::catalogue::presentation::LINES;

/// Arguments of the API that choose lines of a log.
const CHOOSE_LINES: [&str; 3] = ["tail", "since", "until"];

/// Adds them to what a caller gives, and names them.
pub(super) fn add(tool: &Tool, arguments: &mut Map<String, Value>) -> Vec<String> {
    let operation = tool.operation;
    let mut added = ours(tool);
    if arguments.contains_key("input") && operation.takes("stdin") {
        added.insert("stdin".to_owned(), true.into());
    }
    // The engine need not send what is not shown; a search wants all of it.
    let chosen = CHOOSE_LINES.iter().chain(&["grep"]).any(|name| arguments.contains_key(*name));
    if operation.answer == Answer::LogStream && operation.takes("tail") && !chosen {
        let lines = arguments.get("limit_items").and_then(Value::as_u64).unwrap_or(LINES as u64);
        // One more than is shown tells whether there are more.
        added.insert("tail".to_owned(), lines.saturating_add(1).to_string().into());
    }
    added.retain(|name, _| !arguments.contains_key(name));
    let names = added.keys().cloned().collect();
    arguments.extend(added);
    names
}

/// Says in a schema what is sent.
pub(super) fn show(tool: &Tool, properties: &mut Map<String, Value>) {
    for (name, value) in ours(tool) {
        if let Some(property) = properties.get_mut(&name) {
            property["default"] = value;
        }
    }
}

fn ours(tool: &Tool) -> Map<String, Value> {
    serde_json::from_str(tool.sends).expect("the generator writes a JSON object")
}
