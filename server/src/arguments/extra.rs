//! The extra arguments that the server adds to those of the API: they bound an answer, limit the time of a call, and
//! choose between patch and replacement. No parameter of the API has such a name, which a test holds.

use dockwright::operation::{Answer, Operation, Waits};
use dockwright::tools::{Completion, Tool};
use serde_json::{Map, Value, json};

use super::checked::ExtraArguments;
use super::location::Location;
use super::merge;
use super::problem::Problems;
use super::{defaults, units};
use crate::catalogue::Entry;
use crate::catalogue::presentation::{DETACH, GREP, Presentation, last_lines};
use crate::expression;
use crate::grep::Grep;

/// The argument for files that are sent as an archive.
pub(super) const CONTEXT: &str = "context";

/// The value of `builder` for BuildKit.
pub const BUILDKIT: &str = "buildkit";

/// The argument that asks a prune for a preview.
const PREVIEW: &str = "preview";

/// The argument that sends arguments newer than the engine's API version. A model learns its name from a refusal,
/// before which it does not need it.
const ALLOW_NEWER: &str = "allow_newer";

/// The arguments that are a count, at least one.
const LIMITS: [&str; 3] = ["limit_bytes", "limit_items", "limit_seconds"];

/// Extra arguments with one meaning in every tool.
const COMMON: [&str; 5] = ["select", "grep", "limit_items", "limit_bytes", "limit_seconds"];

/// Ends of the names of archives that are not saved: these are compressed, or no tar.
const COMPRESSED: [&str; 10] = [".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst", ".zip", ".7z", ".lz4"];

/// The words for most arguments that name an object.
const NAME_OR_ID: &str = "Name or id.";

/// Extra arguments: name, type and description of each.
type Descriptions = Vec<(&'static str, &'static str, String)>;

/// Arguments that select and bound the part of an answer that is shown.
fn bounds(operation: &Operation) -> Descriptions {
    let argument = |name, kind, words: &str| (name, kind, words.to_owned());
    let select = || argument("select", "string", "JMESPath of what to show.");
    let grep = || argument("grep", "string", GREP);
    let limit_items = |words: &str| argument("limit_items", "integer", words);
    let limit_bytes = || argument("limit_bytes", "integer", "Most bytes shown.");
    match Presentation::of(operation) {
        Presentation::Output => {
            vec![grep(), limit_items(&last_lines()), limit_bytes()]
        }
        Presentation::Archive => vec![
            argument("to", "string", "Host folder, or file ending in .tar, to save it to; else it is listed."),
            grep(),
            limit_items("Most entries shown."),
            limit_bytes(),
        ],
        Presentation::Values => {
            vec![select(), grep(), limit_items("Stop after so many."), limit_bytes()]
        }
        Presentation::Value if operation.annotations.read_only => {
            vec![select(), grep(), limit_items("Most items shown."), limit_bytes()]
        }
        // The answer to a change is small, and cannot be requested again.
        Presentation::Value => vec![select()],
        Presentation::Work | Presentation::Answer => vec![],
    }
}

