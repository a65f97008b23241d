//! Servers in the text of a TOML file. Changes are made in the text, at the places that its parts have.

use std::ops::Range;

use serde_json::{Map, Value};
use toml_edit::{Array, Document, InlineTable, Item, Table};

use super::edits::{Edit, apply, line_at, line_start, newline};

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        format!("line {line}: not TOML: {}", error.message())
    })
}

/// Adds a server: a table at the end, or a member of the inline table in which others stand.
pub(super) fn add(text: &str, servers: &str, name: &str, entry: &Map<String, Value>) -> Result<String, String> {
    let document = parse(text)?;
    match document.as_table().get(servers) {
        None | Some(Item::Table(_)) => Ok(with_table(text, servers, name, entry)),
        Some(item) => match item.as_inline_table() {
            Some(table) => Ok(apply(text, vec![inline_member(text, table, &format!("{name} = {}", inline(entry)))])),
            None => Err(format!("line {}: `{servers}` is not a table", line_of_span(text, item.span()))),
        },
    }
}

fn with_table(text: &str, servers: &str, name: &str, entry: &Map<String, Value>) -> String {
    let newline = newline(text);
    let (before, gap) = match text {
        text if text.trim().is_empty() => ("", String::new()),
        text if text.ends_with('\n') => (text, newline.to_owned()),
        text => (text, newline.repeat(2)),
    };
    let lines: String = entry.iter().map(|(key, value)| format!("{key} = {}{newline}", rendered(value))).collect();
    format!("{before}{gap}[{servers}.{name}]{newline}{lines}")
}

