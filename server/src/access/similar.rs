//! Suggests names similar to one that the engine does not know, from the engine's list of such objects. The list is
//! called only if it is exposed, and with a short timeout, because nobody should wait for a hint.

use std::time::Duration;

use dockwright::Value;
use dockwright::operation::{Kind, Operation};
use serde_json::Map;

use super::Access;
use crate::catalogue::nearest::nearest;
use crate::catalogue::operations::target;

/// Time limit for the list.
const LIST_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum size of a list that is read for a hint.
const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;

impl Access {
    /// The names nearest to the target of a call.
    pub(super) async fn similar(&self, operation: &Operation, arguments: &Map<String, Value>) -> Vec<String> {
        let (Some(name), Some(list)) = (target(operation, arguments), operation.list) else {
            return Vec::new();
        };
        if self.permits(list).is_err() {
            return Vec::new();
        }
        let names = tokio::time::timeout(LIST_TIMEOUT, self.names(list)).await.ok().flatten().unwrap_or_default();
        if names.iter().any(|known| known == name) {
            // The object exists, so the engine did not find a part of it, or the endpoint.
            return Vec::new();
        }
        nearest(name, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
    }

    /// Reads the names in a list; `None` if that fails or the list is long.
    async fn names(&self, list: &'static Operation) -> Option<Vec<String>> {
        let all = list.parameters.iter().any(|parameter| parameter.name == "all" && parameter.kind == Kind::Boolean);
        let call = self.call(list, Map::new(), None).await.ok()?;
        let mut reply = if all { call.argument("all", &true) } else { call }.send().await.ok()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.ok()? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_LIST_BYTES {
                return None;
            }
        }
        Some(names_in(&serde_json::from_slice(&bytes).ok()?))
    }
}

/// Names of the elements of a list, from any of the API's properties for them. A list of volumes is inside an object.
fn names_in(list: &Value) -> Vec<String> {
    let elements = match list {
        Value::Object(object) => object.values().find_map(Value::as_array),
        list => list.as_array(),
    };
    let element_names = |element: &Value| {
        let single =
            [element.pointer("/Name"), element.pointer("/Spec/Name"), element.pointer("/Description/Hostname")];
        let several = ["/Names", "/RepoTags"].into_iter().filter_map(|path| element.pointer(path)?.as_array());
        let names = single.into_iter().flatten().chain(several.flatten());
        names.filter_map(Value::as_str).map(|name| name.trim_start_matches('/').to_owned()).collect::<Vec<_>>()
    };
    elements.into_iter().flatten().flat_map(element_names).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_in_every_kind_of_list() {
        for list in [
            json!([{ "Names": ["/web"] }]),
            json!([{ "RepoTags": ["web"] }, { "RepoTags": null }]),
            json!({ "Volumes": [{ "Name": "web" }], "Warnings": null }),
            json!([{ "Spec": { "Name": "web" } }]),
        ] {
            assert_eq!(names_in(&list), ["web"], "{list}");
        }
        assert_eq!(names_in(&json!({ "Volumes": null })), [""; 0]);
    }
}
