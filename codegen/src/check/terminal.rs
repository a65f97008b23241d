//! Checks `terminal` and `running` in the overlay: each names an operation that can be called and a boolean in its
//! answer, or a boolean in the body.

use super::lookup::at;
use crate::ir::{Answer, Api, Operation, Parameter, Place, TypeRef};
use crate::overlay::{RunningFacts, TerminalFacts};

/// The problem of `terminal` of an operation, if it has one.
pub fn problem(api: &Api, operation: &Operation, terminal: &TerminalFacts) -> Option<String> {
    if !matches!(operation.answer, Answer::LogStream | Answer::Upgrade) {
        return Some("`terminal` is only for the output of processes".to_owned());
    }
    match terminal {
        TerminalFacts::Body { body } => no_flag_in_body(api, operation, body),
        TerminalFacts::Prepared { body, operation: id, pointer } => {
            no_flag_in_body(api, operation, body).or_else(|| no_flag_in_answer(api, operation, id, pointer))
        }
        TerminalFacts::Operation { operation: id, pointer } => no_flag_in_answer(api, operation, id, pointer),
    }
}

/// The problem of `running` of an operation, if it has one.
pub fn running_problem(api: &Api, operation: &Operation, running: &RunningFacts) -> Option<String> {
    if !matches!(operation.answer, Answer::LogStream | Answer::Upgrade | Answer::Websocket) {
        return Some("`running` is only for the output of processes".to_owned());
    }
    let is_flag = |name: &&String| {
        let mut flags = operation.parameters.iter().filter(|parameter| parameter.type_ref == TypeRef::Boolean);
        flags.any(|flag| flag.name == **name)
    };
    let when = running.when.iter().find(|name| !is_flag(name)).map(|name| format!("no boolean parameter `{name}`"));
    when.or_else(|| no_flag_in_body(api, operation, running.unless.as_ref()?))
        .or_else(|| no_flag_in_answer(api, operation, &running.operation, &running.pointer))
}

fn no_flag_in_body(api: &Api, operation: &Operation, pointer: &str) -> Option<String> {
    let sent = operation.body.as_ref().and_then(|body| body.json.as_ref());
    (!tells(api, sent, pointer)).then(|| format!("the body has no boolean at `{pointer}`"))
}

fn no_flag_in_answer(api: &Api, operation: &Operation, id: &str, pointer: &str) -> Option<String> {
    let Some(asked) = api.operations.iter().find(|asked| asked.id == *id) else {
        return Some(format!("no operation `{id}` to ask"));
    };
    if !needed(asked).eq(needed(operation).filter(|parameter| parameter.place == Place::Path)) {
        return Some(format!("`{id}` needs other arguments than those in the path"));
    }
    let is_told = asked.answer == Answer::Json && tells(api, asked.answer_type.as_ref(), pointer);
    (!is_told).then(|| format!("the answer of `{id}` has no boolean at `{pointer}`"))
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
