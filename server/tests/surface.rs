//! Rules for everything that tools/list shows, as loops over all of it: every client accepts it, and it stays within
//! its cost.

use dockwright_server::catalogue::Composed;
use dockwright_server::catalogue::Offer;
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::mcp::tools::{bytes, listed};
use dockwright_server::mcp::{Server, Session};
use dockwright_server::settings::{Settings, Surface};
use rmcp::model::Tool;
use serde_json::{Value, json};

/// The tags that most sessions need.
const DAILY: [&str; 6] = ["Container", "Image", "Network", "Volume", "Exec", "System"];

/// The tools whose bodies are worth more than others.
const LARGE: [&str; 3] = ["container_create", "service_create", "service_update"];

/// The most bytes of all tools. An API version with twenty more operations fits below 80,000.
const ALL_BYTES: usize = 76_000;
/// The most bytes of the daily tags.
const DAILY_BYTES: usize = 50_000;
/// The most bytes of the tools of tags.
const TAGS_BYTES: usize = 12_000;
/// The most bytes of a tool, but for the large ones.
const TOOL_BYTES: usize = 6_000;

fn tools(surface: Surface) -> Vec<Tool> {
    let offer = Offer::of_one(Exposure::new(&Settings::default()).unwrap().into(), None);
    listed(&offer, surface)
}

fn every_tool() -> Vec<Tool> {
    [tools(Surface::Operations), tools(Surface::Tags)].concat()
}

#[test]
fn each_operation_is_a_method_and_a_tool() {
    let operations = dockwright::operations::ALL.iter();
    let ours = Composed::ALL.iter().map(|composed| composed.name()).chain(["operation_schema"]);
    let names: Vec<_> = operations.clone().map(|row| row.name).chain(ours).collect();
    let tools = tools(Surface::Operations);
    assert_eq!(tools.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>(), names);
    let signatures = include_str!("../../generated/signatures.txt");
    for row in operations.clone() {
        let name = row.name;
        assert!(signatures.lines().any(|line| line.starts_with(&format!("Engine::{name}("))), "{name} has no method");
    }
    let methods = signatures.lines().filter(|line| line.starts_with("Engine::") && line.contains("(&self"));
    assert_eq!(methods.count(), operations.count());
}

#[test]
fn every_client_accepts_the_schemas() {
    for tool in every_tool() {
        let schema = Value::Object((*tool.input_schema).clone());
        let name = &tool.name;
        assert_eq!(schema["type"], "object", "{name}");
        assert!(schema["properties"].is_object(), "{name}");
        for combinator in ["oneOf", "anyOf", "allOf", "not", "if", "enum"] {
            assert!(schema.get(combinator).is_none(), "{name}: {combinator} at the root");
        }
        for word in ["\"$ref\"", "\"$defs\"", "\"$schema\"", "\"definitions\""] {
            assert!(!schema.to_string().contains(word), "{name}: {word}");
        }
        assert!(name.len() <= 40, "{name}");
        assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter)), "{name}");
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(schema["properties"].get(required.as_str().unwrap()).is_some(), "{name}: {required}");
        }
    }
}

#[test]
fn no_schema_has_a_keyword_that_some_client_refuses() {
    for tool in every_tool() {
        let mut problems = Vec::new();
        lint(&Value::Object((*tool.input_schema).clone()), "", &mut problems);
        assert!(problems.is_empty(), "{}: {problems:?}", tool.name);
    }
}

/// Adds a line for each part of a shown schema that a known client refuses or misreads, and for empty words.
fn lint(schema: &Value, path: &str, problems: &mut Vec<String>) {
    const REFUSED: [&str; 13] = [
        "$ref",
        "$defs",
        "$schema",
        "definitions",
        "patternProperties",
        "propertyNames",
        "oneOf",
        "allOf",
        "not",
        "const",
        "if",
        "x-enum-descriptions",
        "x-unit",
    ];
    let Some(keys) = schema.as_object() else { return problems.push(format!("{path}: {schema} is no schema")) };
    let refused = keys.keys().filter(|key| REFUSED.contains(&key.as_str()));
    problems.extend(refused.map(|key| format!("{path}: {key}")));
    let kind = schema["type"].as_str();
    match &schema["type"] {
        // A context is a text or an object, which only `anyOf` says to every client.
        Value::Null => {
            let kinds = schema["anyOf"].as_array().map(Vec::as_slice).unwrap_or_default();
            if kinds.is_empty() || path.is_empty() {
                problems.push(format!("{path}: no type"));
            }
            kinds.iter().for_each(|schema| lint(schema, &format!("{path}|"), problems));
        }
        Value::String(_) => {}
        kinds => problems.push(format!("{path}: a list of types: {kinds}")),
    }
    if let Some(members) = schema.get("enum").and_then(Value::as_array) {
        if members.is_empty() || members.iter().any(|member| member.as_str().is_none_or(str::is_empty)) {
            problems.push(format!("{path}: {members:?} has a member that is empty or no text"));
        }
        if kind != Some("string") {
            problems.push(format!("{path}: an enumeration that is no string"));
        }
    }
    if schema.get("description").is_some_and(|words| words.as_str().is_none_or(str::is_empty)) {
        problems.push(format!("{path}: an empty description"));
    }
    if kind == Some("array") && schema.get("items").is_none() {
        problems.push(format!("{path}: a list without items"));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if path.is_empty() && !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-".contains(letter)) {
            problems.push(format!("{name}: a name that some client drops"));
        }
        lint(property, &format!("{path}.{name}"), problems);
    }
    for inner in ["items", "additionalProperties"].iter().filter_map(|inner| schema.get(*inner)) {
        if inner.is_object() {
            lint(inner, &format!("{path}.*"), problems);
        }
    }
}

