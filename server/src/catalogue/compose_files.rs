//! The arguments by which the tools of Compose get the files of a project.

use serde_json::{Map, Value, json};

/// The properties of these arguments, and more.
pub(super) fn with_files(more: &Value) -> Value {
    let mut properties = Map::new();
    let files = json!({
        "project": { "type": "string" },
        "files": { "type": "object", "description": "Texts by path: `compose.yaml`, `.env`, …" },
        "path": { "type": "string", "description": "Or a folder or compose file of the server's host." },
        "environment": { "type": "object", "description": "Values for `${…}`; the server's own are never seen." },
        "profiles": { "type": "array", "items": { "type": "string" } },
    });
    properties.extend(files.as_object().cloned().unwrap_or_default());
    properties.extend(more.as_object().cloned().unwrap_or_default());
    json!({ "type": "object", "properties": properties, "required": ["project"], "additionalProperties": false })
}
