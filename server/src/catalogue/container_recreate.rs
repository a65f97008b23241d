//! `container_recreate` as data: a container in place of another that differs from it in some things.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

/// The seconds in which a new container must become healthy.
pub const HEALTHY_SECONDS: u64 = 60;

pub(super) const DESCRIPTION: Description = Description {
    name: "container_recreate",
    title: "Container recreate",
    summary: "Replace a container by one with another image, ports, variables, limits, …; all else stays: name, \
        networks, volumes, secrets. It comes back if the new one fails or is unhealthy. Files outside volumes are \
        lost; nothing is pulled. Not for Compose's or Swarm's.",
    tag: "Container",
    operations: &[
        "container_create",
        "container_inspect",
        "container_list",
        "image_inspect",
        "network_connect",
        "container_stop",
        "container_rename",
        "container_start",
        "system_events",
        "container_logs",
        "container_delete",
    ],
    search: "docker compose up, watchtower: update the image, ports or environment of a container",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: false, destructive: true, idempotent: false, open_world: true },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "image": { "type": "string" },
            "body": { "type": "object", "description": "Merge patch of container_create's body: null removes; Env `A=1` sets A, `A` removes it, others stay." },
            "limit_seconds": { "type": "integer", "description": "For getting healthy.", "default": HEALTHY_SECONDS },
        },
        "required": ["id"],
        "additionalProperties": false,
    })
}
