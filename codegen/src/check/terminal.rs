//! Checks `terminal` in the overlay: it names an operation that can be called and a boolean in its answer, or a boolean
//! in the body.

use super::lookup::at;
use crate::ir::{Answer, Api, Operation, Parameter, Place, TypeRef};
use crate::overlay::TerminalFacts;

/// The problem of `terminal` of an operation, if it has one.
pub fn problem(api: &Api, operation: &Operation, terminal: &TerminalFacts) -> Option<String> {
    if !matches!(operation.answer, Answer::LogStream | Answer::Upgrade) {
        return Some("`terminal` is only for the output of processes".to_owned());
    }
    match terminal {
        TerminalFacts::Body { body } => {
            let sent = operation.body.as_ref().and_then(|body| body.json.as_ref());
            (!tells(api, sent, body)).then(|| format!("the body has no boolean at `{body}`"))
        }
        TerminalFacts::Operation { operation: id, pointer } => {
            let Some(asked) = api.operations.iter().find(|asked| asked.id == *id) else {
                return Some(format!("no operation `{id}` to ask for a terminal"));
            };
            if !needed(asked).eq(needed(operation).filter(|parameter| parameter.place == Place::Path)) {
                return Some(format!("`{id}` needs other arguments than those in the path"));
            }
            let is_told = asked.answer == Answer::Json && tells(api, asked.answer_type.as_ref(), pointer);
            (!is_told).then(|| format!("the answer of `{id}` has no boolean at `{pointer}`"))
        }
    }
}

fn needed(operation: &Operation) -> impl Iterator<Item = Needed<'_>> {
    let needed = operation.parameters.iter().filter(|parameter| parameter.required);
    needed.map(|Parameter { name, place, .. }| Needed { name, place: *place })
}

/// A required parameter, without its meaning and encoding.
#[derive(PartialEq)]
struct Needed<'a> {
    name: &'a str,
    place: Place,
}

fn tells(api: &Api, from: Option<&TypeRef>, pointer: &str) -> bool {
    let keys = pointer.strip_prefix('/').map(|keys| keys.split('/'));
    keys.is_some_and(|keys| at(api, from, keys) == Some(TypeRef::Boolean))
}
