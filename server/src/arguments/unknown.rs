//! The end of a message about a name that its place does not have: the path to write instead. The name is looked for
//! among the words of the CLI and Compose, then in the whole schema at any depth and in any case, then near by.

use std::collections::{BTreeSet, VecDeque};

use dockwright::Operation;
use serde_json::{Map, Value};

use super::definitions::{map_values, properties, resolved};
use super::location::Location;
use super::words;
use crate::catalogue::nearest::{did_you_mean, nearest};

/// Maximum number of names listed when none is near.
const MAX_NAMES: usize = 15;

/// Maximum number of paths suggested.
const MAX_PATHS: usize = 3;

/// Ends a message about a name that its place does not have; `properties` are those of its place.
pub(super) fn hint(
    operation: Option<&Operation>,
    whole: &Value,
    at: &Location,
    properties: Option<&Map<String, Value>>,
) -> String {
    let name = at.name();
    let is_filter = !at.is_argument() && at.argument() != Some("body");
    let found = if is_filter { Vec::new() } else { find(operation, whole, at) };
    if !found.is_empty() {
        let paths: Vec<_> = found.iter().map(String::as_str).collect();
        let beside = at.argument() == Some("body") && !at.is_argument() && !found[0].contains('.');
        let beside = if beside { " It goes beside `body`." } else { "" };
        return did_you_mean(&paths) + beside;
    }
    let parent = if at.is_argument() { "this tool".to_owned() } else { format!("`{}`", at.parent()) };
    let known: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    match nearest(name, known.iter().copied()).as_slice() {
        [] if known.is_empty() => format!("; {parent} takes no arguments"),
        [] if known.len() <= MAX_NAMES => format!("; {parent} takes `{}`", known.join("`, `")),
        near => did_you_mean(near),
    }
}

/// The paths that a name may mean.
fn find(operation: Option<&Operation>, whole: &Value, at: &Location) -> Vec<String> {
    let written = at.to_string();
    let is_known = |path: &&str| *path != written && leads(whole, path);
    let words = words::arguments(at.name()).iter().filter_map(|argument| of_operation(argument, operation));
    let mut words = words.filter(is_known);
    match words.next() {
        Some(path) => vec![path.to_owned()],
        None => search(whole, at.name(), &written),
    }
}

/// The path of a word's argument, unless it is for another operation.
fn of_operation(argument: &'static str, operation: Option<&Operation>) -> Option<&'static str> {
    match argument.split_once(' ') {
        Some((id, path)) => operation.is_some_and(|operation| operation.id == id).then_some(path),
        None => Some(argument),
    }
}

/// Returns true if a dotted path names a part of a schema; `[0]` stands for an item.
pub(super) fn leads(schema: &Value, path: &str) -> bool {
    let mut schema = resolved(schema);
    for step in path.split('.') {
        let (name, item) = step.strip_suffix("[0]").map_or((step, false), |name| (name, true));
        let Some(property) = properties(schema).and_then(|properties| properties.get(name)) else { return false };
        schema = resolved(property);
        if item {
            let Some(items) = schema.get("items") else { return false };
            schema = resolved(items);
        }
    }
    true
}

/// The shortest paths to properties of this name, in any case.
fn search(whole: &Value, name: &str, written: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut open = VecDeque::from([(String::new(), whole, 0)]);
    let mut found: Vec<(usize, String)> = Vec::new();
    while let Some((path, schema, depth)) = open.pop_front() {
        if found.first().is_some_and(|(least, _)| *least < depth + 1) {
            break;
        }
        for (property, below) in properties(schema).into_iter().flatten() {
            let path = if path.is_empty() { property.clone() } else { format!("{path}.{property}") };
            if words::is_alike(property, name) && path != written {
                found.push((depth + 1, path.clone()));
            }
            let (suffix, below) = inner(below);
            let is_new = below.get("$ref").and_then(Value::as_str).is_none_or(|name| seen.insert(name));
            if is_new {
                open.push_back((path + suffix, resolved(below), depth + 1));
            }
        }
    }
    found.into_iter().map(|(_, path)| path).take(MAX_PATHS).collect()
}

/// The schema of the items or values of a list or map, and their place in a path.
fn inner(schema: &Value) -> (&'static str, &Value) {
    let list = resolved(schema);
    match (list.get("items"), map_values(list)) {
        (Some(items), _) => ("[0]", items),
        (None, Some(values)) => (".KEY", values),
        (None, None) => ("", schema),
    }
}