#[test]
fn search_finds_words_of_the_docker_cli_and_five_tools_are_there_at_once() {
    let tools = tools(Surface::Operations);
    let meta = |tool: &Tool, key: &str| json!(tool.meta)[key].clone();
    let first = tools.iter().filter(|tool| meta(tool, "anthropic/alwaysLoad") == true);
    let first: Vec<_> = first.map(|tool| tool.name.as_ref()).collect();
    assert_eq!(first, ["container_inspect", "container_list", "container_logs", "container_run", "exec_run"]);
    for (name, command) in [("container_list", "docker ps"), ("system_data_usage", "docker system df")] {
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        assert!(meta(tool, "anthropic/searchHint").as_str().unwrap().contains(command), "{name}");
    }
}

#[test]
fn names_are_unique_and_every_tool_is_described_and_titled_with_all_four_hints() {
    for surface in [Surface::Operations, Surface::Tags] {
        let tools = tools(surface);
        let mut names: Vec<_> = tools.iter().map(|tool| &tool.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), tools.len());
    }
    for tool in every_tool() {
        let name = &tool.name;
        assert!(tool.title.is_some_and(|title| !title.is_empty()), "{name}");
        let description = tool.description.unwrap();
        assert!(!description.is_empty() && description.len() <= 2048, "{name}: {}", description.len());
        let hints = json!(tool.annotations);
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{name}: {hint}");
        }
        assert!(!(hints["readOnlyHint"] == true && hints["destructiveHint"] == true), "{name}");
    }
}

#[test]
fn all_tools_together_and_each_alone_cost_a_model_little() {
    let tools = tools(Surface::Operations);
    let tag = |tool: &Tool| json!(tool.meta)["dockwright/tag"].as_str().unwrap_or_default().to_owned();
    let (daily, _): (Vec<_>, Vec<_>) = tools.iter().cloned().partition(|tool| DAILY.contains(&tag(tool).as_str()));
    assert_cost("all tools", &tools, ALL_BYTES);
    assert_cost("the daily tags", &daily, DAILY_BYTES);
    for tool in tools.iter().filter(|tool| !LARGE.contains(&tool.name.as_ref())) {
        assert_cost(&tool.name, std::slice::from_ref(tool), TOOL_BYTES);
    }
}

#[test]
fn tools_of_tags_cost_a_model_less_still() {
    assert_cost("the tools of tags", &tools(Surface::Tags), TAGS_BYTES);
}

/// Names the tools that cost most, because they can save most.
fn assert_cost(of: &str, tools: &[Tool], most: usize) {
    let all: usize = tools.iter().map(bytes).sum();
    println!("{of}: {all} of {most} bytes");
    let mut worst: Vec<_> = tools.iter().map(|tool| (bytes(tool), tool.name.as_ref())).collect();
    worst.sort_by(|one, other| other.cmp(one));
    let worst: Vec<_> = worst.iter().take(8).map(|(bytes, name)| format!("{name} {bytes}")).collect();
    assert!(
        all <= most,
        "{of}: {all} bytes, {} too many. The budget stays: shorten `summary` and words in spec/overlay/, hide arguments \
         and body paths that few need (`tool: hidden`; `operation_schema` shows them), or show fewer `shown` paths. \
         The largest: {}. `dockwright tools` prints all.",
        all - most,
        worst.join(", "),
    );
}

#[test]
fn a_tag_is_as_dangerous_as_the_most_dangerous_of_its_operations() {
    let operations = tools(Surface::Operations);
    let tag = |tool: &Tool| json!(tool.meta)["dockwright/tag"].clone();
    for group in tools(Surface::Tags).iter().filter(|tool| tag(tool).is_string()) {
        let members: Vec<_> = operations.iter().filter(|tool| tag(tool) == tag(group)).collect();
        let hint = |tool: &Tool, name: &str| json!(tool.annotations)[name] == true;
        for name in ["readOnlyHint", "idempotentHint"] {
            assert_eq!(hint(group, name), members.iter().all(|tool| hint(tool, name)), "{}: {name}", group.name);
        }
        for name in ["destructiveHint", "openWorldHint"] {
            assert_eq!(hint(group, name), members.iter().any(|tool| hint(tool, name)), "{}: {name}", group.name);
        }
    }
}

#[tokio::test]
async fn instructions_fit_the_part_that_clients_keep() {
    use rmcp::ServerHandler as _;
    for surface in [Surface::Operations, Surface::Tags] {
        let settings = Settings { surface, read_only: true, ..Settings::default() };
        let audit = dockwright_server::audit::Audit::to_writer(std::io::sink());
        let dispatcher = dockwright_server::dispatch::Dispatcher::new(settings, audit).unwrap();
        let instructions = Session::new(Server::new(dispatcher)).get_info().instructions.unwrap();
        assert!(instructions.len() <= 2048, "{}", instructions.len());
        assert!(instructions.contains("keep back"), "{instructions}");
    }
}
