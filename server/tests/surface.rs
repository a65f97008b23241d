//! Rules for everything that tools/list shows, as loops over all of it: every client accepts it, and it stays within
//! its cost.

use dockwright_server::catalogue::Composed;
use dockwright_server::catalogue::exposure::Exposure;
use dockwright_server::mcp::tools::{bytes, listed};
use dockwright_server::settings::{Settings, Surface};
use rmcp::model::Tool;
use serde_json::{Value, json};

/// The tags that most sessions need.
const DAILY: [&str; 6] = ["Container", "Image", "Network", "Volume", "Exec", "System"];

/// The tools whose bodies are worth more than others.
const LARGE: [&str; 3] = ["container_create", "service_create", "service_update"];

fn tools(surface: Surface) -> Vec<Tool> {
    let exposure = Exposure::new(&Settings::default()).unwrap();
    listed(&exposure, surface, None)
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
    let all: usize = tools.iter().map(bytes).sum();
    let tag = |tool: &Tool| json!(tool.meta)["dockwright/tag"].as_str().unwrap_or_default().to_owned();
    let daily: usize = tools.iter().filter(|tool| DAILY.contains(&tag(tool).as_str())).map(bytes).sum();
    println!("all {all}, daily {daily}");
    assert!(all <= 80_000, "{all}");
    assert!(daily <= 52_000, "{daily}");
    for tool in tools.iter().filter(|tool| !LARGE.contains(&tool.name.as_ref())) {
        assert!(bytes(tool) <= 6_000, "{}: {}", tool.name, bytes(tool));
    }
}

#[test]
fn tools_of_tags_cost_a_model_less_still() {
    let all: usize = tools(Surface::Tags).iter().map(bytes).sum();
    println!("all {all}");
    assert!(all <= 12_000, "{all}");
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
        let instructions = dockwright_server::mcp::Server::new(dispatcher).get_info().instructions.unwrap();
        assert!(instructions.len() <= 2048, "{}", instructions.len());
        assert!(instructions.contains("keep back"), "{instructions}");
    }
}
