//! `compose_list` as data: all projects of an engine.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_list",
    title: "Compose list",
    summary: "List the compose projects of an engine with the states of their containers.",
    tag: "Compose",
    operations: &["container_list"],
    search: "docker compose ls: list stacks",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}
