//! `compose_up` as data: brings a project to the state of its files.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::compose_files::with_files;
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_up",
    title: "Compose up",
    summary: "Bring a compose project up as its files say: build, pull, create, recreate what changed, wait until it is \
        healthy. A failure undoes nothing; the reply says what stays.",
    tag: "Compose",
    operations: &[
        "container_create",
        "container_list",
        "container_inspect",
        "container_start",
        "container_stop",
        "container_delete",
        "network_create",
        "volume_create",
    ],
    search: "docker compose up: deploy a stack",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: false, destructive: true, idempotent: true, open_world: true },
};

pub(super) fn schema() -> Value {
    with_files(&json!({
        "services": { "type": "array", "items": { "type": "string" }, "description": "Only these and what they need." },
        "build": { "type": "boolean", "description": "Build images anew." },
        "pull": { "type": "string", "enum": ["always", "missing", "never"] },
        "recreate": { "type": "boolean", "description": "Even what has not changed." },
        "remove_orphans": { "type": "boolean" },
        "wait": { "type": "boolean", "description": "False for services that end by themselves.", "default": true },
        "limit_seconds": { "type": "integer" },
    }))
}
