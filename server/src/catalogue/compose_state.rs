//! `compose_start`, `compose_stop` and `compose_restart` as data.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

const HINTS: Annotations = Annotations { read_only: false, destructive: true, idempotent: true, open_world: false };

pub(super) const START_DESCRIPTION: Description = Description {
    name: "compose_start",
    title: "Compose start",
    summary: "Start the stopped containers of a compose project, each after those that it needs.",
    tag: "Compose",
    operations: &["container_start", "container_list", "container_inspect"],
    search: "docker compose start",
    always_load: false,
    detaches: false,
    annotations: Annotations { destructive: false, ..HINTS },
};

pub(super) const STOP_DESCRIPTION: Description = Description {
    name: "compose_stop",
    title: "Compose stop",
    summary: "Stop the containers of a compose project, each before those that it needs.",
    operations: &["container_stop", "container_list"],
    search: "docker compose stop",
    annotations: HINTS,
    ..START_DESCRIPTION
};

pub(super) const RESTART_DESCRIPTION: Description = Description {
    name: "compose_restart",
    title: "Compose restart",
    summary: "Restart the containers of a compose project, each after those that it needs.",
    operations: &["container_restart", "container_list", "container_inspect"],
    search: "docker compose restart",
    annotations: Annotations { idempotent: false, ..HINTS },
    ..START_DESCRIPTION
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "services": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["project"],
        "additionalProperties": false,
    })
}
