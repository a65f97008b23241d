//! The query of a request: each parameter becomes an argument of the type that its row tells.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use dockwright::Value;
use dockwright::operation::{Encoding, Kind, Operation, Parameter, Place};
use serde_json::{Map, json};

use super::form::are_alike;
use super::json;
use super::refuse::{refusal, refuse};
use super::target::decoded;
use crate::refusal::Refusal;

/// Reads a query into arguments. Parameters that mean nothing are left out.
pub(super) fn read(operation: &Operation, query: &str, arguments: &mut Map<String, Value>) -> Result<(), Refusal> {
    // An engine drops a part with a semicolon, and goes on.
    if query.contains(';') {
        return refuse("the query holds a semicolon");
    }
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once('=').unwrap_or((part, ""));
        let decode = |text: &str| decoded(&text.replace('+', "%20")).ok_or_else(|| refusal("the query is not text"));
        let (name, text) = (decode(name)?, decode(text)?);
        let of_query = |parameter: &&Parameter| parameter.place == Place::Query && parameter.name == name;
        let Some(parameter) = operation.parameters.iter().find(of_query) else {
            unknown(operation, &name, &text)?;
            continue;
        };
        add(parameter, &text, arguments)?;
    }
    Ok(())
}

/// Adds the text of a parameter to the arguments.
pub(super) fn add(parameter: &Parameter, text: &str, arguments: &mut Map<String, Value>) -> Result<(), Refusal> {
    let Parameter { name, encoding, .. } = parameter;
    if *encoding == Encoding::Repeated {
        let item = match text.starts_with('{') {
            true => json::parse(text.as_bytes()).map_err(|words| refusal(format!("`{name}` {words}")))?,
            false => Value::from(text),
        };
        if text.is_empty() {
            return Ok(());
        }
        let list = arguments.entry(*name).or_insert_with(|| Value::Array(Vec::new()));
        return list.as_array_mut().map(|list| list.push(item)).ok_or_else(|| refusal(format!("`{name}` is mixed")));
    }
    // Of two, an engine takes the first, and others the last.
    if arguments.contains_key(*name) {
        return refuse(format!("`{name}` is there twice"));
    }
    let wrong = || refusal(format!("`{name}` is not of its type"));
    let value = match encoding {
        _ if text.is_empty() => Value::Null,
        Encoding::Commas => text.split(',').map(Value::from).collect(),
        Encoding::Json => {
            let value = json::parse(text.as_bytes()).map_err(|words| refusal(format!("`{name}` {words}")))?;
            if *name == "filters" { filters(value).ok_or_else(wrong)? } else { value }
        }
        Encoding::Base64Json => {
            let bytes = URL_SAFE.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).map_err(|_| wrong())?;
            json::parse(&bytes).map_err(|words| refusal(format!("`{name}` {words}")))?
        }
        _ => plain(parameter.kind, text).ok_or_else(wrong)?,
    };
    arguments.insert((*name).to_owned(), value);
    Ok(())
}

/// A value from its text, as an engine reads it.
fn plain(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Integer => text.parse::<i64>().ok().map(Value::from),
        Kind::Number => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| json!(number)),
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "0" | "no" | "false" | "none" => Some(Value::Bool(false)),
            "1" | "yes" | "true" => Some(Value::Bool(true)),
            _ => None,
        },
        Kind::String => Some(text.into()),
        Kind::Array | Kind::Object => None,
    }
}

/// Filters with lists of texts as values. Older clients send `{"key": {"value": true}}`.
fn filters(value: Value) -> Option<Value> {
    let Value::Object(mut filters) = value else { return None };
    for values in filters.values_mut() {
        let texts = match values {
            Value::Array(texts) if texts.iter().all(Value::is_string) => continue,
            Value::Object(texts) if texts.values().all(|value| *value == true) => {
                texts.keys().map(String::as_str).map(Value::from).collect()
            }
            _ => return None,
        };
        *values = texts;
    }
    Some(Value::Object(filters))
}

/// Refuses a parameter that the row does not know, unless it means nothing and is no other spelling of one.
fn unknown(operation: &Operation, name: &str, text: &str) -> Result<(), Refusal> {
    let is_spelling = operation.parameters.iter().any(|known| are_alike(known.name, name));
    match !is_spelling && matches!(text, "" | "0" | "false" | "False" | "null" | "{}" | "[]") {
        true => Ok(()),
        false => refuse(format!("unknown parameter `{name}`")),
    }
}
