//! Servers in the text of a JSON file with comments. Changes are made in the text, at the places that its parts have.

use jsonc_parser::ast::{self, Object, ObjectProp};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Value, json};

use super::edits::{Edit, apply, line_at, line_start, newline};

/// JSON with comments and trailing commas, and no other liberty.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a text; one of comments alone is null.
pub(super) fn read(text: &str) -> Result<Value, String> {
    Ok(parse(text)?.map_or(Value::Null, Value::from))
}

/// Adds a server.
pub(super) fn add(text: &str, servers: &str, name: &str, entry: &Map<String, Value>) -> Result<String, String> {
    let Some(content) = parse(text)? else { return Ok(start(text, &json!({ servers: { name: entry } }))) };
    let root = object(text, &content, "the file")?;
    let entry = json!(entry);
    let edits = match member(text, root, servers)? {
        None => insertion(text, root, root, servers, &json!({ name: entry })),
        Some(found) => insertion(text, root, object(text, &found.value, servers)?, name, &entry),
    };
    Ok(apply(text, edits))
}

/// Sets members of a server, one after the other.
pub(super) fn set(text: &str, servers: &str, name: &str, members: &Map<String, Value>) -> Result<String, String> {
    let mut text = text.to_owned();
    for (key, value) in members {
        let content = parse(&text)?.ok_or_else(nothing)?;
        let root = object(&text, &content, "the file")?;
        let entry = entry(&text, root, servers, name)?;
        let entry = object(&text, &entry.value, name)?;
        let edits = match member(&text, entry, key)? {
            None => insertion(&text, root, entry, key, value),
            Some(found) if Value::from(found.value.clone()) == *value => continue,
            Some(found) => {
                let Range { start, end } = found.value.range();
                vec![Edit::replace(start..end, rendered(&text, root, found.range.start, entry, value))]
            }
        };
        text = apply(&text, edits);
    }
    Ok(text)
}

/// Removes a server.
pub(super) fn remove(text: &str, servers: &str, name: &str) -> Result<String, String> {
    let content = parse(text)?.ok_or_else(nothing)?;
    let root = object(text, &content, "the file")?;
    let entry = entry(text, root, servers, name)?;
    let servers = member(text, root, servers)?.ok_or_else(nothing)?;
    Ok(apply(text, removal(text, object(text, &servers.value, "the servers")?, entry)))
}

/// The line at which a server stands, or else the servers do.
pub(super) fn line_of(text: &str, servers: &str, name: &str) -> usize {
    let content = parse(text).ok().flatten();
    let servers = content.as_ref().and_then(ast::Value::as_object).and_then(|root| root.get(servers));
    let server = servers.and_then(|servers| servers.value.as_object()?.get(name));
    server.or(servers).map_or(1, |found| line_at(text, found.range.start))
}

fn nothing() -> String {
    "no such entry".to_owned()
}

fn parse(text: &str) -> Result<Option<ast::Value<'_>>, String> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &OPTIONS);
    let content = parsed.map_err(|error| {
        format!("line {}: not JSON: {}", error.line_display(), error.kind().to_string().to_lowercase())
    })?;
    Ok(content.value)
}

/// The object that a value is.
fn object<'a, 'b>(text: &str, value: &'b ast::Value<'a>, what: &str) -> Result<&'b Object<'a>, String> {
    value.as_object().ok_or_else(|| format!("line {}: `{what}` is not an object", line_at(text, value.range().start)))
}

/// The member of a name. One that stands twice is refused, as clients differ in which they read.
fn member<'a, 'b>(text: &str, object: &'b Object<'a>, name: &str) -> Result<Option<&'b ObjectProp<'a>>, String> {
    let mut found = object.properties.iter().filter(|property| property.name.as_str() == name);
    let first = found.next();
    match found.next() {
        None => Ok(first),
        Some(second) => Err(format!("line {}: `{name}` stands twice", line_at(text, second.range.start))),
    }
}

fn entry<'a, 'b>(text: &str, root: &'b Object<'a>, servers: &str, name: &str) -> Result<&'b ObjectProp<'a>, String> {
    let servers_member = member(text, root, servers)?.ok_or_else(nothing)?;
    member(text, object(text, &servers_member.value, servers)?, name)?.ok_or_else(nothing)
}

/// The text of a file that has had no value yet.
fn start(text: &str, content: &Value) -> String {
    let newline = newline(text);
    let before = if text.trim().is_empty() { "" } else { text };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    format!("{before}{gap}{}{newline}", pretty(content, "  ", "", newline))
}

/// The edits that put a member last into an object.
fn insertion(text: &str, root: &Object, object: &Object, key: &str, value: &Value) -> Vec<Edit> {
    let outer = indent(text, object.range.start);
    let (newline, inner) = match object.properties.last() {
        _ if is_inline(text, root, object) => ("", String::new()),
        Some(last) => (newline(text), indent(text, last.range.start).to_owned()),
        None => (newline(text), format!("{outer}{}", unit(text, root))),
    };
    let value = match newline {
        "" => value.to_string(),
        _ => pretty(value, &unit(text, root), &inner, newline),
    };
    let member = format!("{newline}{inner}{}: {value}", json!(key));
    let Some(last) = object.properties.last() else {
        let inside = &text[object.range.start + 1..object.range.end - 1];
        let end = if newline.is_empty() || inside.contains('\n') { String::new() } else { format!("{newline}{outer}") };
        return vec![Edit::insert(object.range.start + 1, member + &end)];
    };
    let member = if newline.is_empty() { format!(" {member}") } else { member };
    match comma_after(text, last.range.end) {
        Some(comma) => vec![Edit::insert(line_comments_end(text, comma + 1), member + ",")],
        None => vec![Edit::insert(last.range.end, ","), Edit::insert(line_comments_end(text, last.range.end), member)],
    }
}

