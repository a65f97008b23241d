//! `compose_down` as data: removes a project.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_down",
    title: "Compose down",
    summary: "Stop and remove a compose project: containers and networks, and volumes if asked. Needs no files.",
    tag: "Compose",
    operations: &["container_list", "container_stop", "container_delete", "network_delete"],
    search: "docker compose down: remove a stack",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: false, destructive: true, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "volumes": { "type": "boolean", "description": "Their data is lost." },
            "limit_seconds": { "type": "integer" },
        },
        "required": ["project"],
        "additionalProperties": false,
    })
}
