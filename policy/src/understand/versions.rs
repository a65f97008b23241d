//! The parts of a call that its API version knows.

use dockwright::operation::{Lifetime, Operation};
use dockwright::{Value, Version};
use serde_json::Map;

use super::refuse::refusal;
use crate::facets::means_nothing;
use crate::refusal::Refusal;
use crate::request::BODY;

/// Leaves out what the version does not know and what means nothing, or what no engine of that version reads: clients
/// send it to older engines.
///
/// # Errors
/// If the version does not know a part that means something. An engine would ignore it silently.
pub(super) fn hold(
    operation: &'static Operation,
    arguments: &mut Map<String, Value>,
    body: &mut Option<Value>,
    version: Version,
) -> Result<(), Refusal> {
    let is_unknown = |lifetime: Lifetime| !lifetime.contains(version);
    for part in operation.versioned.iter().filter(|part| is_unknown(part.lifetime) && part.member.is_none()) {
        match part.path {
            [BODY, below @ ..] => {
                let is_unread = operation.facets.unread.contains(&part.path.join(".").as_str());
                let is_left_out = if is_unread { |_: &Value| true } else { means_nothing };
                body.as_mut().into_iter().for_each(|body| leave_out(body, below, is_left_out));
            }
            [name] if arguments.get(*name).is_some_and(means_nothing) => _ = arguments.shift_remove(*name),
            [name, below @ ..] => {
                arguments.get_mut(*name).into_iter().for_each(|value| leave_out(value, below, means_nothing));
            }
            [] => {}
        }
    }
    let sent = body.as_ref().unwrap_or(&Value::Null);
    dockwright::refuse_unknown(operation, arguments, sent, version).map_err(|error| refusal(error.to_string()))
}

/// Removes the members at a path that `is_left_out`. `*` is any key, and lists add nothing.
fn leave_out(value: &mut Value, path: &[&str], is_left_out: fn(&Value) -> bool) {
    match (value, path) {
        (Value::Array(items), path) => items.iter_mut().for_each(|item| leave_out(item, path, is_left_out)),
        (Value::Object(members), ["*", below @ ..]) => {
            members.values_mut().for_each(|value| leave_out(value, below, is_left_out));
        }
        (Value::Object(members), [name]) if members.get(*name).is_some_and(is_left_out) => {
            members.shift_remove(*name);
        }
        (Value::Object(members), [name, below @ ..]) => {
            members.get_mut(*name).into_iter().for_each(|value| leave_out(value, below, is_left_out));
        }
        _ => {}
    }
}
