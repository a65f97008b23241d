//! Checks that a value has the shape of OpenAPI 3.0. Each part is read without the parts in it, so that a problem has a
//! precise place and the time is linear. Read as a whole, a part that does not fit would be tried again at every level.

use openapiv3::{
    Components, Header, Info, MediaType, OpenAPI, Operation, Parameter, PathItem, ReferenceOr, RequestBody, Response,
    Schema, Server, Tag,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::problem::{Problems, join};

/// The HTTP methods of a path.
pub const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Reads a document. Reports all parts that do not fit the format.
pub fn read(document: Value, problems: &mut Problems) -> Option<OpenAPI> {
    check(&document, problems);
    if problems.has_errors() {
        return None;
    }
    match serde_json::from_value(document) {
        Ok(openapi) => Some(openapi),
        Err(error) => {
            problems.error("", format!("not a valid description: {error}"), "compare it with the specification");
            None
        }
    }
}

/// Reports all parts of a document that do not fit the format, and all keys that the format does not have.
fn check(document: &Value, problems: &mut Problems) {
    head(document, problems);
    for (path, item) in entries(document, "paths").filter(|(path, _)| !path.starts_with("x-")) {
        let pointer = join("/paths", path);
        if !path.starts_with('/') {
            problems.error(&pointer, "a path begins with a slash", "fix the path");
        }
        path_item(item, &pointer, problems);
    }
    let Some(components) = document.get("components") else { return };
    part::<Components>(components, "/components", &["schemas"], problems);
    for (name, value) in entries(components, "schemas") {
        schema(value, &join("/components/schemas", name), problems);
    }
}

/// All but paths and components.
fn head(document: &Value, problems: &mut Problems) {
    let mut alone = without(document, &["paths", "components", "tags", "servers"]);
    if let Some(info) = document.get("info").filter(|info| info.is_object()) {
        part::<Info>(info, "/info", &[], problems);
        alone["info"] = json!({ "title": "", "version": "" });
    }
    part::<OpenAPI>(&alone, "", &[], problems);
    for (index, tag) in items(document, "tags") {
        part::<Tag>(tag, &join("/tags", &index.to_string()), &[], problems);
    }
    for (index, server) in items(document, "servers") {
        part::<Server>(server, &join("/servers", &index.to_string()), &[], problems);
    }
}

fn path_item(item: &Value, pointer: &str, problems: &mut Problems) {
    let is_operation =
        |verb: &str, described: &Value| (METHODS.contains(&verb) || verb == "trace") && described.is_object();
    let mut alone = item.clone();
    if let Some(entries) = alone.as_object_mut() {
        entries.retain(|verb, described| !is_operation(verb, described));
    }
    part::<ReferenceOr<PathItem>>(&alone, pointer, &["parameters"], problems);
    if item.get("parameters").is_some() {
        problems.error(
            join(pointer, "parameters"),
            "parameters of a path are not supported",
            "write them at each operation",
        );
    }
    for (verb, described) in item.as_object().into_iter().flatten() {
        if is_operation(verb, described) {
            operation(described, &join(pointer, verb), problems);
        }
    }
}

fn operation(described: &Value, pointer: &str, problems: &mut Problems) {
    part::<Operation>(described, pointer, &["parameters", "requestBody", "responses"], problems);
    for (index, value) in items(described, "parameters") {
        let pointer = join(&join(pointer, "parameters"), &index.to_string());
        part::<ReferenceOr<Parameter>>(value, &pointer, &["schema", "content"], problems);
        schema_or_content(value, &pointer, problems);
    }
    if let Some(body) = described.get("requestBody") {
        let pointer = join(pointer, "requestBody");
        part::<ReferenceOr<RequestBody>>(body, &pointer, &["content"], problems);
        schema_or_content(body, &pointer, problems);
    }
    for (status, value) in entries(described, "responses") {
        let pointer = join(&join(pointer, "responses"), status);
        let is_status =
            status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()) && !status.starts_with('0');
        let is_range = status.len() == 3 && status.to_ascii_uppercase().ends_with("XX");
        match status.as_str() {
            status if status.starts_with("x-") => {}
            status if is_status || is_range || status == "default" => response(value, &pointer, problems),
            _ => problems.error(pointer, format!("`{status}` is not a status"), "write one of three digits"),
        }
    }
}

