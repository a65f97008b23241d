//! Policies that an argument names: a file, or a preset.

use std::path::Path;
use std::sync::Arc;

use dockwright_policy::{Policy, Preset};

use crate::proxy::PolicyFile;

/// The policy of a file.
pub(super) fn read(file: &Path) -> Result<Arc<Policy>, String> {
    PolicyFile::open(file).map(|file| Arc::clone(&file.policy().borrow()))
}

/// The policy of a preset, for an owner where it needs one, or of a file.
pub(super) fn read_or_preset(name: &Path) -> Result<Arc<Policy>, String> {
    let Some(preset) = name.to_str().and_then(preset_named) else { return read(name) };
    preset.beginning().parse().map(Arc::new).map_err(|problem| format!("{}: {problem}", preset.name()))
}

pub(super) fn preset_named(name: &str) -> Option<Preset> {
    Preset::ALL.into_iter().find(|preset| preset.name() == name)
}

/// The owner of a policy in words.
pub(super) fn owner(policy: &Policy) -> String {
    policy.own.as_ref().map_or_else(|| "no owner".to_owned(), |owner| format!("owner {owner}"))
}
