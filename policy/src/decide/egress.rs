//! Judges addresses that the engine is made to connect to.

use std::borrow::Cow;

use dockwright::operation::{Operation, When};
use dockwright::registry_of;

use super::ruling::{Ruling, refuse};
use crate::facets::{Finding, Search};
use crate::policy::Policy;
use crate::refusal::Refusal;

const RULE: &str = "egress";

/// Judges an operation all of whose requests make the engine connect somewhere.
pub(super) fn judge_operation(ruling: &Ruling<'_, '_>, search: &Search<'_>) -> Result<(), Refusal> {
    let operation = ruling.request.operation;
    // A registry that is named is judged by itself.
    if search.findings.iter().any(|finding| names_registry(finding.when)) {
        Ok(())
    } else if may_name_registry(operation) {
        judge_name(ruling, "")
    } else {
        refusal_of_operation(ruling.policy, operation).map_or(Ok(()), Err)
    }
}

/// The refusal of all requests of such an operation; `None` if some of them may pass.
pub(super) fn refusal_of_operation(policy: &Policy, operation: &Operation) -> Option<Refusal> {
    let may_pass = match operation.body {
        _ if may_name_registry(operation) => !policy.egress.registries.is_empty(),
        Some(body) => !body.json && policy.egress.builds,
        None => false,
    };
    let words = || format!("{} makes the engine connect to an address of the caller's", operation.name);
    if may_pass { None } else { refuse::<()>(RULE, words()).err() }
}

/// Returns true for an operation that may name a registry. One that names none asks Docker's.
pub(crate) fn may_name_registry(operation: &Operation) -> bool {
    operation.facets.rules.iter().any(|rule| names_registry(rule.when))
}

/// Returns true if a value names a registry.
pub(crate) fn names_registry(when: When) -> bool {
    matches!(when, When::Registry | When::Address)
}

/// Judges the registry in a name, or the address of one.
pub(super) fn judge_registry(ruling: &Ruling<'_, '_>, finding: &Finding<'_>) -> Result<(), Refusal> {
    judge_name(ruling, &name_of_registry(finding))
}

/// A name at the registry that a value names.
pub(crate) fn name_of_registry<'a>(finding: &Finding<'a>) -> Cow<'a, str> {
    let text = finding.value.as_str().unwrap_or_default();
    if finding.when == When::Registry {
        return text.into();
    }
    let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    format!("{}/x", address.split('/').next().unwrap_or_default()).into()
}

/// Judges the registry that an engine asks about a name; about none, it asks Docker's.
fn judge_name(ruling: &Ruling<'_, '_>, name: &str) -> Result<(), Refusal> {
    let name = if name.is_empty() { "x" } else { name };
    let registries = &ruling.policy.egress.registries;
    match registry_of(name) {
        Some(registry) if registries.contains(&registry) => Ok(()),
        Some(registry) if registries.is_empty() => {
            refuse(RULE, format!("{registry} is asked, and no registry is allowed"))
        }
        Some(registry) => refuse(RULE, format!("{registry} is not among {}", registries.join(", "))),
        None => refuse(RULE, format!("nobody can tell which registry is asked about `{name}`")),
    }
}
