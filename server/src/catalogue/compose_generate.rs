//! `compose_generate` as data: a compose file of containers that exist.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_generate",
    title: "Compose generate",
    summary: "Write a compose file of existing containers: of a project, or by name. Secret values become `${NAME}`, listed \
        in `variables`.",
    tag: "Compose",
    operations: &["container_list", "container_inspect", "image_inspect", "network_list", "volume_list"],
    search: "docker compose alpha generate: docker-compose.yml from running containers",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "containers": { "type": "array", "items": { "type": "string" } },
            "limit_bytes": { "type": "integer" },
        },
        "additionalProperties": false,
    })
}