/// JSON Schemas of the extra arguments that make sense for a tool's answer, by name.
#[must_use]
pub fn extra_properties(tool: &Tool) -> Map<String, Value> {
    let operation = tool.operation;
    let mut properties = Map::new();
    if !tool.refusal.is_empty() {
        return properties;
    }
    let mut add = |name: &str, kind: Value, words: &str| {
        properties.insert(name.to_owned(), json!({ "type": kind, "description": words }));
    };
    if operation.body.is_some_and(|body| !body.json) {
        let words = "Host folder or archive, or texts by path: `{\"Dockerfile\": \"FROM …\"}`.";
        add(CONTEXT, json!(["string", "object"]), words);
    }
    if matches!(operation.answer, Answer::Upgrade | Answer::Websocket) {
        add("input", "string".into(), "Text for its stdin.");
    }
    for (name, kind, words) in bounds(operation) {
        add(name, kind.into(), &words);
    }
    match tool.answer_within {
        Some(_) => add("limit_seconds", "integer".into(), "Then answer with what there is."),
        None if matches!(operation.waits, Waits::Rest | Waits::Answer) => {
            add("limit_seconds", "integer".into(), "Give up after this time.")
        }
        None => {}
    }
    if Presentation::of(operation) == Presentation::Work {
        add("detach", "boolean".into(), DETACH);
    }
    if operation.preview.is_some() {
        add(PREVIEW, "boolean".into(), "Only list what would go.");
    }
    if operation.reads.is_some() {
        add("replace", "boolean".into(), "`body` is the whole spec, not a merge patch; needs `version`.");
    }
    let has_body = operation.body.is_some_and(|body| body.json);
    if !operation.versioned.is_empty() || has_body || operation.takes("filters") {
        add(ALLOW_NEWER, "boolean".into(), "Send also what the engine's API version does not know.");
    }
    for name in tool.completes.iter().filter_map(lifting_argument) {
        let words = "Leave the tag out, which means every tag.";
        properties.insert(name.to_owned(), json!({ "type": "boolean", "description": words }));
    }
    if takes_session(operation) {
        let ids = |flag: &str| json!({ "type": "array", "items": { "type": "string" }, "description": flag });
        let words = "BuildKit by default, if the engine has it.";
        let builder = json!({ "type": "string", "enum": [BUILDKIT, "classic"], "description": words });
        let secrets = "Ids of secrets that this server has, for `RUN --mount=type=secret`.";
        let ssh = "Ids of ssh agents that it has, for `RUN --mount=type=ssh`.";
        for (name, schema) in [("builder", builder), ("secrets", ids(secrets)), ("ssh", ids(ssh))] {
            properties.insert(name.to_owned(), schema);
        }
    }
    if let Some(seconds) = tool.answer_within {
        properties["limit_seconds"]["default"] = seconds.into();
    }
    properties
}

/// Returns true for an operation that builds, with a session for the builder that this version means.
#[must_use]
pub fn takes_session(operation: &Operation) -> bool {
    operation.takes("session") && operation.takes("version")
}

/// JSON Schema of a tool's arguments as a model is shown it: the operation's and some of the extra ones. The server's
/// instructions name the others, which every tool takes.
#[must_use]
pub fn input_schema(tool: &Tool) -> Map<String, Value> {
    let mut schema = with_extra(tool.input_schema, tool, false);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        // Some clients reject a list of types.
        if let Some(context) = properties.get_mut(CONTEXT).and_then(Value::as_object_mut) {
            context.shift_remove("type");
            context.insert("anyOf".to_owned(), json!([{ "type": "string" }, { "type": "object" }]));
        }
        properties.retain(|name, _| is_shown(tool, name));
        units::describe(tool.operation, properties);
        if let Some(select) = properties.get_mut("select").and_then(Value::as_object_mut) {
            select.shift_remove("description");
        }
    }
    shorten(&mut schema);
    schema
}

/// The argument that keeps a part from being added.
fn lifting_argument(completion: &Completion) -> Option<&'static str> {
    match completion {
        Completion::Tag { unless, .. } => Some(unless),
        _ => None,
    }
}

/// Returns true for an argument that a model is shown: one that decides how much this tool answers.
fn is_shown(tool: &Tool, name: &str) -> bool {
    let presentation = Presentation::of(tool.operation);
    // A model learns the names of these from refusals and notes.
    let is_lifting = tool.completes.iter().filter_map(lifting_argument).any(|lifting| lifting == name);
    match name {
        ALLOW_NEWER => false,
        _ if is_lifting => false,
        "limit_seconds" => tool.answer_within.is_some(),
        "limit_items" => matches!(presentation, Presentation::Values | Presentation::Output),
        // One object has no items to keep.
        "grep" => presentation != Presentation::Value || tool.operation.target().is_none(),
        _ => true,
    }
}

/// Leaves out of a shown schema the parts that the server's instructions tell for all tools.
pub fn shorten(schema: &mut Map<String, Value>) {
    schema.shift_remove("additionalProperties");
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    properties.shift_remove("limit_bytes");
    for target in ["id", "name"] {
        let Some(target) = properties.get_mut(target).and_then(Value::as_object_mut) else { continue };
        if target.get("description").is_some_and(|words| words == NAME_OR_ID) {
            target.shift_remove("description");
        }
    }
}

