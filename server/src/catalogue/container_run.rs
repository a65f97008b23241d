//! `container_run` as data: creates and starts a container, waits for it and shows its output, in one call.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::{COMPOSED_SECONDS, GREP, last_lines};

pub(super) const DESCRIPTION: Description = Description {
    name: "container_run",
    title: "Container run",
    summary: "Start a new container from an image, as `docker run`, wait until it ends, and give its exit code and output; \
        `detach` leaves it running in the background. The image must be there.",
    search: "docker run: start a container from an image",
    always_load: true,
    detaches: false,
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
                "description": "Then answer with what there is; it runs on.",
                "default": COMPOSED_SECONDS,
            },
        },
        "required": ["body"],
        "additionalProperties": false,
    })
}
