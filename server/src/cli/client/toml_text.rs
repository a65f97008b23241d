//! Servers in the text of a TOML file. Changes are made in the text, at the places that its parts have.

use std::ops::Range;

use serde_json::{Map, Value};
use toml_edit::{Array, Document, Item, Table};

use super::edits::{Edit, apply, line_at, line_start, newline};

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("line {line}: not TOML: {}", error.message())
    })
}

/// Adds a server, as a table at the end.
pub(super) fn add(text: &str, servers: &str, name: &str, entry: &Map<String, Value>) -> Result<String, String> {
    let document = parse(text)?;
    if let Some(item) = document.as_table().get(servers)
        && !item.is_table()
    {
        let line = item.span().map_or(1, |span| line_at(text, span.start));
        return Err(format!(
            "line {line}: write `{servers}` as tables `[{servers}.NAME]`, beside which others can stand"
        ));
    }
    let newline = newline(text);
    let (before, gap) = match text {
        text if text.trim().is_empty() => ("", String::new()),
        text if text.ends_with('\n') => (text, newline.to_owned()),
        text => (text, newline.repeat(2)),
    };
    let lines: String = entry.iter().map(|(key, value)| format!("{key} = {}{newline}", rendered(value))).collect();
    Ok(format!("{before}{gap}[{servers}.{name}]{newline}{lines}"))
}

/// Sets members of a server, one after the other.
pub(super) fn set(text: &str, servers: &str, name: &str, members: &Map<String, Value>) -> Result<String, String> {
    let before = read(text)?;
    let mut text = text.to_owned();
    for (key, value) in members.iter().filter(|(key, value)| before[servers][name].get(key) != Some(value)) {
        let document = parse(&text)?;
        let item = entry(&document, servers, name)?;
        let edit = match (item.get(key).and_then(Item::span), item.get("command").and_then(Item::span)) {
            (Some(span), _) => Edit::replace(span, rendered(value)),
            (None, Some(command)) => {
                let gap = if item.is_inline_table() { ", " } else { newline(&text) };
                Edit::insert(line_end_of(&text, item, command.end), format!("{gap}{key} = {}", rendered(value)))
            }
            (None, None) => return Err(nothing()),
        };
        text = apply(&text, vec![edit]);
    }
    Ok(text)
}

/// Removes a server.
pub(super) fn remove(text: &str, servers: &str, name: &str) -> Result<String, String> {
    let document = parse(text)?;
    let item = entry(&document, servers, name)?;
    let mut ranges = Vec::new();
    match item {
        Item::Table(table) => tables(table, &mut ranges),
        _ => {
            let table = document.as_table().get(servers).and_then(Item::as_table);
            let key = table.and_then(|table| table.get_key_value(name)).and_then(|(key, _)| key.span());
            let (key, value) = key.zip(item.span()).ok_or_else(nothing)?;
            ranges.push(key.start..value.end);
        }
    }
    Ok(apply(text, ranges.into_iter().map(|range| Edit::remove(whole_lines(text, &range))).collect()))
}

fn nothing() -> String {
    "no such entry".to_owned()
}

fn parse(text: &str) -> Result<Document<&str>, String> {
    Document::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("line {line}: not TOML: {}", error.message())
    })
}

fn entry<'a>(document: &'a Document<&str>, servers: &str, name: &str) -> Result<&'a Item, String> {
    document.as_table().get(servers).and_then(|servers| servers.get(name)).ok_or_else(nothing)
}

/// The extent of a table without its subtables, and those of the subtables.
fn tables(table: &Table, ranges: &mut Vec<Range<usize>>) {
    let mut own = table.span().filter(|_| !table.is_dotted() && !table.is_implicit());
    let mut subtables = Vec::new();
    for (_, item) in table.iter() {
        match item {
            Item::Table(subtable) if !subtable.is_dotted() => subtables.push(subtable),
            Item::ArrayOfTables(array) => subtables.extend(array.iter()),
            item => {
                if let (Some(own), Some(span)) = (&mut own, item.span()) {
                    own.end = own.end.max(span.end);
                }
            }
        }
    }
    ranges.extend(own);
    subtables.into_iter().for_each(|subtable| tables(subtable, ranges));
}

/// Extends a range to whole lines, and to the empty line before them unless it still divides something.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = line_start(text, range.start);
    let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
    let (before, after) = (&text[..start], &text[end..]);
    let newline = newline(text);
    let divides = !after.is_empty() && !after.starts_with(newline);
    match before.strip_suffix(newline) {
        Some(shorter) if !divides && shorter.ends_with('\n') => shorter.len()..end,
        _ => start..end,
    }
}

/// The place behind a value for another member: the end of its line, or in an inline table of the value.
fn line_end_of(text: &str, item: &Item, value_end: usize) -> usize {
    if item.is_inline_table() {
        return value_end;
    }
    value_end + text[value_end..].lines().next().unwrap_or_default().len()
}

/// A text or a list of texts, as TOML writes it.
fn rendered(value: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Array>().to_string(),
        value => toml_edit::Value::from(text(value)).to_string(),
    }
}
