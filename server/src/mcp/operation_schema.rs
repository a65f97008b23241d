//! The tool `operation_schema` shows the whole schema of a tool's arguments. The list of tools leaves many properties
//! out; a model finds them here.

use std::sync::{Arc, LazyLock};

use dockwright::operation::Annotations;
use dockwright::tools::{DEFINITIONS, Tool};
use rmcp::model as mcp;
use serde_json::{Map, Value, json};

use super::engines::add_whole_argument;
use super::tool::{description, hints};
use super::tools_by_tag::OPERATION;
use crate::arguments;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::catalogue::{Entry, Offer};

/// The argument that names a part of the schema.
pub(super) const PATH: &str = "path";

/// The name of the tool.
pub(super) const OPERATION_SCHEMA: &str = "operation_schema";

static DEFINITIONS_BY_NAME: LazyLock<Map<String, Value>> = LazyLock::new(|| object(DEFINITIONS));

pub(super) fn tool() -> mcp::Tool {
    let schema = json!({
        "type": "object",
        "properties": {
            OPERATION: { "type": "string", "description": "As `container_create`." },
            PATH: { "type": "string", "description": "That part alone, as `HostConfig.PortBindings`." },
        },
        "required": [OPERATION],
    });
    let Value::Object(schema) = schema else { unreachable!("it is written as an object above") };
    let summary = "Show the JSON Schema of one Docker operation's arguments, body properties at every depth included.";
    let annotations = Annotations { read_only: true, destructive: false, idempotent: true, open_world: false };
    mcp::Tool::new_with_raw(OPERATION_SCHEMA, Some(summary.into()), Arc::new(schema))
        .with_title("Operation schema")
        .with_annotations(hints(annotations))
}

/// Describes one tool of a server, with all definitions inlined.
pub(super) fn operation_schema(entry: Entry, offer: &Offer) -> Value {
    let mut described = describe(entry);
    if let Some(Value::Object(schema)) = described.get_mut("inputSchema") {
        add_whole_argument(schema, &offer.engine_names_of(entry), offer.annotations(entry).read_only);
    }
    described
}

fn describe(entry: Entry) -> Value {
    match entry {
        Entry::Operation(tool) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "endpoint": tool.operation.endpoint().to_string(),
            "inputSchema": inline_references(&full_schema(tool), &mut Vec::new()),
        }),
        Entry::Composed(composed) => json!({
            "operation": entry.name(),
            "description": description(entry),
            "made_of": composed.operations(),
            "inputSchema": composed.schema(),
        }),
    }
}

/// Describes one part of a tool's arguments.
///
/// # Errors
/// A text that says where the path leads nowhere, and which names there are.
pub(super) fn schema_part(entry: Entry, offer: &Offer, path: &str) -> Result<Value, String> {
    let described = operation_schema(entry, offer);
    let whole = &described["inputSchema"];
    // The body's properties are meant by most paths, and its name is left out of most.
    let (path, schema) = match find_part(whole, path) {
        Ok(schema) => (path.to_owned(), schema),
        Err(problem) => match whole["properties"].get("body").map(|body| find_part(body, path)) {
            Some(Ok(schema)) => (format!("body.{path}"), schema),
            Some(Err(in_body)) => return Err(in_body),
            None => return Err(problem),
        },
    };
    Ok(json!({ OPERATION: entry.name(), PATH: path, "schema": schema }))
}

/// Follows a dotted path, in any case. `*`, an index or `[]` leads to the items of a list or the values of a map.
fn find_part<'a>(schema: &'a Value, path: &str) -> Result<&'a Value, String> {
    let mut part = schema;
    for step in path.split(['.', '[']).map(|step| step.trim_end_matches(']')) {
        // Lists are passed through, as in the paths of messages.
        if step.is_empty() || step == "*" || step.parse::<usize>().is_ok() {
            part = part.get("items").or_else(|| part.get("additionalProperties")).unwrap_or(part);
            continue;
        }
        while let Some(items) = part.get("items") {
            part = items;
        }
        let properties = part.get("properties").and_then(Value::as_object);
        let found = properties.and_then(|properties| {
            properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(step)).map(|(_, schema)| schema)
        });
        part = match found.or_else(|| part.get("additionalProperties").filter(|schema| schema.is_object())) {
            Some(found) => found,
            None => {
                let names: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
                let near = nearest(step, names.iter().copied());
                let help = if near.is_empty() { format!("; it has {}", names.join(", ")) } else { did_you_mean(&near) };
                return Err(format!("`{step}` of `{path}` is unknown{help}"));
            }
        };
    }
    Ok(part)
}

