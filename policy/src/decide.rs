//! The decision: a policy, a request as plain facts, and what is known of the objects that it names come in; out comes
//! one of four answers. Nothing is called, read or waited for.

pub(crate) mod binds;
mod builder;
mod decision;
pub(crate) mod egress;
mod facets;
mod filters;
pub(crate) mod images;
mod labels;
pub(crate) mod names;
mod owner;
pub(crate) mod publish;
mod ruling;
mod settings;

use dockwright::operation::Operation;

use crate::facets::Search;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::request::Request;
pub use decision::Decision;
use ruling::Ruling;

/// The most objects that a request may name, and the most facets that it may have.
const MOST_NAMES: usize = 100;
const MOST_FACETS: usize = 500;

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
    if search.names.len() > MOST_NAMES || search.questions.len() + search.findings.len() > MOST_FACETS {
        return ruling::refuse("request", "it names too many objects to be judged");
    }
    judge_parts(ruling, &search).map_err(|refusal| builder::explain(&search, refusal))
}

fn judge_parts<'a>(ruling: &mut Ruling<'_, 'a>, search: &Search<'a>) -> Result<(), Refusal> {
    facets::judge(ruling, search)?;
    labels::judge(ruling, search)?;
    names::judge(ruling, search)?;
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
