//! Rules for the tools of any API: clients accept each schema, and it takes everything that the description allows.

use std::collections::BTreeSet;

use dockwright::tools::{ALL, DEFINITIONS, Tool};
use serde_json::{Map, Value, json};

use crate::description::Description;

/// The longest name of a tool in the Model Context Protocol. The generator warns of those that some clients refuse.
const NAME_CHARACTERS: usize = 128;

#[test]
fn every_client_accepts_the_shown_schemas() {
    for tool in ALL {
        let name = tool.operation.name;
        let schema = shown(tool);
        assert_eq!(schema["type"], "object", "{name}");
        assert!(schema["properties"].is_object(), "{name}");
        for combinator in ["oneOf", "anyOf", "allOf", "not", "if", "enum"] {
            assert!(schema.get(combinator).is_none(), "{name}: {combinator} at the root");
        }
        stands_alone(&schema, name);
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(schema["properties"].get(required.as_str().unwrap()).is_some(), "{name}: {required}");
        }
        assert!(jsonschema::validator_for(&schema).is_ok(), "{name}");
    }
}

#[test]
fn names_are_unique_and_every_tool_is_described_and_titled_with_hints_that_agree() {
    let names: BTreeSet<_> = ALL.iter().map(|tool| tool.operation.name).collect();
    assert_eq!(names.len(), ALL.len());
    for tool in ALL {
        let row = tool.operation;
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        assert!(row.name.chars().all(is_plain) && row.name.len() <= NAME_CHARACTERS, "{}", row.name);
        assert!(!tool.title.is_empty() && !row.summary.is_empty() && row.summary.len() <= 2048, "{}", row.name);
        assert!(!(row.annotations.read_only && row.annotations.destructive), "{}", row.name);
    }
}

#[test]
fn whole_schemas_take_what_the_description_allows() {
    let description = Description::read();
    let definitions: Map<String, Value> = serde_json::from_str(DEFINITIONS).unwrap();
    let definitions: Value = definitions.iter().map(|(name, schema)| (name.clone(), pointing(schema))).collect();
    for described in description.operations() {
        let verb_and_path = format!("{} {}", described.verb, described.template);
        let tool = ALL.iter().find(|tool| endpoint(tool) == verb_and_path).unwrap();
        let mut arguments = Map::new();
        for parameter in described.operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap().to_owned();
            let is_taken = tool.operation.parameters.iter().any(|taken| taken.name == name);
            is_taken.then(|| arguments.insert(name, description.value(&parameter["schema"])));
        }
        if tool.operation.body.is_some_and(|body| body.json) {
            let content = &described.operation["requestBody"]["content"]["application/json"];
            arguments.insert("body".to_owned(), description.value(&content["schema"]));
        }
        let mut schema = pointing(&serde_json::from_str(tool.full_schema).unwrap());
        schema["$defs"] = definitions.clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&arguments.clone().into())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", tool.operation.id);
    }
}

#[test]
fn a_model_sees_the_arguments_of_every_tool() {
    let bytes: usize = ALL.iter().map(|tool| tool.input_schema.len() + tool.operation.summary.len()).sum();
    println!("{} tools, {bytes} bytes of schemas and summaries", ALL.len());
    for tool in ALL {
        let shown = shown(tool);
        let parameters = tool.operation.parameters.iter().map(|parameter| parameter.name);
        let body = tool.operation.body.is_some_and(|body| body.json).then_some("body");
        for name in parameters.chain(body) {
            assert!(shown["properties"].get(name).is_some(), "{}: {name}", tool.operation.name);
        }
    }
}

/// No schema within refers to another; a property may be called so.
fn stands_alone(schema: &Value, name: &str) {
    for keyword in ["$ref", "$defs", "$schema", "definitions"] {
        assert!(schema.get(keyword).is_none(), "{name}: {keyword}");
    }
    let properties = schema["properties"].as_object().into_iter().flatten().map(|(_, property)| property);
    for below in properties.chain(schema.get("items")).chain(schema.get("additionalProperties")) {
        stands_alone(below, name);
    }
}

fn shown(tool: &Tool) -> Value {
    serde_json::from_str(tool.input_schema).unwrap()
}

fn endpoint(tool: &Tool) -> String {
    use dockwright::operation::Segment;
    let path = tool.operation.path.iter().map(|segment| match segment {
        Segment::Literal(literal) => format!("/{literal}"),
        Segment::Argument(name) => format!("/{{{name}}}"),
    });
    format!("{} {}", tool.operation.method, path.collect::<String>())
}

/// A whole schema names definitions; a validator wants pointers to them.
fn pointing(schema: &Value) -> Value {
    match schema {
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(name)) => (key.clone(), json!(format!("#/$defs/{name}"))),
                _ => (key.clone(), pointing(value)),
            });
            entries.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(pointing).collect(),
        scalar => scalar.clone(),
    }
}
