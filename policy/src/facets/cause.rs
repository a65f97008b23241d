//! Facets that a request has, or may have.

use dockwright::operation::{Facet, NamedObject, When};
use serde_json::Value;

use super::values;

/// A facet of a request, and what brings it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The facet.
    pub facet: Facet,
    /// The path in the arguments, `body.HostConfig.Binds[0]`; empty for a facet of every such request.
    pub path: String,
}

/// A facet that a request has if the object that it names is one of those.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The facet, and the path to the name.
    pub cause: Cause,
    /// The name of the object.
    pub name: String,
    /// The operation that reads the object, and the property that is judged.
    pub object: NamedObject,
    pub(super) when: When,
}

impl Question {
    /// Judges the answer of the operation that reads the object.
    #[must_use]
    pub fn answer(&self, answer: &Value) -> Option<&Cause> {
        let property = answer.pointer(self.object.pointer).unwrap_or(&Value::Null);
        values::has_facet(property, self.when).then_some(&self.cause)
    }
}
