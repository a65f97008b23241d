//! The names in a document and the path to each, for remarks about a name that stands elsewhere.

use std::collections::VecDeque;

use serde_json::Value;

/// The most names that are remembered.
const NAMES: usize = 1_000;

/// The most members of an object that are looked at: a long object is a map, and its keys are no names.
const MEMBERS: usize = 60;

/// The names nearest to the root of a document; of a list the first item stands for all.
#[derive(Debug, Default)]
pub(super) struct Places {
    names: Vec<(String, String)>,
}

impl Places {
    pub(super) fn new(document: &Value) -> Self {
        let mut names = Vec::new();
        let mut open = VecDeque::from([(String::new(), document)]);
        while let Some((path, value)) = open.pop_front() {
            match value {
                Value::Array(items) => {
                    let path = if path.is_empty() { path } else { path + "[]" };
                    open.extend(items.first().map(|item| (path, item)));
                }
                Value::Object(members) => {
                    for (name, member) in members.iter().take(MEMBERS) {
                        let dot = if path.is_empty() { "" } else { "." };
                        let path = format!("{path}{dot}{}", quoted(name));
                        names.push((name.clone(), path.clone()));
                        open.push_back((path, member));
                    }
                }
                _ => {}
            }
            if names.len() > NAMES {
                break;
            }
        }
        Places { names }
    }

    /// The shortest path to a field of this name, in any case.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let found = self.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, path)| path.as_str())
    }
}

/// A name as an expression writes it.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let starts = name.chars().next().is_some_and(|letter| !letter.is_ascii_digit());
    if is_plain && starts { name.to_owned() } else { Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_found_where_it_is_nearest_to_the_root() {
        let document = json!([{"Labels": {"a.b": "c"}, "HostConfig": {"Memory": 1, "Devices": [{"Path": "x"}]}}]);
        let places = Places::new(&document);
        for (name, path) in [
            ("memory", Some("HostConfig.Memory")),
            ("Path", Some("HostConfig.Devices[].Path")),
            ("a.b", Some(r#"Labels."a.b""#)),
            ("nosuch", None),
        ] {
            assert_eq!(places.find(name), path);
        }
    }
}
