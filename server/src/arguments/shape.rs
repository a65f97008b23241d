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

/// The parts of one entry by name, such as `key` and `value`.
type Parts = Vec<(&'static str, String)>;

/// Ends a message about a value that its schema does not allow: `; write `body.Cmd` as ["sh","-c","echo hi"]`.
pub(super) fn hint(schema: &Value, value: &Value, at: &Location) -> Option<String> {
    if let Value::String(text) = value
        && let JsonText::Json(json) = json_text::read(text)
    {
        return hint(schema, &json, at);
    }
    // An item of a list has the list's shape.
    let place = if let Location::Index(list, _) = at { list } else { at };
    let kinds = kinds(schema);
    let is_taken = |shaped: &Value| !std::ptr::eq(place, at) || kinds.iter().any(|kind| is_a(shaped, kind));
    let items = if std::ptr::eq(place, at) { value.clone() } else { json!([value]) };
    if let Some(value) = shaped(at.name(), &items).filter(is_taken) {
        return written(&place.to_string(), &value);
    }
    if let Location::Key(parent, key) = place
        && let Some(value) = entry(parent.name(), key, value)
    {
        return written(&parent.to_string(), &value);
    }
    if let Some(value) = derive(schema, value) {
        return written(&at.to_string(), &value);
    }
    let example = find(at.name()).find_map(|shape| fill(shape, &[split(shape.example, shape.form)?]))?;
    Some(format!("; such as {example}"))
}

fn written(path: &str, value: &Value) -> Option<String> {
    let text = value.to_string();
    (text.chars().count() <= MAX_CHARACTERS).then(|| format!("; write `{path}` as {text}"))
}

fn find(property: &str) -> impl Iterator<Item = &'static Shape> {
    tools::SHAPES.iter().filter(move |shape| shape.property == property)
}

/// The value in the first shape of a property whose form fits.
fn shaped(property: &str, value: &Value) -> Option<Value> {
    find(property).find_map(|shape| fill(shape, &entries(value, shape.form)?))
}

/// One entry of a property, where its key was right.
fn entry(property: &str, key: &str, value: &Value) -> Option<Value> {
    let shape = find(property).find(|shape| is_pair(shape.form))?;
    fill(shape, &[vec![("key", key.to_owned()), ("value", filters::text(value)?)]])
}

/// Returns true for the form of a key and a value and no more.
fn is_pair(form: &'static str) -> bool {
    let (parts, _) = parts_of(form);
    parts.len() == 2 && parts.contains(&"key") && parts.contains(&"value")
}

/// The entries in a value: the members of an object, objects of a name and a value, or texts of this form.
fn entries(value: &Value, form: &'static str) -> Option<Vec<Parts>> {
    match value {
        Value::Object(members) if is_pair(form) => members.iter().map(|(key, value)| pair(key, value)).collect(),
        Value::Object(_) => None,
        Value::Array(items) => items.iter().map(|item| item_entry(item, form)).collect(),
        _ => Some(vec![split(&filters::text(value)?, form)?]),
    }
}

fn pair(key: &str, value: &Value) -> Option<Parts> {
    let value = if value.is_null() { String::new() } else { filters::text(value)? };
    Some(vec![("key", key.to_owned()), ("value", value)])
}

/// The entry of an item: a text, `{"A": "1"}` or `{"name": "A", "value": "1"}`.
fn item_entry(item: &Value, form: &'static str) -> Option<Parts> {
    let Value::Object(members) = item else { return split(&filters::text(item)?, form) };
    let member =
        |names: [&str; 2]| members.iter().find(|(name, _)| names.iter().any(|known| name.eq_ignore_ascii_case(known)));
    match (member(["name", "key"]), member(["value", "val"])) {
        _ if !is_pair(form) => None,
        (Some((_, key)), Some((_, value))) if members.len() == 2 => pair(key.as_str()?, value),
        _ if members.len() == 1 => members.iter().next().and_then(|(key, value)| pair(key, value)),
        _ => None,
    }
}

/// The names of the parts of a form, and what separates them in turn.
fn parts_of(form: &'static str) -> (Vec<&'static str>, Vec<char>) {
    let separators = form.chars().filter(|letter| !letter.is_ascii_alphabetic()).collect();
    (form.split(|letter: char| !letter.is_ascii_alphabetic()).collect(), separators)
}

/// Splits a text as its form says, such as `value:key` for `8080:80`. A text with more parts does not fit.
fn split(text: &str, form: &'static str) -> Option<Parts> {
    if form.is_empty() {
        return Some(vec![("value", text.to_owned())]);
    }
    let (names, separators) = parts_of(form);
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    let mut rest = text;
    let mut parts = Vec::new();
    for (name, separator) in names.iter().zip(&separators) {
        let (part, after) = rest.split_once(*separator)?;
        parts.push((*name, part.to_owned()));
        rest = after;
    }
    let is_last = separators.last().is_none_or(|separator| !rest.contains(*separator));
    parts.push((names.last()?, rest.to_owned()));
    let fits = is_last && (form != "word" || is_word && !rest.contains([':', '=']));
    fits.then_some(parts)
}

/// Fills a shape for each entry, and joins the results.
fn fill(shape: &Shape, entries: &[Parts]) -> Option<Value> {
    let template: Value = serde_json::from_str(shape.json).expect("the generator writes JSON");
    let mut filled = entries.iter().map(|parts| fill_value(&template, parts));
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

fn fill_value(template: &Value, parts: &Parts) -> Value {
    match template {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (fill_text(name, parts), fill_value(value, parts))).collect()
        }
        Value::Array(items) => items.iter().map(|item| fill_value(item, parts)).collect(),
        Value::String(text) => match text.strip_prefix('#').map(|text| fill_text(text, parts)) {
            Some(number) => number.parse::<i64>().map_or(number.into(), Value::from),
            None => fill_text(text, parts).into(),
        },
        other => other.clone(),
    }
}

/// Fills a text. A protocol behind a part stays away where the part has one already.
fn fill_text(text: &str, parts: &Parts) -> String {
    parts.iter().fold(text.to_owned(), |text, (name, part)| {
        let place = format!("{{{name}}}");
        let text = if part.contains('/') { text.replace(&format!("{place}/tcp"), &place) } else { text };
        text.replace(&place, part)
    })
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
