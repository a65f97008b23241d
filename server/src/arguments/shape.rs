//! The end of a message about a value of another type: the value to write, made from what was given. Shapes come from
//! the schema, and from the overlay where a schema cannot tell, as for a command line.

use dockwright::tools::{self, Shape};
use serde_json::{Map, Value, json};

use super::definitions::{is_a, kinds, map_values, members, properties, resolved};
use super::filters;
use super::json_text::{self, JsonText};
use super::location::Location;

/// Maximum number of characters of a value that a message shows.
const MAX_CHARACTERS: usize = 200;

/// A key and a value, each as text; the key is empty where only one was given.
type Pair = (String, String);

/// Ends a message about a value that its schema does not allow: `; write `body.Cmd` as ["sh","-c","echo hi"]`.
pub(super) fn hint(schema: &Value, value: &Value, at: &Location) -> Option<String> {
    if let Value::String(text) = value
        && let JsonText::Json(json) = json_text::read(text)
    {
        return hint(schema, &json, at);
    }
    // An item of a list has the list's shape.
    let place = if let Location::Index(list, _) = at { list } else { at };
    let shaped = |shape: &'static Shape| fill_all(shape, &pairs(value, shape.pair)?);
    if let Some(value) = find(at.name()).and_then(shaped) {
        return written(&place.to_string(), &value);
    }
    if let Location::Key(parent, key) = at
        && let Some(shape) = find(parent.name()).filter(|shape| !shape.pair.is_empty())
    {
        let pair = ((*key).to_owned(), filters::text(value)?);
        return written(&parent.to_string(), &fill_all(shape, &[pair])?);
    }
    written(&at.to_string(), &derive(schema, value)?)
}

fn written(path: &str, value: &Value) -> Option<String> {
    let text = value.to_string();
    (text.chars().count() <= MAX_CHARACTERS).then(|| format!("; write `{path}` as {text}"))
}

fn find(property: &str) -> Option<&'static Shape> {
    tools::SHAPES.iter().find(|shape| shape.property == property)
}

/// The pairs in a value: the members of an object, or texts that are split as in `key:value`.
fn pairs(value: &Value, form: &str) -> Option<Vec<Pair>> {
    match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| Some((key.clone(), filters::text(value)?))).collect()
        }
        Value::Array(items) => items.iter().map(|item| split(&filters::text(item)?, form)).collect(),
        _ => Some(vec![split(&filters::text(value)?, form)?]),
    }
}

/// Splits a text as its form says, such as `value:key` for `8080:80`.
fn split(text: &str, form: &str) -> Option<Pair> {
    let Some(separator) = form.chars().find(|letter| !letter.is_ascii_alphabetic()) else {
        return Some((String::new(), text.to_owned()));
    };
    let (first, second) = text.split_once(separator).filter(|(_, second)| !second.contains(separator))?;
    let (first, second) = (first.to_owned(), second.to_owned());
    Some(if form.starts_with("key") { (first, second) } else { (second, first) })
}

/// Fills a shape for each pair, and joins the results.
fn fill_all(shape: &Shape, pairs: &[Pair]) -> Option<Value> {
    let template: Value = serde_json::from_str(shape.json).expect("the generator writes JSON");
    let mut filled = pairs.iter().map(|pair| fill(&template, pair));
    let mut joined = filled.next()?;
    for more in filled {
        match (&mut joined, more) {
            (Value::Array(items), Value::Array(more)) => items.extend(more),
            (Value::Object(members), Value::Object(more)) => members.extend(more),
            _ => return None,
        }
    }
    Some(joined)
}

fn fill(template: &Value, pair: &Pair) -> Value {
    match template {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (fill_text(name, pair), fill(value, pair))).collect()
        }
        Value::Array(items) => items.iter().map(|item| fill(item, pair)).collect(),
        Value::String(text) => match text.strip_prefix('#').map(|text| fill_text(text, pair)) {
            Some(number) => number.parse::<i64>().map_or(number.into(), Value::from),
            None => fill_text(text, pair).into(),
        },
        other => other.clone(),
    }
}

