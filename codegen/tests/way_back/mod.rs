//! Converts OpenAPI 3.0 back to Swagger 2.0, for tests alone: a difference from the original is a loss.

use std::collections::BTreeSet;

use dockwright_codegen::problem::join;
use serde_json::{Map, Value, json};

/// The Swagger 2.0 form of an upgraded description.
pub fn openapi_to_swagger(openapi: &Value) -> Value {
    let mut swagger = Map::new();
    swagger.insert("swagger".into(), "2.0".into());
    for (key, value) in openapi.as_object().unwrap() {
        match key.as_str() {
            "openapi" => {}
            "servers" => drop(swagger.insert("basePath".into(), value[0]["url"].clone())),
            "components" => drop(swagger.insert("definitions".into(), each(&value["schemas"], schema))),
            "paths" => drop(swagger.insert("paths".into(), paths(value))),
            "x-schemes" | "x-host" | "x-consumes" | "x-produces" => {
                swagger.insert(key.trim_start_matches("x-").to_owned(), value.clone());
            }
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn paths(paths: &Value) -> Value {
    each_but_extensions(paths, |item| each_but_extensions(item, operation))
}

fn operation(operation: &Value) -> Value {
    let mut swagger = Map::new();
    let mut parameters: Vec<Value> = list(operation.get("parameters")).iter().map(parameter).collect();
    if let Some(body) = operation.get("requestBody") {
        let index = body["x-body-index"].as_u64().unwrap() as usize;
        parameters.insert(index, request_body(body));
    }
    if !parameters.is_empty() {
        swagger.insert("parameters".into(), parameters.into());
    }
    for (key, value) in operation.as_object().unwrap() {
        match key.as_str() {
            "parameters" | "requestBody" => {}
            "x-consumes" | "x-produces" => drop(swagger.insert(key.trim_start_matches("x-").to_owned(), value.clone())),
            "responses" => drop(swagger.insert(key.clone(), each(value, response))),
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn parameter(parameter: &Value) -> Value {
    let mut swagger = Map::new();
    for (key, value) in parameter.as_object().unwrap() {
        match key.as_str() {
            "schema" => swagger.extend(schema(value).as_object().unwrap().clone()),
            "explode" if value == &json!(true) => drop(swagger.insert("collectionFormat".into(), "multi".into())),
            "x-collection-format" => drop(swagger.insert("collectionFormat".into(), value.clone())),
            // Keys that OpenAPI requires and Swagger does not.
            "explode" | "style" => {}
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn request_body(body: &Value) -> Value {
    let mut swagger = Map::new();
    swagger.insert("in".into(), "body".into());
    for (key, value) in body.as_object().unwrap() {
        match key.as_str() {
            "x-body-name" => drop(swagger.insert("name".into(), value.clone())),
            "x-body-index" => {}
            "content" => drop(swagger.insert("schema".into(), content(value))),
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn response(response: &Value) -> Value {
    let mut swagger = Map::new();
    for (key, value) in response.as_object().unwrap() {
        match key.as_str() {
            "description" if value == "" => {}
            "x-examples" => drop(swagger.insert("examples".into(), value.clone())),
            "content" => drop(swagger.insert("schema".into(), content(value))),
            "headers" => drop(swagger.insert(key.clone(), each(value, parameter))),
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn content(content: &Value) -> Value {
    schema(&content.as_object().unwrap().values().next().unwrap()["schema"])
}

fn schema(value: &Value) -> Value {
    let Value::Object(entries) = value else { return value.clone() };
    let is_reference = entries.contains_key("x-ref-siblings");
    let is_file = entries.get("x-types").is_some_and(|types| types == "file");
    let mut swagger = Map::new();
    for (key, value) in entries {
        match key.as_str() {
            "nullable" => drop(swagger.insert("x-nullable".into(), value.clone())),
            "x-object-enum" => drop(swagger.insert("enum".into(), value.clone())),
            "x-ref-siblings" => {}
            "x-types" => drop(swagger.insert("type".into(), value.clone())),
            "type" | "format" if is_file && ["string", "binary"].iter().any(|file| value == file) => {}
            "discriminator" => drop(swagger.insert(key.clone(), value["propertyName"].clone())),
            "x-ref-type" => drop(swagger.insert("type".into(), value.clone())),
            "allOf" if is_reference => swagger.extend(schema(&value[0]).as_object().unwrap().clone()),
            "allOf" => drop(swagger.insert(key.clone(), value.as_array().unwrap().iter().map(schema).collect())),
            "$ref" => {
                let target = value.as_str().unwrap().replace("#/components/schemas/", "#/definitions/");
                swagger.insert(key.clone(), target.into());
            }
            "properties" => drop(swagger.insert(key.clone(), each(value, schema))),
            "items" | "additionalProperties" => drop(swagger.insert(key.clone(), schema(value))),
            _ => drop(swagger.insert(key.clone(), value.clone())),
        }
    }
    swagger.into()
}

fn each(object: &Value, change: impl Fn(&Value) -> Value) -> Value {
    let entries = object.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), change(value))).collect::<Map<_, _>>().into()
}

fn each_but_extensions(object: &Value, change: impl Fn(&Value) -> Value) -> Value {
    let changed = |key: &str, value: &Value| if key.starts_with("x-") { value.clone() } else { change(value) };
    let entries = object.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), changed(key, value))).collect::<Map<_, _>>().into()
}

/// The places where two documents differ, for a readable failure.
pub fn differences(pointer: &str, one: &Value, other: &Value) -> Vec<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            let values = |key| (one.get(key).unwrap_or(&Value::Null), other.get(key).unwrap_or(&Value::Null));
            keys.into_iter().flat_map(|key| differences(&join(pointer, key), values(key).0, values(key).1)).collect()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .flat_map(|(index, (one, other))| differences(&join(pointer, &index.to_string()), one, other))
                .collect()
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => Vec::new(),
        _ if one == other => Vec::new(),
        _ => vec![format!("{pointer}: {one} is not {other}")],
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
