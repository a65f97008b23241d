//! Upgrades Swagger 2.0 to OpenAPI 3.0, the only form that the rest of the generator reads. It decides and loses
//! nothing: `x-` keys keep values that OpenAPI has no place for, and a test converts the result back. Only forms do not
//! convert back, as their fields become one body.

mod entries;
mod openapi_31;
mod schema;

use serde_json::{Map, Value, json};

use entries::{entries, items, keys, list};
use schema::schema;

use crate::problem::{Problems, join};
use crate::shape::METHODS;

/// Keys that Swagger 2.0 writes in a parameter and OpenAPI in its schema.
const SCHEMA_KEYS: [&str; 17] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
    "x-nullable",
];

/// The media types of forms.
const MULTIPART: &str = "multipart/form-data";
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// Converts a description to OpenAPI 3.0. One that is 3.0 already passes unchanged, and one of 3.1 as far as 3.0 can
/// say what it says.
pub fn swagger_to_openapi(description: Value, problems: &mut Problems) -> Option<Value> {
    match (description.get("swagger"), description.get("openapi")) {
        (Some(version), _) if version == "2.0" => return Some(upgrade(&description, problems)),
        (Some(version), _) => problems.error("/swagger", format!("unknown version {version}"), "use \"2.0\""),
        (None, Some(version)) if version.as_str().is_some_and(|version| version.starts_with("3.0")) => {
            return Some(description);
        }
        (None, Some(version)) if version.as_str().is_some_and(|version| version.starts_with("3.1")) => {
            return Some(openapi_31::with_schemas_of_30(description));
        }
        (None, Some(version)) => {
            problems.error("/openapi", format!("unsupported version {version}"), "convert it to 3.0.3");
        }
        (None, None) => {
            problems.error("", "neither `swagger` nor `openapi`", "name a Swagger 2.0 or OpenAPI 3.0 description");
        }
    }
    None
}

fn upgrade(swagger: &Value, problems: &mut Problems) -> Value {
    let mut openapi = Map::new();
    openapi.insert("openapi".into(), "3.0.3".into());
    openapi.insert("paths".into(), json!({}));
    let media =
        Media { consumes: list(swagger, "consumes", "", problems), produces: list(swagger, "produces", "", problems) };
    for (key, value) in keys(swagger, "", problems) {
        match key.as_str() {
            "swagger" => {}
            "basePath" => drop(openapi.insert("servers".into(), json!([{ "url": value }]))),
            "paths" => drop(openapi.insert("paths".into(), paths(value, &media, problems))),
            "definitions" => {
                let schemas: Map<_, _> = entries(value, "/definitions", problems)
                    .map(|(name, definition)| (name.clone(), schema(definition, &join("/definitions", name), problems)))
                    .collect();
                openapi.insert("components".into(), json!({ "schemas": schemas }));
            }
            "schemes" | "host" | "consumes" | "produces" | "security" | "securityDefinitions" => {
                drop(openapi.insert(format!("x-{key}"), value.clone()))
            }
            "info" | "tags" | "externalDocs" => drop(openapi.insert(key.clone(), value.clone())),
            _ if key.starts_with("x-") => drop(openapi.insert(key.clone(), value.clone())),
            _ => {
                problems.error(join("", key), format!("`{key}` is not supported"), "remove it or write it at each use")
            }
        }
    }
    Value::Object(openapi)
}

/// The media types of a whole description, which an operation may replace.
struct Media {
    consumes: Vec<String>,
    produces: Vec<String>,
}

fn paths(paths: &Value, media: &Media, problems: &mut Problems) -> Value {
    let mut upgraded = Map::new();
    for (path, item) in entries(paths, "/paths", problems) {
        if path.starts_with("x-") {
            upgraded.insert(path.clone(), item.clone());
            continue;
        }
        let pointer = join("/paths", path);
        let mut methods = Map::new();
        for (key, value) in keys(item, &pointer, problems) {
            let pointer = join(&pointer, key);
            if METHODS.contains(&key.as_str()) {
                methods.insert(key.clone(), operation(value, media, &pointer, problems));
            } else if key.starts_with("x-") {
                methods.insert(key.clone(), value.clone());
            } else {
                problems.error(pointer, format!("`{key}` is not supported on a path"), "write it at each operation");
            }
        }
        upgraded.insert(path.clone(), methods.into());
    }
    upgraded.into()
}

