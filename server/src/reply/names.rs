//! Rewrites names of containers to the form that arguments take: the engine answers `/web` and expects `web`.

use serde_json::Value;

/// Members that hold the names of containers.
const MEMBERS: &[&str] = &["Name", "Names"];

/// Members in which a name is not a container's: the path under which a service sees a secret or config, and maps with
/// free keys.
const OTHERS: &[&str] = &["File", "Labels", "Annotations", "Attributes", "Options", "DriverOpts"];

/// Strips the slash from every name of a container in `value`. The alias of a link (`/web/db`) keeps its slash.
#[must_use]
pub fn strip_slashes(mut value: Value) -> Value {
    // A sample of a container's resources spells the member in lower case; at deeper levels `name` is probably a label.
    if let Some(Value::String(name)) = value.get_mut("name") {
        strip_slash(name);
    }
    strip_members(&mut value);
    value
}

fn strip_members(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip_members),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(name) if MEMBERS.contains(&key.as_str()) => strip_slash(name),
                    Value::Array(names) if MEMBERS.contains(&key.as_str()) => {
                        names.iter_mut().for_each(|name| match name {
                            Value::String(name) => strip_slash(name),
                            other => strip_members(other),
                        })
                    }
                    _ if OTHERS.contains(&key.as_str()) => {}
                    _ => strip_members(value),
                }
            }
        }
        _ => {}
    }
}

fn strip_slash(name: &mut String) {
    if name.rfind('/') == Some(0) && name.len() > 1 {
        name.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn containers_lose_their_slash_and_nothing_else_does() {
        let mut value =
            json!([{"Names": ["/web", "/web/db"], "Name": "/web", "Path": "/bin", "Mounts": [{"Name": "/"}]}]);
        value = strip_slashes(value);
        let expected = json!([{"Names": ["web", "/web/db"], "Name": "web", "Path": "/bin", "Mounts": [{"Name": "/"}]}]);
        assert_eq!(value, expected);
        let mut sample = json!({"name": "/web", "labels": {"name": "/web"}});
        sample = strip_slashes(sample);
        assert_eq!(sample, json!({"name": "web", "labels": {"name": "/web"}}));
    }

    #[test]
    fn names_of_other_things_keep_their_slash() {
        for value in [
            json!({"Secrets": [{"SecretName": "word", "File": {"Name": "/word", "UID": "0"}}]}),
            json!([{"Config": {"Labels": {"Name": "/web"}}, "Options": {"Names": ["/a"]}}]),
        ] {
            let mut shown = value.clone();
            shown = strip_slashes(shown);
            assert_eq!(shown, value);
        }
    }
}
