//! `container_run` as data: creates and starts a container, waits for it and shows its output, in one call.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::{COMPOSED_SECONDS, GREP, last_lines};

pub(super) const DESCRIPTION: Description = Description {
    name: "container_run",
    title: "Container run",
    summary: "Create and start a container, wait until it ends, and give its exit code and output; or leave it running \
        with `detach`. The image must be there.",
    tag: "Container",
    operations: &[
        "container_create",
        "container_start",
        "container_wait",
        "container_logs",
        "container_inspect",
        "container_delete",
    ],
    annotations: Annotations { read_only: false, destructive: false, idempotent: false, open_world: true },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "For the container; made up if left out." },
            "platform": { "type": "string", "description": "Variant of the image, such as linux/arm64." },
            "body": {
                "type": "object",
                "description": "As for container_create: Image, Cmd, Env, HostConfig, NetworkingConfig, \
                    ExposedPorts, Healthcheck, …",
            },
            "detach": { "type": "boolean", "description": "Do not wait: answer when it has started." },
            "remove": { "type": "boolean", "description": "Delete it and its anonymous volumes when it has ended." },
            "grep": { "type": "string", "description": GREP },
            "limit_items": { "type": "integer", "description": last_lines() },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": {
                "type": "integer",
                "description": "Answer with what there is after this time; it runs on.",
                "default": COMPOSED_SECONDS,
            },
        },
        "required": ["body"],
        "additionalProperties": false,
    })
}