fn operation(operation: &Value, media: &Media, pointer: &str, problems: &mut Problems) -> Value {
    let consumes = match operation.get("consumes") {
        Some(_) => list(operation, "consumes", pointer, problems),
        None => json_only(&media.consumes),
    };
    let produces = match operation.get("produces") {
        Some(_) => list(operation, "produces", pointer, problems),
        None => media.produces.clone(),
    };
    let mut upgraded = Map::new();
    for (key, value) in keys(operation, pointer, problems) {
        match key.as_str() {
            "parameters" => {
                let (parameters, body) = parameters(value, &consumes, &join(pointer, key), problems);
                upgraded.insert("parameters".into(), parameters.into());
                if let Some(body) = body {
                    upgraded.insert("requestBody".into(), body);
                }
            }
            "responses" => {
                let at = join(pointer, key);
                let responses: Map<_, _> = entries(value, &at, problems)
                    .map(|(status, value)| (status.clone(), response(value, &produces, &join(&at, status), problems)))
                    .collect();
                upgraded.insert("responses".into(), responses.into());
            }
            // Kept as written, because an empty answer or a missing body has no place for them.
            "consumes" | "produces" => drop(upgraded.insert(format!("x-{key}"), value.clone())),
            _ => drop(upgraded.insert(key.clone(), value.clone())),
        }
    }
    upgraded.into()
}

fn parameters(
    parameters: &Value,
    consumes: &[String],
    pointer: &str,
    problems: &mut Problems,
) -> (Vec<Value>, Option<Value>) {
    let mut upgraded = Vec::new();
    let mut body = None;
    let mut form = Vec::new();
    for (index, value) in items(parameters, pointer, problems) {
        let pointer = join(pointer, &index.to_string());
        match value.get("in").and_then(Value::as_str) {
            Some("body") if body.is_none() => {
                // Keeps its position among the parameters.
                body = Some((index, request_body(value, consumes, &pointer, problems)));
            }
            Some("body") => problems.error(pointer, "a second body", "merge the two"),
            Some("path" | "query" | "header") => upgraded.push(parameter(value, &pointer, problems)),
            Some("formData") => form.push(parameter(value, &pointer, problems)),
            Some(place) => {
                let remedy = "use path, query, header, body or formData";
                problems.error(pointer, format!("`in: {place}` is not supported"), remedy);
            }
            None => problems.error(pointer, "no `in`", "write where the parameter is sent"),
        }
    }
    if !form.is_empty() && body.is_some() {
        problems.error(pointer, "both a body and a form", "keep one of the two");
    } else if !form.is_empty() {
        return (upgraded, Some(form_body(&form, consumes)));
    }
    let body = body.map(|(index, mut body)| {
        body["x-body-index"] = index.into();
        body
    });
    (upgraded, body)
}

fn parameter(parameter: &Value, pointer: &str, problems: &mut Problems) -> Value {
    let mut upgraded = Map::new();
    let mut flat = Map::new();
    for (key, value) in keys(parameter, pointer, problems) {
        match key.as_str() {
            "schema" => {
                problems.error(join(pointer, key), "only a body has a schema", "write `type:` and what belongs to it")
            }
            "collectionFormat" => match value.as_str() {
                Some("multi") => drop(upgraded.insert("explode".into(), true.into())),
                Some("csv") => drop(upgraded.insert("x-collection-format".into(), value.clone())),
                _ => problems.error(
                    join(pointer, key),
                    format!("collectionFormat {value} is not supported"),
                    "use multi or csv",
                ),
            },
            _ if SCHEMA_KEYS.contains(&key.as_str()) => drop(flat.insert(key.clone(), value.clone())),
            _ => drop(upgraded.insert(key.clone(), value.clone())),
        }
    }
    if flat.get("type").is_some_and(|kind| kind == "array") && parameter["in"] == "query" {
        // By default Swagger joins by commas and OpenAPI repeats.
        upgraded.entry("explode").or_insert(false.into());
    }
    upgraded.insert("schema".into(), schema(&flat.into(), pointer, problems));
    upgraded.into()
}

