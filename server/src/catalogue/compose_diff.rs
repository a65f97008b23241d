//! `compose_diff` as data: compares a project's files with its containers.

use dockwright::operation::Annotations;
use serde_json::{Value, json};

use super::compose_files::with_files;
use super::description::Description;

pub(super) const DESCRIPTION: Description = Description {
    name: "compose_diff",
    title: "Compose diff",
    summary: "Show what compose_up would change, and why: services to create or recreate with the keys that differ, \
        orphans, networks, volumes. Changes nothing.",
    tag: "Compose",
    operations: &["container_list", "container_inspect", "image_inspect", "network_list", "volume_list"],
    search: "docker compose up --dry-run: drift of a stack from its compose file",
    always_load: false,
    detaches: false,
    annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
};

pub(super) fn schema() -> Value {
    with_files(&json!({}))
}