/// The whole schema, with the server's extra arguments and with the arguments that the tool requires.
fn full_schema(tool: &Tool) -> Value {
    let mut schema = object(tool.full_schema);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(arguments::extra_properties(tool));
    }
    if let Some(required) = arguments::input_schema(tool).remove("required") {
        schema.insert("required".to_owned(), required);
    }
    Value::Object(schema)
}

/// Replaces each `$ref` with its definition. A definition inside itself becomes an open object.
fn inline_references<'a>(schema: &'a Value, parents: &mut Vec<&'a str>) -> Value {
    match schema {
        Value::Object(properties) => match properties.get("$ref").and_then(Value::as_str) {
            Some(name) => resolve_reference(name, properties, parents),
            None => {
                properties.iter().map(|(name, schema)| (name.clone(), inline_references(schema, parents))).collect()
            }
        },
        Value::Array(schemas) => schemas.iter().map(|schema| inline_references(schema, parents)).collect(),
        other => other.clone(),
    }
}

/// A definition, with the siblings of the reference: their words are for this place and win.
fn resolve_reference<'a>(name: &'a str, siblings: &'a Map<String, Value>, parents: &mut Vec<&'a str>) -> Value {
    let definition = DEFINITIONS_BY_NAME.get(name).filter(|_| !parents.contains(&name));
    parents.push(name);
    let mut schema =
        definition.map_or_else(|| json!({ "type": "object" }), |definition| inline_references(definition, parents));
    parents.pop();
    if let Value::Object(schema) = &mut schema {
        let siblings = siblings.iter().filter(|(key, _)| *key != "$ref");
        schema.extend(siblings.map(|(key, value)| (key.clone(), value.clone())));
    }
    schema
}

fn object(schema: &str) -> Map<String, Value> {
    serde_json::from_str(schema).expect("the generator writes schemas that are JSON objects")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::exposure::Exposure;
    use crate::settings::Settings;

    #[test]
    fn no_schema_refers_to_another_and_none_is_too_large_for_a_reply() {
        for entry in Entry::all() {
            let schema = describe(entry).to_string();
            assert!(!schema.contains("\"$ref\""), "{}", entry.name());
            assert!(schema.len() <= 40_000, "{}: {}", entry.name(), schema.len());
        }
    }

    #[test]
    fn a_part_is_found_at_any_depth_and_in_any_case() {
        let create = Entry::find("container_create").unwrap();
        let exposure = Exposure::new(&Settings::default()).unwrap();
        let offer = Offer::of_one(exposure.into(), None);
        let part = |path: &str| schema_part(create, &offer, path);
        for (path, whole) in [
            ("HostConfig.PortBindings", "body.HostConfig.PortBindings"),
            ("body.hostconfig.portbindings", "body.hostconfig.portbindings"),
            ("HostConfig.Mounts[0].Type", "body.HostConfig.Mounts[0].Type"),
            ("HostConfig.Mounts.Type", "body.HostConfig.Mounts.Type"),
            ("HostConfig.PortBindings.80/tcp[0].HostPort", "body.HostConfig.PortBindings.80/tcp[0].HostPort"),
            ("platform", "platform"),
        ] {
            let part = part(path).unwrap();
            assert_eq!(part[PATH], whole);
            assert!(part["schema"].is_object() && part.to_string().len() < 2_000, "{part}");
        }
        let unknown = part("HostConfig.Memry").unwrap_err();
        assert!(unknown.contains("`Memry`") && unknown.contains("`Memory`"), "{unknown}");
        assert!(schema_part(Entry::find("exec_run").unwrap(), &offer, "input").is_ok());
    }
}
