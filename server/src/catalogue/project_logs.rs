//! `project_logs` as data: the logs of several containers as one.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::{COMPOSED_SECONDS, GREP};

pub(super) const DESCRIPTION: Description = Description {
    name: "project_logs",
    title: "Project logs",
    summary: "Logs of several containers merged by time, each line with its source: those of a compose `project`, with a \
        `label`, by `filters` or by name.",
    tag: "Container",
    operations: &["container_logs", "container_list"],
    search: "docker compose logs: logs of several containers",
    always_load: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "label": { "type": "string" },
            "filters": { "type": "object", "description": "As for container_list." },
            "containers": { "type": "array", "items": { "type": "string" }, "description": "Names or services." },
            "since": { "type": "string", "description": "`10m` (ago), RFC 3339 or Unix seconds." },
            "until": { "type": "string" },
            "tail": { "type": "string", "description": "Last lines of each." },
            "timestamps": { "type": "boolean" },
            "grep": { "type": "string", "description": GREP },
            "limit_items": { "type": "integer" },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": { "type": "integer", "default": COMPOSED_SECONDS },
        },
        "additionalProperties": false,
    })
}