/// The edits that take a member out of an object, with its line and its comma.
fn removal(text: &str, object: &Object, property: &ObjectProp) -> Vec<Edit> {
    let inside = object.range.start + 1..object.range.end - 1;
    let around = [&text[inside.start..property.range.start], &text[property.range.end..inside.end]].concat();
    if object.properties.len() == 1 && around.chars().all(|character| character.is_whitespace() || character == ',') {
        return vec![Edit::remove(inside)];
    }
    let before = text[..property.range.start].trim_end_matches([' ', '\t']);
    let line = before.strip_suffix('\n').map(|before| before.strip_suffix('\r').unwrap_or(before));
    let start = line.unwrap_or(before).len();
    let comma = comma_after(text, property.range.end);
    let end = comma.map_or(property.range.end, |comma| comma + 1);
    let after = text[end..].trim_start_matches([' ', '\t']);
    let is_alone = after.is_empty() || after.starts_with(['\r', '\n']);
    // The line break stays for what follows on the line: before it may be a comment that it ends.
    let range = match (line.is_some() || start == inside.start) && !is_alone {
        true => property.range.start..text.len() - after.len(),
        false => start..end,
    };
    let previous = object.properties.iter().rev().find(|other| other.range.end <= property.range.start);
    let previous = previous.filter(|_| comma.is_none()).and_then(|previous| comma_after(text, previous.range.end));
    previous.map(|comma| Edit::remove(comma..comma + 1)).into_iter().chain([Edit::remove(range)]).collect()
}

/// A value as it stands behind a member that begins at an offset.
fn rendered(text: &str, root: &Object, start: usize, object: &Object, value: &Value) -> String {
    match is_inline(text, root, object) {
        true => value.to_string(),
        false => pretty(value, &unit(text, root), indent(text, start), newline(text)),
    }
}

/// Tells if an object stands in one line, as does a file without lines.
fn is_inline(text: &str, root: &Object, object: &Object) -> bool {
    let lines_of = if object.properties.is_empty() { root } else { object };
    !lines_of.properties.is_empty() && !text[lines_of.range.start..lines_of.range.end].contains('\n')
}

/// The spaces that a step of the file's depth has.
fn unit(text: &str, root: &Object) -> String {
    let first = root.properties.first().map(|first| &text[line_start(text, first.range.start)..first.range.start]);
    first.filter(|before| !before.is_empty() && before.trim().is_empty()).unwrap_or("  ").to_owned()
}

/// The spaces at the start of a line.
fn indent(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// A value on several lines, the first of which is already indented.
fn pretty(value: &Value, unit: &str, indent: &str, newline: &str) -> String {
    let inner = format!("{indent}{unit}");
    let (open, close, parts): (_, _, Vec<String>) = match value {
        Value::Object(members) if !members.is_empty() => {
            let part =
                |(key, value): (&String, &Value)| format!("{}: {}", json!(key), pretty(value, unit, &inner, newline));
            ('{', '}', members.iter().map(part).collect())
        }
        Value::Array(items) if !items.is_empty() => {
            ('[', ']', items.iter().map(|item| pretty(item, unit, &inner, newline)).collect())
        }
        other => return other.to_string(),
    };
    let parts = parts.join(&format!(",{newline}{inner}"));
    format!("{open}{newline}{inner}{parts}{newline}{indent}{close}")
}

/// The offset of the comma that follows, after spaces and comments.
fn comma_after(text: &str, mut offset: usize) -> Option<usize> {
    loop {
        offset = text.len() - text[offset..].trim_start().len();
        match text[offset..].chars().next()? {
            ',' => return Some(offset),
            _ => offset = comment_end(text, offset)?,
        }
    }
}

/// The end of the comments that begin and end on the line of an offset; the offset itself without any.
fn line_comments_end(text: &str, offset: usize) -> usize {
    let start = text.len() - text[offset..].trim_start_matches([' ', '\t']).len();
    match comment_end(text, start) {
        Some(end) if !text[start..end].contains('\n') => line_comments_end(text, end),
        _ => offset,
    }
}

/// The end of the comment that begins at an offset.
fn comment_end(text: &str, offset: usize) -> Option<usize> {
    let rest = &text[offset..];
    if rest.starts_with("//") {
        let line = rest.lines().next().unwrap_or_default();
        return Some(offset + line.len());
    }
    rest.starts_with("/*").then(|| rest.find("*/").map_or(text.len(), |end| offset + end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_server_takes_its_line_only_if_nothing_else_is_there() {
        for (before, after) in [
            ("{ // mine\n \"docker\": {} }", "{ // mine\n }"),
            ("{\n  // both\n  \"docker\": {}, \"git\": {}\n}", "{\n  // both\n  \"git\": {}\n}"),
            ("{\n  // both\n  \"git\": {}, \"docker\": {}\n}", "{\n  // both\n  \"git\": {}\n}"),
            ("{\n  \"docker\": {}, // mine\n  \"git\": {}\n}", "{\n  // mine\n  \"git\": {}\n}"),
            ("{\n  \"git\": {}, // other\n  \"docker\": {}\n}", "{\n  \"git\": {} // other\n}"),
            ("{ \"docker\": {}, \"git\": {} }", "{ \"git\": {} }"),
        ] {
            let within = |servers: &str| format!("{{ \"servers\": {servers} }}");
            assert_eq!(remove(&within(before), "servers", "docker"), Ok(within(after)), "{before}");
        }
    }
}
