//! `project_logs` as data: the logs of several containers as one.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::COMPOSED_SECONDS;

pub(super) const DESCRIPTION: Description = Description {
    name: "project_logs",
    title: "Project logs",
    summary: "Logs of several containers merged by time, each line with its source: a compose `project`, a `label`, \
        `filters` or names.",
    tag: "Container",
    operations: &["container_logs", "container_list"],
    search: "docker compose logs: logs of several containers",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "label": { "type": "string" },
            "filters": { "type": "object", "description": "As for container_list." },
            "containers": { "type": "array", "items": { "type": "string" }, "description": "Or services." },
            "since": { "type": "string", "description": "`10m` (ago) or a time." },
            "until": { "type": "string" },
            "tail": { "type": "string", "description": "Of each." },
            "timestamps": { "type": "boolean" },
            "grep": { "type": "string" },
            "limit_items": { "type": "integer" },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": { "type": "integer", "default": COMPOSED_SECONDS },
        },
        "additionalProperties": false,
    })
}
