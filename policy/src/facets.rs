//! The facets of a request, by the rules in its operation's row: an operation, its arguments and its body come in, the
//! facets go out, each with the path that brings it. It knows neither engines nor settings, and asks nobody: a name
//! whose object must be known becomes a question.

mod cause;
mod search;
mod tree;
mod values;

use dockwright::operation::Operation;
use serde_json::{Map, Value};

pub use cause::{Cause, Question};
pub use search::{Finding, Label, Named, Search};
pub use values::{matches, means_nothing};

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
