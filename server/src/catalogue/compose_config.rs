//! `compose_config` as data: a project's files, resolved and checked.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::compose_files::with_files;
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_config",
    title: "Compose config",
    summary: "Check a compose project's files and show them resolved: variables, includes, profiles. Asks no engine.",
    tag: "Compose",
    operations: &[],
    search: "docker compose config: validate a compose file",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    with_files(&json!({ "service": { "type": "string", "description": "Only this one." } }))
}
