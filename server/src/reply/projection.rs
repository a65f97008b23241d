//! What is shown of an element when nobody asks for more: the paths of the operation's row come in as a tree, the part of
//! the element that they name goes out.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// How many names of members that were left out are remembered.
const LEFT_OUT: usize = 64;

/// The paths of a projection by their first members; without branches it is the whole value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    branches: Vec<(&'static str, Projection)>,
}

impl Projection {
    /// A projection of these dotted paths; none is all.
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

    /// Whether it shows everything.
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

    /// The part of `element` that is shown. An element that has nothing of it, as that of an older engine, is shown whole.
    #[must_use]
    pub fn of(&self, element: Value) -> Value {
        if self.is_all() || !self.reaches(&element) { element } else { self.part(element) }
    }

    /// Adds to `names` what it leaves out of `element`: a member, or `Member.*` if a part of it is shown.
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

    /// Whether there is anything at one of the paths.
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
            // Parts of different things may be the same, as a port that is published on IPv4 and on IPv6: once is enough.
            Value::Array(items) => {
                let mut seen = HashSet::new();
                let parts = items.into_iter().map(|item| self.part(item)).filter(|part| !is_empty(part));
                Value::Array(parts.filter(|part| seen.insert(part.to_string())).collect())
            }
            // Not what the path expects; what there is instead is worth more than nothing.
            other => other,
        }
    }
}

/// Whether a member has a name such as the API's; any other would be the engine's text in our words.
fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// Whether a value says no more than its absence would.
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
        let shown = projection.of(element).to_string();
        assert_eq!(shown, r#"{"Name":"web","State":{"Health":{"Status":"healthy"},"ExitCode":0}}"#);
    }

    #[test]
    fn arrays_on_the_way_mean_each_element_and_what_is_the_same_is_shown_once() {
        let projection = Projection::new(&["Ports.PrivatePort", "Ports.PublicPort"]);
        let ports = json!({"Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080}, {"PrivatePort": 443},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8080}
        ]});
        let shown = json!({"Ports": [{"PrivatePort": 80, "PublicPort": 8080}, {"PrivatePort": 443}]});
        assert_eq!(projection.of(ports), shown);
    }

    #[test]
    fn maps_are_taken_whole_and_emptiness_is_left_out_around_them_only() {
        let projection = Projection::new(&["Ports", "Labels", "Mounts", "Note", "Tty", "Error.Text"]);
        let element = json!({"Ports": {"80/tcp": null, "90/tcp": {}}, "Labels": {}, "Mounts": [], "Note": "", "Tty": false, "Error": {"Text": ""}});
        assert_eq!(projection.of(element), json!({"Ports": {"80/tcp": null, "90/tcp": {}}, "Tty": false}));
    }

    #[test]
    fn what_is_left_out_is_named_at_the_first_level() {
        let projection = Projection::new(&["Name", "State.Status", "Ports"]);
        let mut names = Vec::new();
        let element = json!({"Name": "a", "State": {"Status": "x", "Pid": 1}, "Ports": [{"a": 1}], "Id": "b", "Empty": [], "a b": 1});
        projection.left_out(&element, &mut names);
        assert_eq!(names, ["State.*", "Id"]);
    }

    #[test]
    fn an_element_without_any_of_it_is_shown_whole() {
        let projection = Projection::new(&["ImageUsage.TotalCount", "ImageUsage.TotalSize"]);
        let old = json!({"LayersSize": 5, "Images": [{"Id": "sha256:1"}]});
        assert_eq!(projection.of(old.clone()), old);
        assert_eq!(
            projection.of(json!({"ImageUsage": {"TotalCount": 0}, "LayersSize": 5})),
            json!({"ImageUsage": {"TotalCount": 0}})
        );
    }
}
