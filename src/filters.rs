//! The representation of generated filter types: keys, each with values of which one must match.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Keys with their values, encoded as the engine expects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    /// Adds a key without a value.
    pub(crate) fn add_key(&mut self, key: impl Into<String>) {
        self.0.entry(key.into()).or_default();
    }

    /// Adds a value for a key.
    pub(crate) fn add(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.entry(key.into()).or_default().push(value.into());
    }
}
