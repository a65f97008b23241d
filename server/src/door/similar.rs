//! What may have been meant by a name that the engine does not know: the nearest of the names that its list of such objects
//! holds. It asks for that list only if the list may be called, and gives up early: a hint must not be waited for.

use std::time::Duration;

use dockwright::Value;
use dockwright::http::Method;
use dockwright::operation::{Answer, Kind, Operation, Segment};
use dockwright::tools;
use serde_json::Map;

use super::{Door, target};
use crate::nearest::nearest;

/// How long the list may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The most bytes of a list that are read for a hint.
const LIST_BYTES: usize = 4 * 1024 * 1024;

impl Door {
    /// The names nearest to the target of a call.
    pub(super) async fn similar(&self, operation: &Operation, arguments: &Map<String, Value>) -> Vec<String> {
        let (Some(name), Some(list)) = (target(operation, arguments), list_beside(operation)) else {
            return Vec::new();
        };
        if self.exposure.exposes(list).is_err() {
            return Vec::new();
        }
        let names = tokio::time::timeout(PATIENCE, self.names(list)).await.ok().flatten().unwrap_or_default();
        if names.iter().any(|known| known == name) {
            // It is there: what was not found is something in it, or the endpoint.
            return Vec::new();
        }
        nearest(name, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
    }

    /// The names in a list; `None` if it cannot be had cheaply.
    async fn names(&self, list: &'static Operation) -> Option<Vec<String>> {
        let all = list.parameters.iter().any(|parameter| parameter.name == "all" && parameter.kind == Kind::Boolean);
        let call = self.engine().ok()?.call(list);
        let mut reply = if all { call.argument("all", &true) } else { call }.send().await.ok()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.ok()? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LIST_BYTES {
                return None;
            }
        }
        Some(names_in(&serde_json::from_slice(&bytes).ok()?))
    }
}

/// The operation that lists objects of the kind that an operation is aimed at: `GET /containers/json` beside
/// `POST /containers/{id}/stop`.
fn list_beside(operation: &Operation) -> Option<&'static Operation> {
    let [Segment::Literal(plural), Segment::Argument(_), ..] = operation.path else { return None };
    let lists = |path: &[Segment]| match path {
        [Segment::Literal(first)] | [Segment::Literal(first), Segment::Literal("json")] => first == plural,
        _ => false,
    };
    let rows = tools::ALL.iter().map(|tool| tool.operation);
    rows.into_iter().find(|row| row.method == Method::GET && row.answer == Answer::Json && lists(row.path))
}

/// What the elements of a list are called, in any of the API's ways; lists of volumes stand inside an object.
fn names_in(list: &Value) -> Vec<String> {
    let elements = match list {
        Value::Object(object) => object.values().find_map(Value::as_array),
        list => list.as_array(),
    };
    let of = |element: &Value| {
        let single =
            [element.pointer("/Name"), element.pointer("/Spec/Name"), element.pointer("/Description/Hostname")];
        let several = ["/Names", "/RepoTags"].into_iter().filter_map(|path| element.pointer(path)?.as_array());
        let names = single.into_iter().flatten().chain(several.flatten());
        names.filter_map(Value::as_str).map(|name| name.trim_start_matches('/').to_owned()).collect::<Vec<_>>()
    };
    elements.into_iter().flatten().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use dockwright::operations;
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_listed_by_the_operation_beside() {
        let name = |operation| list_beside(operation).map(|list| list.name);
        for (operation, list) in [
            ("container_stop", Some("container_list")),
            ("image_tag", Some("image_list")),
            ("volume_delete", Some("volume_list")),
            ("service_update", Some("service_list")),
            ("exec_inspect", None),
            ("system_info", None),
        ] {
            let operation = operations::ALL.iter().find(|row| row.name == operation).unwrap();
            assert_eq!(name(operation), list);
        }
    }

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
