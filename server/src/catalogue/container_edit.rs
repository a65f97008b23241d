//! `container_edit` as data: a text file in a container gets a new text, or a part of it does.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "container_edit",
    title: "Container edit",
    summary: "Edit or create a text file in a container, running or not: replace `old` by `new`, or write all of `text`. \
        Mode and owner stay; answers with the difference.",
    tag: "Container",
    operations: &["container_archive", "put_container_archive"],
    search: "docker cp: edit, patch or write a configuration file inside a container",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: false, destructive: true, idempotent: false, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "path": { "type": "string", "description": "Absolute." },
            "old": { "type": "string", "description": "Occurs once, or give `all`." },
            "new": { "type": "string" },
            "all": { "type": "boolean" },
            "text": { "type": "string" },
        },
        "required": ["id", "path"],
        "additionalProperties": false,
    })
}
