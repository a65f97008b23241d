//! The facets of a request, by the rules in its operation's row: an operation, its arguments and its body come in, the
//! facets go out, each with the path that brings it. It knows neither engines nor settings, and asks nobody: a name
//! whose object must be known becomes a question.

mod refusal;
mod seen;
mod values;

use dockwright::operation::{Facet, FacetRule, Facets, NamedObject, Operation, When};
use serde_json::{Map, Value};

pub use refusal::{reaches_host, refusal};
pub use seen::SeenFacets;

/// The argument that is the body of a request.
const BODY: &str = "body";

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
    let mut search = Search { facets: operation.facets, findings: Findings::default() };
    search
        .findings
        .causes
        .extend(operation.facets.of_every_request().map(|facet| Cause { facet, path: String::new() }));
    for (name, value) in arguments {
        search.value(name, name, value, false);
    }
    if let Some(body) = body {
        search.value(BODY, BODY, body, false);
    }
    search.findings
}

struct Search {
    facets: Facets,
    findings: Findings,
}

impl Search {
    /// Judges a value at a path of the rules; `shown` is the path with the items of lists.
    fn value(&mut self, path: &str, shown: &str, value: &Value, in_list: bool) {
        let rules = self.facets.rules.iter().filter(|rule| rule.path == path);
        for rule in rules.filter(|rule| values::judges_items(rule.when) || !in_list) {
            self.judge(rule, shown, value);
        }
        match value {
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| {
                    self.value(path, &format!("{shown}[{index}]"), item, true);
                });
            }
            Value::Object(members) if self.has_rules_below(path) => {
                members.iter().for_each(|(name, member)| self.member(path, shown, name, member));
            }
            _ => {}
        }
    }

    fn member(&mut self, path: &str, shown: &str, name: &str, member: &Value) {
        let shown = format!("{shown}.{name}");
        let known = [format!("{path}.{name}"), format!("{path}.*")].into_iter().find(|path| self.knows(path));
        match known {
            Some(path) => self.value(&path, &shown, member, false),
            None if values::means_nothing(member) || self.is_claimed_whole(path) => {}
            None => self.findings.causes.push(Cause { facet: Facet::Opaque, path: shown }),
        }
    }

    fn judge(&mut self, rule: &FacetRule, shown: &str, value: &Value) {
        let cause = Cause { facet: rule.facet, path: shown.to_owned() };
        match rule.object {
            None if values::has_facet(value, rule.when) => self.findings.causes.push(cause),
            None => {}
            Some(object) => {
                let name = value.as_str().and_then(values::name_in);
                let question = |name: &str| Question { cause, name: name.to_owned(), object, when: rule.when };
                self.findings.questions.extend(name.map(question));
            }
        }
    }

    fn paths(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.facets.rules.iter().map(|rule| rule.path).chain(self.facets.harmless.iter().copied())
    }

    fn knows(&self, path: &str) -> bool {
        self.paths().any(|known| known == path) || self.has_rules_below(path)
    }

    fn has_rules_below(&self, path: &str) -> bool {
        self.paths().any(|known| known.strip_prefix(path).is_some_and(|below| below.starts_with('.')))
    }

    /// Returns true if a facet stands for any value at a path.
    fn is_claimed_whole(&self, path: &str) -> bool {
        self.facets.rules.iter().any(|rule| rule.path == path && rule.when == When::Given && rule.object.is_none())
    }
}

#[cfg(test)]
mod tests;
