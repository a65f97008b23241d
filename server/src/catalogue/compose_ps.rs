//! `compose_ps` as data: the containers of a project.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_ps",
    title: "Compose ps",
    summary: "List the containers of a compose project by service, stopped ones too. Logs: project_logs.",
    tag: "Compose",
    operations: &["container_list"],
    search: "docker compose ps",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": { "project": { "type": "string" } },
        "required": ["project"],
        "additionalProperties": false,
    })
}