/// Sets members of a server, one after the other.
pub(super) fn set(text: &str, servers: &str, name: &str, members: &Map<String, Value>) -> Result<String, String> {
    let before = read(text)?;
    let mut text = text.to_owned();
    for (key, value) in members.iter().filter(|(key, value)| before[servers][name].get(key) != Some(value)) {
        let document = parse(&text)?;
        let item = entry(&document, servers, name)?;
        let server = item.as_table_like().ok_or_else(nothing)?;
        let edit = match (server.get(key).and_then(Item::span), server.get_key_value("command")) {
            (Some(span), _) => Edit::replace(span, rendered(value)),
            (None, Some((command, program))) => {
                let (start, end) = command
                    .span()
                    .zip(program.span())
                    .map(|(key, value)| (key.start, value.end))
                    .ok_or_else(nothing)?;
                let prefix = prefix(&text, start, item.is_inline_table());
                let gap = if item.is_inline_table() { ", " } else { newline(&text) };
                Edit::insert(line_end_of(&text, item, end), format!("{gap}{prefix}{key} = {}", rendered(value)))
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
    let parent = document.as_table().get(servers).ok_or_else(nothing)?;
    if let Some(table) = parent.as_inline_table() {
        return Ok(apply(text, vec![Edit::remove(inline_range(text, table, name).ok_or_else(nothing)?)]));
    }
    let mut ranges = Vec::new();
    match item {
        Item::Table(table) => tables(table, &mut ranges),
        _ => {
            let key = parent.as_table().and_then(|table| table.get_key_value(name)).and_then(|(key, _)| key.span());
            let (key, value) = key.zip(item.span()).ok_or_else(nothing)?;
            ranges.push(key.start..value.end);
        }
    }
    Ok(apply(text, ranges.into_iter().map(|range| Edit::remove(whole_lines(text, &range))).collect()))
}

/// The line at which a server stands, or else the servers do.
pub(super) fn line_of(text: &str, servers: &str, name: &str) -> usize {
    let Ok(document) = parse(text) else { return 1 };
    let Some((key, item)) = document.as_table().get_key_value(servers) else { return 1 };
    let server = item.as_table_like().and_then(|table| table.get_key_value(name));
    let span = server.and_then(|(key, item)| item.span().or_else(|| key.span()));
    line_of_span(text, span.or_else(|| key.span()))
}

fn line_of_span(text: &str, span: Option<Range<usize>>) -> usize {
    span.map_or(1, |span| line_at(text, span.start))
}

/// A server as an inline table.
fn inline(entry: &Map<String, Value>) -> String {
    let members: Vec<_> = entry.iter().map(|(key, value)| format!("{key} = {}", rendered(value))).collect();
    format!("{{ {} }}", members.join(", "))
}

/// The edit that puts a member last into an inline table.
fn inline_member(text: &str, table: &InlineTable, member: &str) -> Edit {
    let whole = table.span().unwrap_or_default();
    let inside = whole.start + 1..whole.end.saturating_sub(1);
    match extent(table) {
        Some(last) => Edit::insert(last.end, format!(", {member}")),
        None if text[inside.clone()].trim().is_empty() => Edit::replace(inside, format!(" {member} ")),
        None => Edit::insert(inside.start, format!(" {member}")),
    }
}

/// The text of a member of an inline table, with the comma that divides it from the others.
fn inline_range(text: &str, table: &InlineTable, name: &str) -> Option<Range<usize>> {
    let members: Vec<_> =
        table.iter().filter_map(|(key, value)| Some((key, member_extent(table, key, value)?))).collect();
    let place = members.iter().position(|(key, _)| *key == name)?;
    let range = members[place].1.clone();
    let whole = table.span()?;
    Some(match (place.checked_sub(1).map(|place| &members[place].1), members.get(place + 1)) {
        (_, Some((_, next))) => range.start..next.start,
        (Some(previous), None) => previous.end..range.end,
        (None, None) if !text[whole.clone()].contains('#') => whole.start + 1..whole.end - 1,
        (None, None) => text[..range.start].trim_end_matches(' ').len()..range.end,
    })
}

/// The extent of the members of an inline table, keys included.
fn extent(table: &InlineTable) -> Option<Range<usize>> {
    let extents = table.iter().filter_map(|(key, value)| member_extent(table, key, value));
    extents.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
}

/// The extent of a member: from its key to the end of its value, which dotted keys have further in.
fn member_extent(table: &InlineTable, key: &str, value: &toml_edit::Value) -> Option<Range<usize>> {
    let start = table.get_key_value(key)?.0.span()?.start;
    match value.as_inline_table() {
        Some(dotted) if dotted.is_dotted() => Some(start..extent(dotted)?.end),
        _ => Some(start..value.span()?.end),
    }
}

/// The text before a key that another key of its table begins with too: an indent, or the first keys of a dotted one.
fn prefix(text: &str, key: usize, is_inline: bool) -> &str {
    let before = &text[..key];
    if !is_inline {
        return &before[line_start(text, key)..];
    }
    before[before.rfind(['{', ',']).map_or(0, |at| at + 1)..].trim_start()
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

/// The extent of a table without its subtables, and those of the subtables. A table of dotted keys has that of each.
fn tables(table: &Table, ranges: &mut Vec<Range<usize>>) {
    if table.is_dotted() {
        for (key, item) in table.iter() {
            match item {
                Item::Table(subtable) => tables(subtable, ranges),
                item => {
                    let key = table.get_key_value(key).and_then(|(key, _)| key.span());
                    ranges.extend(key.zip(item.span()).map(|(key, value)| key.start..value.end));
                }
            }
        }
        return;
    }
    let mut own = table.span().filter(|_| !table.is_implicit());
    let mut subtables = Vec::new();
    for (_, item) in table.iter() {
        match item {
            Item::Table(subtable) if !subtable.is_dotted() => subtables.push(subtable),
            Item::ArrayOfTables(array) => subtables.extend(array.iter()),
            item => {
                if let Some(own) = &mut own {
                    own.end = own.end.max(end(item));
                }
            }
        }
    }
    ranges.extend(own);
    subtables.into_iter().for_each(|subtable| tables(subtable, ranges));
}

/// The end of a member. The span of a table of dotted keys is its first key alone.
fn end(item: &Item) -> usize {
    match item {
        Item::Table(table) if table.is_dotted() => table.iter().map(|(_, item)| end(item)).max().unwrap_or_default(),
        item => item.span().map_or(0, |span| span.end),
    }
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