/// JSON Schema of an extra argument of a tool, if the tool takes it.
#[must_use]
pub fn property(entry: Entry, name: &str) -> Option<Value> {
    match entry {
        Entry::Operation(tool) => extra_properties(tool).shift_remove(name),
        Entry::Composed(composed) => composed.schema()["properties"].get_mut(name).map(Value::take),
    }
}

/// Returns true for an extra argument with one meaning in every tool.
#[must_use]
pub fn is_common(name: &str) -> bool {
    COMMON.contains(&name)
}

/// Removes the extra arguments, whose types are checked already, and returns them.
pub(super) fn take(arguments: &mut Map<String, Value>, problems: &mut Problems) -> ExtraArguments {
    for name in LIMITS {
        let limit =
            arguments.get(name).filter(|limit| limit.is_number() && limit.as_u64().is_none_or(|limit| limit < 1));
        if let Some(limit) = limit {
            problems.unexpected(&Location::Key(&Location::Root, name), "1 or more", limit, "");
        }
    }
    let grep = arguments.shift_remove("grep").and_then(|value| compile(&value, problems));
    let select = arguments.get("select").and_then(Value::as_str);
    if let Some(problem) = select.and_then(expression::problem) {
        problems.add(&Location::Key(&Location::Root, "select"), &problem);
    }
    let to = arguments.get("to").and_then(Value::as_str);
    if let Some(to) = to.filter(|to| COMPRESSED.iter().any(|suffix| to.to_lowercase().ends_with(suffix))) {
        let problem = format!("archives are saved as they are: {to:?} must end in .tar, or be a folder to unpack into");
        problems.add(&Location::Key(&Location::Root, "to"), &problem);
    }
    let mut take = |name: &str| arguments.shift_remove(name);
    let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let texts = |value: Option<Value>| -> Vec<String> {
        let items = value.as_ref().and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let number = |value: Option<Value>| value.as_ref().and_then(Value::as_u64);
    let size = |value| number(value).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    ExtraArguments {
        select: text(take("select")),
        grep,
        limit_bytes: size(take("limit_bytes")),
        limit_items: size(take("limit_items")),
        limit_seconds: number(take("limit_seconds")),
        replace: take("replace").is_some_and(|replace| replace == true),
        preview: take(PREVIEW).is_some_and(|preview| preview == true),
        detach: take("detach").is_some_and(|detach| detach == true),
        input: text(take("input")),
        context: take(CONTEXT),
        to: text(take("to")),
        builder: text(take("builder")),
        secrets: texts(take("secrets")),
        ssh: texts(take("ssh")),
        allow_newer: take(ALLOW_NEWER).is_some_and(|allow| allow == true),
    }
}

/// Compiles one expression, or a list of which any may match.
fn compile(value: &Value, problems: &mut Problems) -> Option<Grep> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let patterns = match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    };
    Grep::new(patterns).map_err(|problem| problems.add(&Location::Key(&Location::Root, "grep"), &problem)).ok()
}

/// Accepts the name `body` for a body that is an archive.
pub(super) fn take_body_as_context(operation: &Operation, arguments: &mut Map<String, Value>) {
    if operation.body.is_some_and(|body| !body.json)
        && !arguments.contains_key(CONTEXT)
        && let Some(body) = arguments.shift_remove("body")
    {
        arguments.insert(CONTEXT.to_owned(), body);
    }
}

/// Returns true if the arguments ask to send what is newer than the engine's version or than this build.
#[must_use]
pub fn asks_for_newer(arguments: &Map<String, Value>) -> bool {
    arguments.get(ALLOW_NEWER).is_some_and(|allow| *allow == true || *allow == "true")
}

/// Returns true if the arguments request an update that replaces.
pub(super) fn replaces(operation: &Operation, arguments: &Map<String, Value>) -> bool {
    let replace = arguments.get("replace").is_some_and(|replace| *replace == true || *replace == "true");
    replace && operation.reads.is_some()
}

