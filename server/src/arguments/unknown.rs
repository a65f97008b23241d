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

/// A name that its place does not have.
pub(super) struct UnknownName<'a> {
    /// The operation that is called, or that most arguments are for.
    pub(super) operation: Option<&'a Operation>,
    /// The schema in which the name is looked for.
    pub(super) whole: &'a Value,
    pub(super) at: &'a Location<'a>,
    pub(super) value: &'a Value,
    /// The properties of its place.
    pub(super) properties: Option<&'a Map<String, Value>>,
    /// The required properties that its place lacks.
    pub(super) missing: &'a [&'a str],
}

/// Ends a message about a name that its place does not have.
pub(super) fn hint(unknown: &UnknownName) -> String {
    let UnknownName { operation, whole, at, value, properties, missing } = *unknown;
    let name = at.name();
    let is_filter = at.argument() == Some("filters") && !at.is_argument();
    let found = alike(properties, at).map_or_else(|| find(operation, whole, at), |path| vec![path]);
    let key = |path: String| if is_filter { path.strip_prefix("filters.").map(str::to_owned) } else { Some(path) };
    let found: Vec<_> = found.into_iter().filter_map(key).collect();
    let found = if found.is_empty() { target(operation, name, missing).into_iter().collect() } else { found };
    if found.is_empty()
        && let Some(answer) = words::absent(name, operation)
    {
        return format!("; {answer}");
    }
    let found = if found.is_empty() { find_parts(operation, whole, at, value) } else { found };
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

/// The path to a property of this place that is written with other case, `_` or `-`.
fn alike(properties: Option<&Map<String, Value>>, at: &Location) -> Option<String> {
    // A word of the CLI such as `volumes` may mean another one.
    let mut alike = properties?.keys().filter(|property| words::is_alike(property, at.name()));
    let property = alike.next().filter(|_| alike.next().is_none() && words::arguments(at.name()).is_empty())?;
    Some(Location::Key(at.parent(), property).to_string())
}

/// The argument that names the target of a call, where it is missing and this name is one for it.
fn target(operation: Option<&Operation>, name: &str, missing: &[&str]) -> Option<String> {
    let operation = operation?;
    let name = name.to_lowercase();
    let kind = operation.tag.to_lowercase();
    let names_it = name == kind || name == format!("{kind}s") || name.ends_with("id") || name.ends_with("name");
    let mut targets = operation.path_parameters().map(|parameter| parameter.name);
    let target = targets.next().filter(|target| targets.next().is_none() && missing.contains(target))?;
    names_it.then(|| target.to_owned())
}

/// The paths that the innermost names in an object may mean, such as `memory` in `{"limits": {"memory": 1}}`.
fn find_parts(operation: Option<&Operation>, whole: &Value, at: &Location, value: &Value) -> Vec<String> {
    let Value::Object(members) = value else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for (name, member) in members.iter().take(MAX_NAMES) {
        let at = Location::Key(at, name);
        let below = find_parts(operation, whole, &at, member);
        let paths = if below.is_empty() { find(operation, whole, &at) } else { below };
        for path in paths {
            if !found.contains(&path) && found.len() < MAX_PATHS {
                found.push(path);
            }
        }
    }
    found
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
                open.push_back((path + &suffix, resolved(below), depth + 1));
            }
        }
    }
    found.into_iter().map(|(_, path)| path).take(MAX_PATHS).collect()
}

/// The schema of the items or values of a list or map, or of a list of them, and their place in a path.
fn inner(schema: &Value) -> (String, &Value) {
    let (mut suffix, mut schema) = (String::new(), schema);
    loop {
        let list = resolved(schema);
        let (step, below) = match (list.get("items"), map_values(list)) {
            (Some(items), _) => ("[0]", items),
            (None, Some(values)) => (".KEY", values),
            (None, None) => return (suffix, schema),
        };
        suffix += step;
        schema = below;
    }
}
