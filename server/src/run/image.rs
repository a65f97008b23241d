//! Adds the resulting image, its id, names and size, to the outcome of a build, pull, import or load. It is left out if
//! the operation that inspects it is not exposed.

use dockwright::tools::Tool;
use serde_json::{Map, Value, json};

use crate::access::Access;
use crate::reply::{self, ReplyOptions, ToolReply};

/// Maximum number of bytes shown of an image, which may have many names.
const MAX_IMAGE_BYTES: usize = 500;

/// Prefixes of the name or the id of a loaded image.
const LOADED: [&str; 2] = ["Loaded image: ", "Loaded image ID: "];

/// Adds the resulting image, if there is one, to the outcome of the work.
pub(super) async fn with_image(
    access: &Access,
    tool: &Tool,
    arguments: &Map<String, Value>,
    outcome: ToolReply,
    options: &ReplyOptions,
) -> ToolReply {
    let Some(inspect) = tool.makes else { return outcome };
    let Some(name) = outcome.value().and_then(|outcome| image_name(arguments, outcome)) else { return outcome };
    let arguments = inspect.target().map(|target| (target.name.to_owned(), name.into())).into_iter().collect();
    let Ok(call) = access.call(inspect, arguments, None).await else { return outcome };
    // The work succeeded, so a failure here is ignored.
    match call.json::<Value>().await {
        Ok(image) => {
            let image = json!({ "Id": image["Id"], "RepoTags": image["RepoTags"], "Size": image["Size"] });
            let options = ReplyOptions { limit_bytes: Some(MAX_IMAGE_BYTES), ..options.clone() };
            outcome.with_member("image", reply::outcome(image, inspect, &options))
        }
        Err(_) => outcome,
    }
}

/// Finds the name or id of the image that was built, loaded, imported or pulled.
fn image_name(arguments: &Map<String, Value>, outcome: &Value) -> Option<String> {
    if outcome.get("stopped_at").is_some() {
        return None;
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    // A build of several stages reports an id for each; the last is the image's.
    let results = outcome.get("aux").map(|aux| aux.as_array().map_or(std::slice::from_ref(aux), Vec::as_slice));
    let built = results.and_then(|results| results.iter().rev().find_map(|result| result.get("ID").and_then(text)));
    let result = outcome.get("result").and_then(Value::as_str).unwrap_or_default();
    let loaded = || LOADED.iter().find_map(|words| result.strip_prefix(words)).map(|name| name.trim().to_owned());
    let imported = || {
        let id = outcome.pointer("/status/0").and_then(Value::as_str).filter(|id| id.starts_with("sha256:"));
        id.map(str::to_owned)
    };
    let pulled = || {
        let name = arguments.get("fromImage").and_then(Value::as_str)?;
        Some(match arguments.get("tag").and_then(Value::as_str) {
            Some(digest) if digest.contains(':') => format!("{name}@{digest}"),
            Some(tag) => format!("{}:{tag}", without_tag(name)),
            None => name.to_owned(),
        })
    };
    built.or_else(loaded).or_else(imported).or_else(pulled)
}

/// Removes the tag from a name, but not the port of its host.
fn without_tag(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_found_by_the_answer_or_the_arguments() {
        let name = |arguments: Value, outcome: Value| image_name(arguments.as_object().unwrap(), &outcome);
        assert_eq!(name(json!({}), json!({"aux": {"ID": "sha256:1"}})).as_deref(), Some("sha256:1"));
        let stages = json!({"aux": [{"ID": "sha256:0"}, {"ID": "sha256:1"}]});
        assert_eq!(name(json!({}), stages).as_deref(), Some("sha256:1"));
        assert_eq!(name(json!({}), json!({"result": "Loaded image: a:1"})).as_deref(), Some("a:1"));
        assert_eq!(name(json!({"fromSrc": "-"}), json!({"status": ["sha256:2"]})).as_deref(), Some("sha256:2"));
        for (from, tag, found) in [
            ("a", Some("1"), "a:1"),
            ("host:5000/a", Some("1"), "host:5000/a:1"),
            ("host:5000/a:2", Some("1"), "host:5000/a:1"),
            ("a", Some("sha256:3"), "a@sha256:3"),
            ("a:1", None, "a:1"),
        ] {
            assert_eq!(name(json!({"fromImage": from, "tag": tag}), json!({})).as_deref(), Some(found));
        }
        assert_eq!(name(json!({"name": "a"}), json!({"aux": {"Tag": "1", "Digest": "sha256:4"}})), None);
    }
}
