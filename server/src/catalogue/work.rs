//! `work_list`, `work_join` and `work_cancel` as data: tools about calls that this server runs on without their caller.
//! They use no operation of the engine.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::COMPOSED_SECONDS;

pub(super) const LIST: Description = Description {
    name: "work_list",
    title: "Work list",
    summary: "List calls made with `detach`: state, seconds, last words.",
    tag: TAG,
    operations: &[],
    search: "background jobs: pulls and builds that still run",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) const JOIN: Description = Description {
    name: "work_join",
    title: "Work join",
    summary: "Wait for a call made with `detach`, and give its outcome.",
    tag: TAG,
    operations: &[],
    search: "background jobs: wait for a pull or build",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) const CANCEL: Description = Description {
    name: "work_cancel",
    title: "Work cancel",
    summary: "Stop a call made with `detach`; tells what stays.",
    tag: TAG,
    operations: &[],
    search: "background jobs: stop a pull or build",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: false, destructive: false, idempotent: true, open_world: false },
};

const TAG: &str = "System";

pub(super) fn list_schema() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

pub(super) fn join_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string" },
            "limit_seconds": { "type": "integer", "default": COMPOSED_SECONDS },
        },
        "required": ["name"],
        "additionalProperties": false,
    })
}

pub(super) fn cancel_schema() -> Value {
    json!({
        "type": "object",
        "properties": { "name": { "type": "string" } },
        "required": ["name"],
        "additionalProperties": false,
    })
}
