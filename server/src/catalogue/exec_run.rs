//! `exec_run` as data: runs a command in a running container and shows its output and exit code, in one call.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::description::Description;
use super::presentation::{COMPOSED_SECONDS, DETACH, GREP, last_lines};

pub(super) const DESCRIPTION: Description = Description {
    name: "exec_run",
    title: "Exec run",
    summary: "Run a command or shell in a running container, as `docker exec`, and give its output and exit code.",
    search: "docker exec: run a command inside a container, open a shell",
    always_load: true,
    detaches: true,
    tag: "Exec",
    operations: &["container_exec", "exec_start", "exec_inspect"],
    annotations: Annotations { read_only: false, destructive: true, idempotent: false, open_world: true },
};

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string", "description": "Name or id of a running container." },
            "body": {
                "type": "object",
                "description": "As for container_exec: `Cmd` is an argument list, `[\"sh\", \"-c\", \"…\"]`; Env, \
                    User, WorkingDir, Privileged, Tty.",
            },
            "detach": { "type": "boolean", "description": DETACH },
            "input": { "type": "string", "description": "Text for its stdin, which ends with it." },
            "grep": { "type": "string", "description": GREP },
            "limit_items": { "type": "integer", "description": last_lines() },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": {
                "type": "integer",
                "description": "Then answer with what there is.",
                "default": COMPOSED_SECONDS,
            },
        },
        "required": ["id", "body"],
        "additionalProperties": false,
    })
}
