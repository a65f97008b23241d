//! The secrets and agents of ssh that the settings give to builds, by their ids in the schema of a build. Without any,
//! the argument is left out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::tool::Tool;
use crate::arguments;
use crate::catalogue::operations;
use crate::settings::Settings;

/// The most ids of a list. A refusal names the others.
const IDS: usize = 20;

/// Names the ids in the schema of a tool that builds.
pub(super) fn add(tool: &mut Tool, settings: &Settings) {
    if !operations::find(&tool.name).is_some_and(|tool| arguments::takes_session(tool.operation)) {
        return;
    }
    let secrets: Vec<_> = settings.build_secret.iter().map(|secret| secret.id.as_str()).collect();
    let agents: Vec<_> = settings.build_ssh.iter().map(|ssh| ssh.id.as_str()).collect();
    let schema = Arc::make_mut(&mut tool.input_schema);
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (name, ids) in [("secrets", secrets), ("ssh", agents)] {
        match ids.len() {
            0 => drop(properties.shift_remove(name)),
            1..=IDS => properties[name]["items"]["enum"] = json!(ids),
            _ => {}
        }
    }
}
