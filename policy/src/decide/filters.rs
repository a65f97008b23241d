//! Narrows lists, events and prunes to what carries the owner's label.

use dockwright::Value;
use dockwright::operation::Operation;
use serde_json::json;

use super::ruling::{Ruling, refuse};
use crate::refusal::Refusal;
use crate::request::{Path, Step};
use crate::understand::Form;

const RULE: &str = "own";

/// The argument, and the filter in it.
const FILTERS: &str = "filters";
const LABEL: &str = "label";

/// The filters that compare with another object, of which the engine tells if there is one.
const COMPARING: [&str; 2] = ["before", "since"];

pub(super) fn narrow(ruling: &mut Ruling<'_, '_>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    let request = ruling.request;
    if !is_narrowed(request.operation) {
        return Ok(());
    }
    let filters = request.arguments.get(FILTERS);
    let compares = |name: &&&str| filters.and_then(|filters| filters.get(**name)).is_some_and(|value| !value.is_null());
    if let Some(name) = COMPARING.iter().find(compares) {
        return refuse(RULE, format!("`filters.{name}` names an object, which may be somebody else's; leave it out"));
    }
    let given = filters.and_then(|filters| filters.get(LABEL));
    let mut labels = match given {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(labels)) => labels.clone(),
        Some(Value::String(label)) => vec![json!(label)],
        Some(_) => return refuse(RULE, "`filters.label` is not a list of texts"),
    };
    let label = json!(owner.to_string());
    // An engine of a swarm takes any one of two values.
    let is_of_another = |given: &Value| {
        given != &label && given.as_str().is_some_and(|given| given.split('=').next() == Some(owner.key.as_str()))
    };
    if labels.iter().any(is_of_another) {
        return refuse(RULE, format!("`filters.label` asks for {}, which is set by the policy", owner.key));
    }
    if !labels.contains(&label) {
        labels.push(label);
        let path = Path([FILTERS, LABEL].map(|key| Step::Key(key.into())).to_vec());
        ruling.change(RULE, path, Value::Array(labels));
    }
    Ok(())
}

/// Returns true for an operation on many objects, which can be narrowed by their labels.
pub(super) fn is_narrowed(operation: &Operation) -> bool {
    Form::of(operation).argument(FILTERS).is_some_and(|filters| filters.member(LABEL).is_some())
}
