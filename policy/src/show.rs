//! The operations that a policy can let pass, for those who list them or explain the policy.

mod words;

use dockwright::operation::{Facet, Operation};
use dockwright::operations;

pub use words::{Section, sections};

use crate::decide::refusal_of_all;
use crate::policy::Policy;
use crate::refusal::Refusal;

/// An operation, and its fate under a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// The operation.
    pub operation: &'static Operation,
    /// The reason why no request of it can pass; `None` if some can.
    pub refusal: Option<Refusal>,
}

/// The fates of all operations, in the order of the table.
pub fn fates(policy: &Policy) -> impl Iterator<Item = Fate> {
    operations::ALL.iter().map(|operation| Fate { operation, refusal: refusal_of_all(policy, operation) })
}

/// Words about what a policy lets pass that its reader may not expect.
#[must_use]
pub fn warnings(policy: &Policy) -> Vec<String> {
    let passing: Vec<_> = fates(policy).filter(|fate| fate.refusal.is_none()).map(|fate| fate.operation).collect();
    let mut warnings = Vec::new();
    if policy.own.is_none() && passing.iter().any(|operation| !operation.annotations.read_only) {
        warnings.push("no owner: every object of the engine may be changed; set `[own] label`".to_owned());
    }
    let builds = passing.iter().any(|operation| {
        let is_archive = operation.body.is_some_and(|body| !body.json);
        is_archive && operation.facets.of_every_request().any(|facet| facet == Facet::Egress)
    });
    if builds {
        warnings.push("builds: a Dockerfile uses any image of the engine, and pulls from any registry".to_owned());
    }
    if !policy.binds.is_empty() {
        let folders = policy.binds.join(", ");
        warnings.push(format!(
            "binds: where the engine is on another host, a link below {folders} is not seen; on the same host, one that is \
             made between the decision and the mount is not"
        ));
    }
    let wide: Vec<_> = Facet::ALL.iter().filter(|facet| reaches_host(**facet) && policy.grants(**facet)).collect();
    if !wide.is_empty() {
        let names: Vec<_> = wide.iter().map(|facet| facet.name()).collect();
        warnings.push(format!("facets: whoever may use {} reaches the engine's host", names.join(", ")));
    }
    warnings
}

/// Returns true for a facet by which a request can reach the engine's host, or get more rights there than a container
/// has by itself.
#[must_use]
pub const fn reaches_host(facet: Facet) -> bool {
    !matches!(
        facet,
        Facet::Publishes | Facet::Egress | Facet::Persists | Facet::RunsCode | Facet::ReadsFiles | Facet::Shared
    )
}

#[cfg(test)]
mod tests;
