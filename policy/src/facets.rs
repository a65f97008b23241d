//! The facets of a request, by the rules in its operation's row: an operation, its arguments and its body come in, the
//! facets go out, each with the path that brings it. It knows neither engines nor settings, and asks nobody: a name
//! whose object must be known becomes a question.

mod search;
mod tree;
mod values;

use dockwright::operation::{Facet, NamedObject, Operation, When};
use serde_json::{Map, Value};

pub use search::{Finding, Label, Named, Search};
pub use values::{matches, means_nothing};

/// The argument that is the body of a request.
pub const BODY: &str = "body";

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
    when: When,
}

impl Question {
    /// Judges the answer of the operation that reads the object.
    #[must_use]
    pub fn answer(&self, answer: &Value) -> Option<&Cause> {
        let property = answer.pointer(self.object.pointer).unwrap_or(&Value::Null);
        values::has_facet(property, self.when).then_some(&self.cause)
    }
}

/// The facets of a request, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// The facets.
    pub causes: Vec<Cause>,
    /// Facets that depend on objects which the request names.
    pub questions: Vec<Question>,
}

/// Finds the facets of a request.
#[must_use]
pub fn facets(operation: &Operation, arguments: &Map<String, Value>, body: Option<&Value>) -> Findings {
    let Search { findings, questions, .. } = Search::of(operation, arguments, body);
    let causes = findings.into_iter().map(|finding| Cause { facet: finding.facet, path: finding.path.to_string() });
    Findings { causes: causes.collect(), questions }
}

#[cfg(test)]
mod tests;