/// Adds the extra arguments to a schema. An update that patches needs no version there.
pub(super) fn with_extra(schema: &str, tool: &Tool, replaces: bool) -> Map<String, Value> {
    let mut schema: Map<String, Value> = serde_json::from_str(schema).expect("the generator writes JSON objects");
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(extra_properties(tool));
        defaults::describe(tool, properties);
    }
    if tool.operation.body.is_some_and(|body| !body.json && body.required) {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        required.as_array_mut().into_iter().for_each(|required| required.push(CONTEXT.into()));
    }
    if let Some(Value::Array(required)) = schema.get_mut("required")
        && !replaces
        && tool.operation.reads.is_some()
    {
        required.retain(|name| name != merge::VERSION);
    }
    schema
}

#[cfg(test)]
mod tests {
    use dockwright::tools::ALL;

    use super::*;

    fn find(name: &str) -> &'static Tool {
        ALL.iter().find(|tool| tool.operation.name == name).unwrap()
    }

    fn extra(name: &str) -> Vec<String> {
        extra_properties(find(name)).keys().cloned().collect()
    }

    #[test]
    fn no_extra_argument_has_the_name_of_a_parameter() {
        let extra_names = [
            "select",
            "grep",
            "limit_bytes",
            "limit_items",
            "limit_seconds",
            "replace",
            "input",
            "context",
            "to",
            "preview",
            "detach",
            "allow_newer",
            "all_tags",
            "engine",
            "builder",
            "secrets",
            "ssh",
        ];
        for tool in ALL {
            let names = tool.operation.parameters.iter().map(|parameter| parameter.name);
            for name in names.chain(["body"]) {
                assert!(!extra_names.contains(&name), "{}: {name}", tool.operation.name);
            }
            assert!(extra_properties(tool).keys().all(|name| extra_names.contains(&name.as_str())));
        }
    }

    #[test]
    fn a_tool_has_the_extra_arguments_that_make_sense_for_its_answer() {
        assert_eq!(extra("container_list"), ["select", "grep", "limit_items", "limit_bytes", "allow_newer"]);
        assert_eq!(extra("container_create"), ["select", "limit_seconds", "allow_newer"]);
        assert_eq!(extra("container_logs"), ["grep", "limit_items", "limit_bytes", "limit_seconds"]);
        assert_eq!(extra("container_attach"), ["input", "grep", "limit_items", "limit_bytes", "limit_seconds"]);
        assert_eq!(extra("container_archive"), ["to", "grep", "limit_items", "limit_bytes", "limit_seconds"]);
        assert_eq!(
            extra("system_events"),
            ["select", "grep", "limit_items", "limit_bytes", "limit_seconds", "allow_newer"]
        );
        assert_eq!(extra("image_build"), ["context", "limit_seconds", "detach", "builder", "secrets", "ssh"]);
        assert_eq!(extra("container_stop"), ["limit_seconds", "allow_newer"]);
        assert_eq!(extra("node_update"), ["replace", "allow_newer"]);
        assert_eq!(extra("image_push"), ["limit_seconds", "detach", "allow_newer", "all_tags"]);
        assert_eq!(extra("container_start"), ["limit_seconds"]);
        assert!(extra("system_ping").is_empty());
    }

    #[test]
    fn every_time_describes_the_forms_it_accepts() {
        let mut times = Vec::new();
        for tool in ALL {
            let schema = input_schema(tool);
            for (name, time) in schema["properties"].as_object().unwrap() {
                if ["since", "until"].contains(&name.as_str()) {
                    assert_eq!(time["type"], "string", "{}", tool.operation.name);
                    assert!(time["description"].as_str().unwrap().contains("`10m` (ago)"), "{}", tool.operation.name);
                    times.push((tool.operation.name, name.clone()));
                }
            }
        }
        assert_eq!(times.len(), 6, "{times:?}");
    }

    #[test]
    fn an_update_that_patches_needs_no_version() {
        let tool = find("service_update");
        assert_eq!(input_schema(tool)["required"], json!(["id", "body"]));
        assert_eq!(input_schema(find("volume_update"))["required"], json!(["name", "version", "body"]));
    }
}
