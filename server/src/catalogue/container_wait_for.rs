//! `container_wait_for` as data: a wait for what happens in a container while it runs.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::COMPOSED_SECONDS;

pub(super) const DESCRIPTION: Description = Description {
    name: "container_wait_for",
    title: "Container wait for",
    summary: "Wait until a container is `healthy`, or its log has a `line`, or, with neither, until it runs. Ends early if \
        it exits.",
    tag: "Container",
    operations: &["container_logs", "container_inspect", "system_events"],
    search: "wait until a container is healthy or logs a line",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "healthy": { "type": "boolean" },
            "line": { "type": "string", "description": "Regex, any case." },
            "since": { "type": "string", "description": "Of `line`; else its start." },
            "limit_seconds": { "type": "integer", "default": COMPOSED_SECONDS },
        },
        "required": ["id"],
        "additionalProperties": false,
    })
}
