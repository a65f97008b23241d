//! The decision: a policy, a request as plain facts, and what is known of the objects that it names come in; out comes
//! one of four answers. Nothing is called, read or waited for.

mod binds;
mod egress;
mod facets;
mod filters;
mod images;
mod labels;
mod names;
mod publish;
mod ruling;
mod settings;

use std::fmt;

use dockwright::operation::Operation;

use crate::facets::Search;
use crate::facts::{Facts, Question};
use crate::policy::Policy;
use crate::request::{Change, Request};
use ruling::Ruling;

/// The most objects that a request may name.
const MOST_NAMES: usize = 100;

/// A decision on a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<'a> {
    /// It may pass as it is.
    Allow,
    /// It may pass with these changes, all of them.
    Rewrite(Vec<Change<'a>>),
    /// It must not pass.
    Deny(Refusal),
    /// It cannot be decided without answers to these questions. With them it is decided anew, and more may be asked.
    Needs(Vec<Question>),
}

/// The reason why a request must not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The section of the policy that denies it, or the facet.
    pub rule: &'static str,
    /// The reason, and what would pass.
    pub words: String,
    /// The answer of an engine that has no such object, where the caller must not learn that there is one.
    pub absent: Option<String>,
}

impl Refusal {
    /// The status for HTTP: 404 for an object that is not the caller's, else 403.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if self.absent.is_some() { 404 } else { 403 }
    }

    /// The message for the caller, who learns of no object that is not its own.
    #[must_use]
    pub fn message(&self) -> String {
        self.absent.clone().unwrap_or_else(|| self.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "denied by {}: {}", self.rule, self.words)
    }
}

/// Decides on a request.
#[must_use]
pub fn decide<'a>(policy: &Policy, request: Request<'a>, facts: &Facts) -> Decision<'a> {
    let mut ruling = Ruling::new(policy, request, facts);
    let judged = judge(&mut ruling);
    ruling.decision(judged)
}

fn judge(ruling: &mut Ruling<'_, '_>) -> Result<(), Refusal> {
    let Ruling { policy, request, .. } = *ruling;
    let operation = request.operation;
    if !policy.names(operation) {
        return Err(operation_refusal(policy, operation.name));
    }
    let search = Search::of(operation, request.arguments, request.body);
    facets::judge(ruling, &search)?;
    labels::judge(ruling, &search)?;
    names::judge(ruling, &search)?;
    filters::narrow(ruling)?;
    settings::set(ruling)
}

/// The reason why no request of an operation can pass, whatever it says; `None` if some can.
pub(crate) fn refusal_of_all(policy: &Policy, operation: &'static Operation) -> Option<Refusal> {
    if !policy.names(operation) {
        return Some(operation_refusal(policy, operation.name));
    }
    let granted = operation.facets.of_every_request().filter(|facet| !policy.grants(*facet));
    granted.filter_map(|facet| facets::refusal_of_every_request(policy, operation, facet)).next()
}

/// The refusal of an operation that the policy does not name.
fn operation_refusal(policy: &Policy, name: &str) -> Refusal {
    let is_denied = policy.deny.names().contains(&name);
    let rule = if is_denied { "deny" } else { "allow" };
    let words = if is_denied { "is among the operations that never pass" } else { "is not among the operations" };
    Refusal { rule, words: format!("{name} {words}"), absent: None }
}

#[cfg(test)]
mod tests;
