//! A container that becomes a service, with its names.

use serde_json::{Map, Value};

use crate::compose::labels::{self, label};

/// A container that becomes a service.
pub(crate) struct Source {
    /// The answer of container_inspect.
    pub(crate) inspect: Value,
    /// The body that creates it without what its image gives.
    pub(crate) body: Map<String, Value>,
}

impl Source {
    /// A label of it; empty if it has none.
    pub(super) fn label(&self, name: &str) -> &str {
        label(&self.inspect["Config"], name)
    }

    pub(super) fn id(&self) -> &str {
        self.inspect["Id"].as_str().unwrap_or_default()
    }

    pub(super) fn name(&self) -> &str {
        self.inspect["Name"].as_str().unwrap_or_default().trim_start_matches('/')
    }

    /// The name of its service.
    pub(super) fn service(&self) -> &str {
        Some(self.label(labels::SERVICE)).filter(|service| !service.is_empty()).unwrap_or(self.name())
    }

    /// Returns true if Compose gave it its name.
    pub(super) fn is_named_by_compose(&self) -> bool {
        let [project, service, number] =
            [labels::PROJECT, labels::SERVICE, labels::NUMBER].map(|name| self.label(name));
        self.name() == format!("{project}-{service}-{number}")
    }
}