fn request_body(parameter: &Value, consumes: &[String], pointer: &str, problems: &mut Problems) -> Value {
    let schema = parameter.get("schema").map(|value| schema(value, &join(pointer, "schema"), problems));
    let mut upgraded = Map::new();
    for (key, value) in keys(parameter, pointer, problems) {
        match key.as_str() {
            "in" | "schema" => {}
            "name" => drop(upgraded.insert("x-body-name".into(), value.clone())),
            _ => drop(upgraded.insert(key.clone(), value.clone())),
        }
    }
    let Some(schema) = schema else {
        problems.error(pointer, "the body has no schema", "describe it");
        return Value::Null;
    };
    upgraded.insert("content".into(), content(consumes, &schema));
    upgraded.into()
}

/// The fields of a form as a body; one that holds a file is sent in parts.
fn form_body(fields: &[Value], consumes: &[String]) -> Value {
    let is_file = |field: &Value| field["schema"]["format"] == "binary";
    let fallback = if fields.iter().any(is_file) { MULTIPART } else { URL_ENCODED };
    let media = consumes.iter().find(|media| [MULTIPART, URL_ENCODED].contains(&media.as_str()));
    let name = |field: &Value| field["name"].as_str().unwrap_or_default().to_owned();
    let properties: Map<_, _> = fields.iter().map(|field| (name(field), field["schema"].clone())).collect();
    let required: Vec<_> = fields.iter().filter(|field| field["required"] == true).map(name).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let content = content(&[media.map_or(fallback, String::as_str).to_owned()], &schema);
    json!({ "required": !required.is_empty(), "content": content })
}

fn response(response: &Value, produces: &[String], pointer: &str, problems: &mut Problems) -> Value {
    let mut upgraded = Map::new();
    upgraded.insert("description".into(), response.get("description").cloned().unwrap_or_else(|| "".into()));
    for (key, value) in keys(response, pointer, problems) {
        match key.as_str() {
            "schema" => {
                let schema = schema(value, &join(pointer, key), problems);
                // A list of media types without JSON describes the success; errors are still JSON.
                let is_text = schema["type"] == "string";
                let types = if is_text { produces.to_vec() } else { json_first(produces) };
                upgraded.insert("content".into(), content(&types, &schema));
            }
            "headers" => {
                let at = join(pointer, key);
                let headers: Map<_, _> = entries(value, &at, problems)
                    .map(|(name, value)| (name.clone(), parameter(value, &join(&at, name), problems)))
                    .collect();
                upgraded.insert("headers".into(), headers.into());
            }
            "examples" => drop(upgraded.insert("x-examples".into(), value.clone())),
            _ => drop(upgraded.insert(key.clone(), value.clone())),
        }
    }
    upgraded.into()
}

fn content(types: &[String], schema: &Value) -> Value {
    let fallback = ["application/json".to_owned()];
    let types = if types.is_empty() { &fallback } else { types };
    types.iter().map(|media| (media.clone(), json!({ "schema": schema }))).collect::<Map<_, _>>().into()
}

/// Drops media types that are not JSON: a description's default for bodies lists text/plain too.
fn json_only(types: &[String]) -> Vec<String> {
    let json: Vec<_> = types.iter().filter(|media| is_json(media)).cloned().collect();
    if json.is_empty() { types.to_vec() } else { json }
}

fn json_first(types: &[String]) -> Vec<String> {
    types.iter().filter(|media| *media != "text/plain").cloned().collect()
}

/// True for JSON and for sequences of JSON values.
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence.ends_with("json") || essence.ends_with("jsonl") || essence.ends_with("json-seq")
}
