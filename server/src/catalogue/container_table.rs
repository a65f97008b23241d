//! `container_table` as data: compares what containers use, in one call.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::GREP;

/// The names of the columns.
pub const COLUMNS: [&str; 10] =
    ["name", "image", "state", "uptime", "cpu_percent", "memory", "limit", "memory_percent", "restarts", "ports"];

pub(super) const DESCRIPTION: Description = Description {
    name: "container_table",
    title: "Container table",
    summary: "Show what containers use, as `docker ps` and `docker stats`: state, health, uptime, CPU %, memory, \
        limit, restarts, ports; takes 1 s.",
    search: "docker stats: usage of all containers, which uses most CPU or memory, has no memory limit, restarts, is \
        unhealthy",
    always_load: false,
    detaches: false,
    tag: "Container",
    operations: &["container_list", "container_inspect", "container_stats"],
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    let sort = "A column; numbers largest first, `+` before it: smallest.";
    json!({
        "type": "object",
        "properties": {
            "all": { "type": "boolean", "description": "Stopped ones too." },
            "filters": { "type": "object", "description": "As for container_list." },
            "sort": { "type": "string", "description": sort, "default": "cpu_percent" },
            "select": { "type": "string", "description": "JMESPath of a list of objects, in bytes and seconds." },
            "grep": { "type": "string", "description": GREP },
            "limit_items": { "type": "integer" },
        },
        "additionalProperties": false,
    })
}

/// The members of its structured content as JSON Schemas. A cell is null where nothing is known.
pub(super) fn output_members() -> Value {
    let cell = json!({ "anyOf": [{ "type": "string" }, { "type": "number" }, { "type": "null" }] });
    json!({
        "columns": { "type": "array", "items": { "type": "string", "enum": COLUMNS } },
        "rows": { "type": "array", "items": { "type": "array", "items": cell } },
    })
}
