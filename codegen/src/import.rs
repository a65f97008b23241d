//! Reduces an upstream description to facts: the same Swagger 2.0 document without its prose, written so that a change
//! upstream is a change of few lines. Only this file decides which keys are kept.

use serde_json::{Map, Value};

use crate::problem::Problem;

/// Keys of words, examples and names of other languages, anywhere.
const PROSE: [&str; 7] = ["description", "summary", "example", "examples", "externalDocs", "title", "termsOfService"];

/// Vendor extensions that affect the generated code.
const EXTENSIONS: [&str; 2] = ["x-nullable", "x-go-type"];

/// The facts of an upstream description.
pub fn import(file: &str, upstream: &Value) -> Result<Value, Problem> {
    let refuse = |what: &str| Problem::with_file(file, what, "name a Swagger 2.0 description");
    if upstream.get("swagger").and_then(Value::as_str) != Some("2.0") {
        return Err(refuse("not Swagger 2.0"));
    }
    if upstream.pointer("/info/version").is_some_and(Value::is_number) {
        // YAML reads 1.60 as 1.6, so the number is not the version any more.
        return Err(Problem::with_file(file, "`info.version` is a number", "quote it: `version: \"1.55\"`"));
    }
    if version(upstream).is_none() {
        return Err(refuse("no `info.version` of the form `1.55`"));
    }
    let mut facts = strip(upstream, KeyOrigin::Format);
    // The title of the API stays: the overlay applies by it.
    if let Some(title) = upstream.pointer("/info/title") {
        facts["info"]["title"] = title.clone();
    }
    Ok(facts)
}

/// The version of a description, `1.55`.
pub fn version(description: &Value) -> Option<&str> {
    let version = description.pointer("/info/version")?.as_str()?;
    let (major, minor) = version.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(major) && digits(minor)).then_some(version)
}

/// The text of a facts file: JSON with one line for each path and each definition.
pub fn render(facts: &Value) -> String {
    let mut text = String::from("{\n");
    for (index, (key, value)) in facts.as_object().into_iter().flatten().enumerate() {
        if index > 0 {
            text.push_str(",\n");
        }
        text.push_str(&format!("{}:", Value::from(key.as_str())));
        match value {
            Value::Object(entries) if key == "paths" || key == "definitions" => text.push_str(&lines(entries)),
            value => text.push_str(&value.to_string()),
        }
    }
    text.push_str("\n}\n");
    text
}

fn lines(entries: &Map<String, Value>) -> String {
    let lines: Vec<_> = entries.iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str()))).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// The keys of an object: keywords of the format, or names that the API chose (a property may be called `title`).
#[derive(Clone, Copy, PartialEq)]
enum KeyOrigin {
    Format,
    Api,
}

fn strip(value: &Value, origin: KeyOrigin) -> Value {
    match value {
        Value::Object(entries) => Value::Object(
            entries
                .iter()
                .filter(|(key, value)| origin == KeyOrigin::Api || is_fact(key, value, entries))
                .map(|(key, value)| (key.clone(), strip_entry(key, value, origin)))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(|item| strip(item, KeyOrigin::Format)).collect(),
        scalar => scalar.clone(),
    }
}

fn strip_entry(key: &str, value: &Value, origin: KeyOrigin) -> Value {
    match key {
        _ if origin == KeyOrigin::Api => strip(value, KeyOrigin::Format),
        "properties" | "definitions" | "paths" | "responses" | "headers" => strip(value, KeyOrigin::Api),
        "default" | "enum" | "x-go-type" => value.clone(),
        _ => strip(value, KeyOrigin::Format),
    }
}

fn is_fact(key: &str, value: &Value, beside: &Map<String, Value>) -> bool {
    match key {
        _ if PROSE.contains(&key) => false,
        // Counts only where nothing else gives the type.
        "x-go-type" => !beside.contains_key("type") && !beside.contains_key("$ref"),
        _ if key.starts_with("x-") => EXTENSIONS.contains(&key),
        "required" => value != &Value::Bool(false),
        _ => true,
    }
}