fn response(described: &Value, pointer: &str, problems: &mut Problems) {
    if described.get("$ref").is_some() {
        return problems.error(pointer, "the response is a reference", "write it out");
    }
    part::<Response>(described, pointer, &["headers", "content"], problems);
    for (name, header) in entries(described, "headers") {
        let pointer = join(&join(pointer, "headers"), name);
        if header.get("$ref").is_some() {
            problems.error(pointer, "the header is a reference", "write it out");
            continue;
        }
        part::<Header>(header, &pointer, &["schema", "content"], problems);
        schema_or_content(header, &pointer, problems);
    }
    schema_or_content(described, pointer, problems);
}

fn schema_or_content(described: &Value, pointer: &str, problems: &mut Problems) {
    if let Some(value) = described.get("schema") {
        schema(value, &join(pointer, "schema"), problems);
    }
    for (media, content) in entries(described, "content") {
        let pointer = join(&join(pointer, "content"), media);
        part::<MediaType>(content, &pointer, &["schema"], problems);
        // Some descriptions write null for no schema.
        if let Some(value) = content.get("schema").filter(|value| !value.is_null()) {
            schema(value, &join(&pointer, "schema"), problems);
        }
    }
}

fn schema(described: &Value, pointer: &str, problems: &mut Problems) {
    const ONE: [&str; 3] = ["items", "additionalProperties", "not"];
    const ALL: [&str; 3] = ["allOf", "oneOf", "anyOf"];
    part::<ReferenceOr<Schema>>(described, pointer, &[&ONE[..], &ALL, &["properties"]].concat(), problems);
    for key in ONE {
        if let Some(value) = described.get(key).filter(|value| value.is_object()) {
            schema(value, &join(pointer, key), problems);
        }
    }
    for key in ALL {
        for (index, value) in items(described, key) {
            schema(value, &join(&join(pointer, key), &index.to_string()), problems);
        }
    }
    for (name, value) in entries(described, "properties") {
        schema(value, &join(&join(pointer, "properties"), name), problems);
    }
}

/// Reads a part without the parts under `inner`, which are read separately.
fn part<T: DeserializeOwned + Serialize>(value: &Value, pointer: &str, inner: &[&str], problems: &mut Problems) {
    let alone = without(value, inner);
    let error = match T::deserialize(&alone).map(|read| serde_json::to_value(read).unwrap_or_default()) {
        Ok(read) => return report_unread_keys(&alone, &read, pointer, problems),
        Err(error) => error,
    };
    // Blame the key without which the rest can be read, or without which only that key is missing.
    let is_blamed = |key: &&String| match T::deserialize(without_key(&alone, key)) {
        Ok(_) => true,
        Err(error) => error.to_string() == format!("missing field `{key}`"),
    };
    let blamed = alone.as_object().into_iter().flat_map(Map::keys).find(is_blamed);
    let pointer = blamed.map_or_else(|| pointer.to_owned(), |key| join(pointer, key));
    problems.error(pointer, format!("not a valid description: {error}"), "compare it with the specification");
}

/// Reports keys that were not read, unless their value is empty.
fn report_unread_keys(alone: &Value, read: &Value, pointer: &str, problems: &mut Problems) {
    for (key, value) in alone.as_object().into_iter().flatten() {
        let says_nothing = match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(entries) => entries.is_empty(),
            scalar => [Value::Null, false.into(), "".into()].contains(scalar),
        };
        if read.get(key).is_none() && !says_nothing {
            problems.warning(join(pointer, key), format!("`{key}` has no meaning here"), "fix its name or remove it");
        }
    }
}

/// The value with nothing in its inner parts.
fn without(value: &Value, inner: &[&str]) -> Value {
    let Value::Object(entries) = value else { return value.clone() };
    let emptied = entries.iter().map(|(key, value)| {
        let emptied = match value {
            Value::Object(_) if inner.contains(&key.as_str()) => Value::Object(Map::new()),
            Value::Array(_) if inner.contains(&key.as_str()) => Value::Array(Vec::new()),
            other => other.clone(),
        };
        (key.clone(), emptied)
    });
    Value::Object(emptied.collect())
}

fn without_key(value: &Value, key: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().and_then(|entries| entries.shift_remove(key));
    value
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flatten()
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().enumerate()
}
