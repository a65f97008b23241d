//! The outline of a call for the audit trail: names of its arguments and of the members in them, and the image that it
//! names. Names come from the tool's schema and never from the caller, who may put a secret anywhere.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::definitions::{properties, resolved};
use super::full_schema;
use super::json_text::{self, JsonText};
use crate::catalogue::{Entry, operations};

/// The most bytes of all names.
const MAX_BYTES: usize = 1_500;
/// The arguments and members that name an image.
const IMAGE: [&str; 3] = ["fromImage", "Image", "image"];
/// The argument that may hold the tag of an image.
const TAG: &str = "tag";

/// The outline of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Names of arguments and members: `body.HostConfig.Privileged`.
    pub names: Vec<String>,
    /// The number of names that the schema does not have, or for which there is no room.
    pub other: usize,
    /// The image.
    pub image: Option<String>,
}

/// The outline of a call before its arguments are checked.
#[must_use]
pub fn outline(entry: Entry, arguments: &Map<String, Value>) -> Outline {
    let schema = match entry {
        Entry::Operation(tool) => Cow::Borrowed(full_schema::full_schema(tool, false)),
        Entry::Composed(composed) => {
            let first = composed.operations().first().and_then(|name| operations::find(name));
            let schema = composed.schema();
            Cow::Owned(first.map_or_else(|| schema.clone(), |first| full_schema::with_body_of(first, &schema)))
        }
    };
    let mut outline = Outline::default();
    let given = arguments.iter().filter(|(_, value)| !value.is_null());
    outline.add_members(&schema, "", given);
    let tagged = outline.image.as_ref().zip(arguments.get(TAG).and_then(Value::as_str));
    if let Some(tagged) = tagged.map(|(image, tag)| format!("{image}:{tag}")).filter(|tagged| is_reference(tagged)) {
        outline.image = Some(tagged);
    }
    outline
}

impl Outline {
    fn add_members<'a>(&mut self, schema: &Value, path: &str, members: impl Iterator<Item = (&'a String, &'a Value)>) {
        let Some(properties) = properties(schema) else { return };
        for (name, value) in members {
            let exact = properties.get_key_value(name);
            match exact.or_else(|| properties.iter().find(|(property, _)| property.eq_ignore_ascii_case(name))) {
                Some((name, schema)) => self.add(resolved(schema), &format!("{path}{name}"), value),
                None => self.other += 1,
            }
        }
    }

    fn add(&mut self, schema: &Value, path: &str, value: &Value) {
        let has_members = properties(schema).is_some_and(|properties| !properties.is_empty());
        let text = value.as_str().filter(|_| has_members).map(json_text::read);
        let value = match &text {
            Some(JsonText::Json(json) | JsonText::Twice(json)) => json,
            _ => value,
        };
        match value {
            Value::Object(members) if has_members && !members.is_empty() => {
                self.add_members(schema, &format!("{path}."), members.iter());
            }
            _ => self.add_name(path, value),
        }
    }

    fn add_name(&mut self, path: &str, value: &Value) {
        let name = path.rsplit('.').next().unwrap_or(path);
        if let Some(image) = value.as_str().filter(|image| IMAGE.contains(&name) && is_reference(image)) {
            self.image.get_or_insert_with(|| image.to_owned());
        }
        let bytes: usize = self.names.iter().map(|name| name.len() + 3).sum();
        if bytes + path.len() > MAX_BYTES {
            self.other += 1;
        } else {
            self.names.push(path.to_owned());
        }
    }
}

/// Returns true for a text that can only be an image's name. Credentials before a host are none.
fn is_reference(text: &str) -> bool {
    let (name, digest) = text.split_once('@').unwrap_or((text, "sha256:0"));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte);
    let is_digest = digest.strip_prefix("sha256:").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    !name.is_empty() && name.bytes().all(is_plain) && is_digest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(tool: &str, arguments: Value) -> Outline {
        let Value::Object(arguments) = arguments else { unreachable!() };
        outline(Entry::find(tool).unwrap(), &arguments)
    }

    #[test]
    fn an_outline_has_names_of_the_schema_and_no_values() {
        let body = json!({
            "Image": "nginx:1.27", "Cmd": ["hunter2"], "Env": ["A=hunter2"], "Labels": {"hunter2": "hunter2"},
            "HostConfig": {"privileged": true, "Binds": ["/hunter2:/b"]}, "hunter2": 1,
        });
        let names = [
            "name",
            "body.Image",
            "body.Cmd",
            "body.Env",
            "body.Labels",
            "body.HostConfig.Privileged",
            "body.HostConfig.Binds",
        ];
        for body in [body.clone(), json!(body.to_string())] {
            let outline = of("container_create", json!({"NAME": "hunter2", "body": body, "platform": null}));
            assert_eq!((outline.names.as_slice(), outline.other), (&names.map(str::to_owned)[..], 1));
            assert_eq!(outline.image.as_deref(), Some("nginx:1.27"));
            assert!(!format!("{outline:?}").contains("hunter2"));
        }
    }

    #[test]
    fn composed_tools_have_outlines_too() {
        let outline = of("container_run", json!({"body": {"Image": "a", "HostConfig": {"Privileged": true}}}));
        assert_eq!(outline.names, ["body.Image", "body.HostConfig.Privileged"]);
        assert_eq!(of("work_join", json!({"name": "a-1", "limit_seconds": 3})).names, ["name", "limit_seconds"]);
    }

    #[test]
    fn an_image_has_its_tag_and_never_credentials() {
        assert_eq!(of("image_create", json!({"fromImage": "a/b", "tag": "1"})).image.as_deref(), Some("a/b:1"));
        for secret in ["https://me:hunter2@example.com/a", "me:hunter2@a", "a hunter2", "a@sha256:hunter2"] {
            let outline = of("image_create", json!({"fromImage": secret, "tag": "1"}));
            assert_eq!((outline.names.len(), outline.image), (2, None));
        }
    }

    #[test]
    fn an_outline_is_short_whatever_the_call() {
        let names = |count: usize| (0..count).map(|number| (format!("x{number}"), json!(1))).collect::<Map<_, _>>();
        let outline = of("container_create", json!({"body": {"HostConfig": names(5_000)}}));
        assert_eq!((outline.names.len(), outline.other), (0, 5_000));
        for tool in dockwright::tools::ALL {
            let all = properties(full_schema::full_schema(tool, false))
                .into_iter()
                .flatten()
                .map(|(name, _)| (name.clone(), json!(1)))
                .collect();
            let outline = super::outline(Entry::Operation(tool), &all);
            assert!(outline.names.iter().map(String::len).sum::<usize>() <= MAX_BYTES, "{}", tool.operation.name);
        }
    }
}
