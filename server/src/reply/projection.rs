//! The default view of an element: the paths of the operation's row come in and form a tree, the part of the element
//! that they name goes out.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// The most names of omitted members that are remembered.
const LEFT_OUT: usize = 64;

/// The paths of a projection as a tree; without branches it is the whole value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    branches: Vec<(&'static str, Projection)>,
}

impl Projection {
    /// A projection of these dotted paths; without paths, of the whole value.
    #[must_use]
    pub fn new(paths: &[&'static str]) -> Self {
        let mut projection = Projection::default();
        for path in paths {
            projection.add(path);
        }
        projection
    }

    fn add(&mut self, path: &'static str) {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let index = self.branches.iter().position(|(name, _)| *name == first).unwrap_or_else(|| {
            self.branches.push((first, Projection::default()));
            self.branches.len() - 1
        });
        if let Some(rest) = rest {
            self.branches[index].1.add(rest);
        }
    }

    /// Tells whether it shows the whole value.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.branches.is_empty()
    }

    /// The member that holds the list, if the first path leads through one: `Volumes` of `Volumes.Name`.
    #[must_use]
    pub fn first_branch(&self) -> Option<(&'static str, &Projection)> {
        let (name, below) = self.branches.first()?;
        (!below.is_all()).then_some((*name, below))
    }

    /// The first member that is shown.
    #[must_use]
    pub fn first(&self) -> Option<&'static str> {
        self.branches.first().map(|(name, _)| *name)
    }

    /// The part of `element` that is shown. An element without any of the paths, as from an older engine, is shown
    /// whole.
    #[must_use]
    pub fn apply(&self, element: Value) -> Value {
        if self.is_all() || !self.reaches(&element) { element } else { self.part(element) }
    }

    /// Adds the members to `names` that it leaves out of `element`: `Member`, or `Member.*` if a part of it is shown.
    pub fn left_out(&self, element: &Value, names: &mut Vec<String>) {
        let Value::Object(members) = element else { return };
        if self.is_all() || !self.reaches(element) {
            return;
        }
        for (name, value) in members.iter().filter(|(name, value)| is_plain(name) && !is_empty(value)) {
            let left_out = match self.branches.iter().find(|(branch, _)| branch == name) {
                None => name.clone(),
                Some((_, below)) if below.leaves_out(value) => format!("{name}.*"),
                Some(_) => continue,
            };
            if names.len() < LEFT_OUT && !names.contains(&left_out) {
                names.push(left_out);
            }
        }
    }

    /// The first member of `element` that is not shown whole and whose JSON passes `test`.
    pub fn first_omission(&self, element: &Value, test: impl Fn(&str) -> bool) -> Option<String> {
        let Value::Object(members) = element else { return None };
        let is_whole = |name: &str| self.branches.iter().any(|(branch, below)| *branch == name && below.is_all());
        let mut omitted = members.iter().filter(|(name, value)| is_plain(name) && !is_empty(value) && !is_whole(name));
        if self.is_all() {
            None
        } else {
            omitted.find(|(_, value)| test(&value.to_string())).map(|(name, _)| name.clone())
        }
    }

    fn leaves_out(&self, value: &Value) -> bool {
        match value {
            _ if self.is_all() => false,
            Value::Array(items) => items.iter().any(|item| self.leaves_out(item)),
            Value::Object(members) => members.iter().any(|(name, value)| {
                let branch = self.branches.iter().find(|(branch, _)| branch == name);
                !is_empty(value) && branch.is_none_or(|(_, below)| below.leaves_out(value))
            }),
            _ => false,
        }
    }

    /// Tells whether one of the paths leads to a value that is not empty.
    #[must_use]
    pub fn reaches(&self, value: &Value) -> bool {
        match value {
            Value::Array(items) if !self.is_all() => items.iter().any(|item| self.reaches(item)),
            Value::Object(members) if !self.is_all() => {
                self.branches.iter().any(|(name, below)| members.get(*name).is_some_and(|value| below.reaches(value)))
            }
            _ => self.is_all() && !is_empty(value),
        }
    }

    fn part(&self, value: Value) -> Value {
        match value {
            _ if self.is_all() => value,
            Value::Object(mut members) => {
                let mut part = Map::new();
                for (name, below) in &self.branches {
                    let shown = members.remove(*name).map(|value| below.part(value));
                    if let Some(shown) = shown.filter(|shown| !is_empty(shown)) {
                        part.insert((*name).to_owned(), shown);
                    }
                }
                Value::Object(part)
            }
            // Parts of different items may be equal, as of a port published on IPv4 and on IPv6: one is enough.
            Value::Array(items) => {
                let mut seen = HashSet::new();
                let parts = items.into_iter().map(|item| self.part(item)).filter(|part| !is_empty(part));
                Value::Array(parts.filter(|part| seen.insert(part.to_string())).collect())
            }
            // The path expects an object here; another value is shown rather than nothing.
            other => other,
        }
    }
}

/// Tells whether a name is like the API's names. Any other must not get into a note: it is the engine's text.
fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// Tells whether a value says no more than its absence.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_keep_their_nesting_and_their_order() {
        let projection = Projection::new(&["Name", "State.Health.Status", "State.ExitCode"]);
        let element =
            json!({"State": {"ExitCode": 0, "Pid": 7, "Health": {"Status": "healthy", "Log": [1]}}, "Name": "web"});
        let shown = projection.apply(element).to_string();
        assert_eq!(shown, r#"{"Name":"web","State":{"Health":{"Status":"healthy"},"ExitCode":0}}"#);
    }

    #[test]
    fn a_path_goes_through_each_item_of_an_array_and_equal_parts_are_shown_once() {
        let projection = Projection::new(&["Ports.PrivatePort", "Ports.PublicPort"]);
        let ports = json!({"Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080}, {"PrivatePort": 443},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8080}
        ]});
        let shown = json!({"Ports": [{"PrivatePort": 80, "PublicPort": 8080}, {"PrivatePort": 443}]});
        assert_eq!(projection.apply(ports), shown);
    }

    #[test]
    fn maps_stay_whole_and_empty_members_are_left_out_around_them_only() {
        let projection = Projection::new(&["Ports", "Labels", "Mounts", "Note", "Tty", "Error.Text"]);
        let element = json!({"Ports": {"80/tcp": null, "90/tcp": {}}, "Labels": {}, "Mounts": [], "Note": "",
            "Tty": false, "Error": {"Text": ""}});
        assert_eq!(projection.apply(element), json!({"Ports": {"80/tcp": null, "90/tcp": {}}, "Tty": false}));
    }

    #[test]
    fn omitted_members_are_named_at_the_first_level() {
        let projection = Projection::new(&["Name", "State.Status", "Ports"]);
        let mut names = Vec::new();
        let element = json!({"Name": "a", "State": {"Status": "x", "Pid": 1}, "Ports": [{"a": 1}], "Id": "b",
            "Empty": [], "a b": 1});
        projection.left_out(&element, &mut names);
        assert_eq!(names, ["State.*", "Id"]);
    }

    #[test]
    fn an_element_without_any_path_is_shown_whole() {
        let projection = Projection::new(&["ImageUsage.TotalCount", "ImageUsage.TotalSize"]);
        let old = json!({"LayersSize": 5, "Images": [{"Id": "sha256:1"}]});
        assert_eq!(projection.apply(old.clone()), old);
        assert_eq!(
            projection.apply(json!({"ImageUsage": {"TotalCount": 0}, "LayersSize": 5})),
            json!({"ImageUsage": {"TotalCount": 0}})
        );
    }
}
