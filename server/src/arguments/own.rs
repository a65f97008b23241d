//! The arguments that are ours and not the API's: how much of an answer is shown, how long it may take, and whether an
//! update replaces. Their names are none of the API's, which a test holds.

use dockwright::operation::{Answer, Operation, Waits};
use dockwright::tools::Tool;
use serde_json::{Map, Value, json};

use super::merge;
use super::path::Path;
use super::problem::Problems;

/// The arguments that are a number of something, at least one.
const LIMITS: [&str; 3] = ["limit_bytes", "limit_items", "limit_seconds"];

/// Our own arguments of one call; what was not given is `None` or false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// A JMESPath expression that picks what is shown of the answer.
    pub select: Option<String>,
    /// The text that shown items or lines contain, in any case.
    pub grep: Option<String>,
    /// The most bytes that are shown.
    pub limit_bytes: Option<usize>,
    /// The most items or lines that are shown.
    pub limit_items: Option<usize>,
    /// How long the call may take, in seconds.
    pub limit_seconds: Option<u64>,
    /// Whether the body is the whole new object and not a patch of the present one.
    pub replace: bool,
}

/// The JSON Schemas of a tool's own arguments, by name: those that make sense for its answer.
#[must_use]
pub fn own_properties(tool: &Tool) -> Map<String, Value> {
    let operation = tool.operation;
    let streams = matches!(operation.answer, Answer::JsonStream | Answer::LogStream);
    // What a change answers is small, and cannot be asked for again.
    let large = streams || operation.answer == Answer::Json && operation.annotations.read_only;
    let mut properties = Map::new();
    let mut add = |name: &str, kind: &str, words: &str| {
        properties.insert(name.to_owned(), json!({ "type": kind, "description": words }));
    };
    if matches!(operation.answer, Answer::Json | Answer::JsonStream) {
        add("select", "string", "JMESPath of what to show.");
    }
    if large {
        add("grep", "string", "Show only items with this text.");
        add("limit_items", "integer", "Most items shown.");
        add("limit_bytes", "integer", "Most bytes shown.");
    }
    if operation.waits != Waits::Nothing {
        add("limit_seconds", "integer", "Give up after this time.");
    }
    if merge::updated_from(operation).is_some() {
        add("replace", "boolean", "`body` is the whole spec, not a merge patch; needs `version`.");
    }
    properties
}

/// The JSON Schema of a tool's arguments as a model is shown it: the operation's and our own.
#[must_use]
pub fn input_schema(tool: &Tool) -> Map<String, Value> {
    with_own(tool.input_schema, tool, false)
}

/// The JSON Schema that arguments are checked against; `$ref` names one of the table's definitions.
pub(super) fn full_schema(tool: &Tool, replaces: bool) -> Map<String, Value> {
    with_own(tool.full_schema, tool, replaces)
}

/// Takes our own arguments out, which have the types of their schemas.
pub(super) fn take(arguments: &mut Map<String, Value>, problems: &mut Problems) -> Own {
    for name in LIMITS {
        let limit =
            arguments.get(name).filter(|limit| limit.is_number() && limit.as_u64().is_none_or(|limit| limit < 1));
        if let Some(limit) = limit {
            problems.wrong(&Path::Key(&Path::Root, name), "1 or more", limit, "");
        }
    }
    let mut taken = |name: &str| arguments.shift_remove(name);
    let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let number = |value: Option<Value>| value.as_ref().and_then(Value::as_u64);
    let size = |value| number(value).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    Own {
        select: text(taken("select")),
        grep: text(taken("grep")),
        limit_bytes: size(taken("limit_bytes")),
        limit_items: size(taken("limit_items")),
        limit_seconds: number(taken("limit_seconds")),
        replace: taken("replace").is_some_and(|replace| replace == true),
    }
}

/// Whether the arguments ask for an update that replaces.
pub(super) fn replaces(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    let asked = arguments.get("replace").is_some_and(|replace| *replace == true || *replace == "true");
    asked && merge::updated_from(operation).is_some()
}

/// A schema with our own arguments, in which an update that patches needs no version.
fn with_own(schema: &str, tool: &Tool, replaces: bool) -> Map<String, Value> {
    let mut schema: Map<String, Value> = serde_json::from_str(schema).expect("the generator writes JSON objects");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(own_properties(tool));
    }
    if let Some(Value::Array(required)) = schema.get_mut("required")
        && !replaces
        && merge::updated_from(tool.operation).is_some()
    {
        required.retain(|name| name != merge::VERSION);
    }
    schema
}

#[cfg(test)]
mod tests {
    use dockwright::tools::ALL;

    use super::*;

    fn named(name: &str) -> &'static Tool {
        ALL.iter().find(|tool| tool.operation.name == name).unwrap()
    }

    fn own(name: &str) -> Vec<String> {
        own_properties(named(name)).keys().cloned().collect()
    }

    #[test]
    fn our_names_are_none_of_the_api() {
        let ours = ["select", "grep", "limit_bytes", "limit_items", "limit_seconds", "replace", "engine"];
        for tool in ALL {
            let names = tool.operation.parameters.iter().map(|parameter| parameter.name);
            for name in names.chain(["body"]) {
                assert!(!ours.contains(&name), "{}: {name}", tool.operation.name);
            }
            assert!(own_properties(tool).keys().all(|name| ours.contains(&name.as_str())));
        }
    }

    #[test]
    fn a_tool_has_those_that_make_sense_for_its_answer() {
        assert_eq!(own("container_list"), ["select", "grep", "limit_items", "limit_bytes"]);
        assert_eq!(own("container_create"), ["select"]);
        assert_eq!(own("container_logs"), ["grep", "limit_items", "limit_bytes", "limit_seconds"]);
        assert_eq!(own("container_stop"), ["limit_seconds"]);
        assert_eq!(own("node_update"), ["replace"]);
        assert!(own("container_start").is_empty() && own("system_ping").is_empty());
    }

    #[test]
    fn an_update_that_patches_needs_no_version() {
        let tool = named("service_update");
        assert_eq!(input_schema(tool)["required"], json!(["id", "body"]));
        assert_eq!(full_schema(tool, true)["required"], json!(["id", "version", "body"]));
        assert_eq!(input_schema(named("volume_update"))["required"], json!(["name", "version", "body"]));
    }
}