/// Fills a text. A protocol after the key stays away where the key has one already.
fn fill_text(text: &str, (key, value): &Pair) -> String {
    let text = if key.contains('/') { text.replace("{key}/tcp", "{key}") } else { text.to_owned() };
    text.replace("{key}", key).replace("{value}", value)
}

/// The value that the schema itself suggests.
fn derive(schema: &Value, value: &Value) -> Option<Value> {
    let kinds = kinds(schema);
    if kinds.contains(&"array") {
        return list(resolved(schema.get("items")?), value);
    }
    if !kinds.contains(&"object") {
        return None;
    }
    match map_values(schema) {
        Some(values) => map(resolved(values), value),
        None => properties(schema).map_or_else(|| marks(value), |properties| object(properties, value)),
    }
}

/// A list: of one item, or of texts such as `A=1` in place of an object.
fn list(items: &Value, value: &Value) -> Option<Value> {
    let kinds = kinds(items);
    match value {
        Value::Object(members) if kinds.contains(&"string") => {
            let pair = |(key, value): (&String, &Value)| Some(Value::from(format!("{key}={}", filters::text(value)?)));
            members.iter().map(pair).collect::<Option<Vec<_>>>().map(Value::from)
        }
        Value::Array(_) => None,
        _ if kinds.iter().any(|kind| is_a(value, kind)) => Some(json!([value])),
        _ => None,
    }
}

/// A map, in place of a text or a list of texts such as `a=b` or `80/tcp`.
fn map(values: &Value, value: &Value) -> Option<Value> {
    let texts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(filters::text).collect::<Option<_>>()?,
        _ => vec![filters::text(value)?],
    };
    let kinds = kinds(values);
    let entry = |text: &String| match text.split_once('=') {
        Some((key, value)) if kinds.contains(&"string") => Some((key.to_owned(), value.into())),
        None if kinds.contains(&"object") => Some((text.clone(), json!({}))),
        _ => None,
    };
    texts.iter().map(entry).collect::<Option<Map<_, _>>>().map(Value::from)
}

/// A set, whose members are keys of `{}`, in place of a list of texts.
fn marks(value: &Value) -> Option<Value> {
    map(&json!({ "type": "object" }), value)
}

/// An object, in place of a text that is one of its properties, or `name=value`.
fn object(properties: &Map<String, Value>, value: &Value) -> Option<Value> {
    let texts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(filters::text).collect::<Option<_>>()?,
        _ => vec![filters::text(value)?],
    };
    let mut object = Map::new();
    for text in &texts {
        match text.split_once('=') {
            Some((key, value)) if properties.get(key).is_some_and(takes_values) => {
                let values = object.entry(key).or_insert_with(|| json!([]));
                values.as_array_mut()?.push(value.into());
            }
            _ => object.extend(member(properties, text)?),
        }
    }
    Some(object.into())
}

fn takes_values(schema: &Value) -> bool {
    filters::is_filter(&kinds(schema))
}

/// The property of whose enumeration a text is a member, and for `on-failure:3` the only number beside it.
fn member(properties: &Map<String, Value>, text: &str) -> Option<Map<String, Value>> {
    let (name, number) = text.split_once(':').unwrap_or((text, ""));
    let is_member = |schema: &Value| members(resolved(schema)).is_some_and(|members| members.contains(&name.into()));
    let (property, _) = properties.iter().find(|(_, schema)| is_member(schema))?;
    let mut object = Map::from_iter([(property.clone(), name.into())]);
    if let Ok(number) = number.parse::<i64>() {
        let mut numbers = properties.iter().filter(|(_, schema)| kinds(resolved(schema)).contains(&"integer"));
        let (property, _) = numbers.next()?;
        object.insert(property.clone(), number.into());
    }
    Some(object)
}
