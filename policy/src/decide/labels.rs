//! Sets the owner's label on what a request makes, and refuses it from the caller.

use dockwright::Value;

use super::ruling::{Ruling, refuse};
use crate::facets::{Label, Search};
use crate::policy::OwnerLabel;
use crate::refusal::Refusal;
use crate::request::Path;

const RULE: &str = "own";

pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, search: &Search<'a>) -> Result<(), Refusal> {
    let Some(owner) = &ruling.policy.own else { return Ok(()) };
    search.labels.iter().try_for_each(|label| judge_one(owner, label))?;
    for path in ruling.request.operation.facets.labels {
        let given = ruling.request.at(path).and_then(|labels| labels.get(&owner.key));
        if given.is_none() {
            let path = Path::of_row(path).below(owner.key.clone());
            ruling.change(RULE, path, Value::String(owner.value.clone()));
        }
    }
    Ok(())
}

/// Refuses another value of the owner's label.
fn judge_one(owner: &OwnerLabel, Label { path, value }: &Label<'_>) -> Result<(), Refusal> {
    let is_fine = match value {
        Value::Object(labels) => labels.get(&owner.key).is_none_or(|value| *value == owner.value.as_str()),
        // An instruction of a Dockerfile, which could set labels.
        Value::String(text) => is_harmless(text),
        Value::Array(items) => items.iter().all(|item| item.as_str().is_some_and(is_harmless)),
        _ => false,
    };
    match is_fine {
        true => Ok(()),
        false => refuse(RULE, format!("`{path}` sets labels; the label {} is set by the policy", owner.key)),
    }
}

fn is_harmless(instruction: &str) -> bool {
    !instruction.to_ascii_lowercase().contains("label") && !instruction.contains(['\n', '\r', '\\', '`'])
}
