//! A preview in the overlay must fit the API: its operations, arguments, filters and pointers exist.

use super::lookup::at;
use crate::ir::{Api, Exception, Operation, Place, TypeRef};
use crate::overlay::{OperationWords, PreviewFacts, UsersFacts};

/// The problems of the preview of an operation.
pub fn problems(api: &Api, operation: &Operation, words: &OperationWords) -> Vec<String> {
    let Some(facts) = &words.preview else { return Vec::new() };
    let Some(list) = find(api, &facts.list) else {
        return vec![format!("no operation `{}` to list candidates with", facts.list)];
    };
    let mut problems = Vec::new();
    let arguments = facts.arguments.keys().filter(|name| !takes(list, name));
    problems.extend(arguments.map(|name| format!("`{}` takes no `{name}`", facts.list)));
    problems.extend(pointers(api, list, facts));
    problems.extend(requests(operation, words, facts));
    problems.extend(facts.users.as_ref().and_then(|users| users_problem(api, users)));
    problems
}

/// Pointers into a candidate that lead nowhere.
fn pointers(api: &Api, list: &Operation, facts: &PreviewFacts) -> Vec<String> {
    let conditions = facts.conditions.iter().map(|condition| &condition.pointer);
    let named = facts.users.iter().map(|users| &users.name);
    let pointers = conditions.chain(&facts.time).chain(&facts.bytes).chain(named).cloned();
    let pointers = pointers.chain(facts.shown.iter().map(|property| format!("/{property}")));
    let paths = pointers.map(|pointer| format!("{}{pointer}", facts.candidates));
    let unmatched = paths.filter(|path| !leads(api, list, path));
    unmatched.map(|path| format!("the answer of `{}` has no `{path}`", facts.list)).collect()
}

/// Filters and arguments that the prune itself does not take.
fn requests(operation: &Operation, words: &OperationWords, facts: &PreviewFacts) -> Vec<String> {
    let exceptions = || facts.conditions.iter().filter_map(|condition| condition.unless.as_ref());
    let filters = exceptions().filter_map(|exception| match exception {
        Exception::Filter { filter, .. } => Some(filter),
        Exception::Argument { .. } => None,
    });
    let arguments = exceptions().filter_map(|exception| match exception {
        Exception::Argument { argument } => Some(argument),
        Exception::Filter { .. } => None,
    });
    let filters = facts.filters.iter().chain(filters).filter(|key| !words.filters.contains_key(*key));
    let arguments = arguments.filter(|name| !takes(operation, name));
    let filters = filters.map(|key| format!("no filter `{key}` to preview"));
    filters.chain(arguments.map(|name| format!("no argument `{name}` to lift a condition"))).collect()
}

fn users_problem(api: &Api, facts: &UsersFacts) -> Option<String> {
    let Some(operation) = find(api, &facts.operation) else {
        return Some(format!("no operation `{}` to find users with", facts.operation));
    };
    let mut required = operation.parameters.iter().filter(|parameter| parameter.required);
    let is_asked = required.all(|parameter| parameter.name == facts.argument && parameter.place == Place::Path);
    if !is_asked || !takes(operation, &facts.argument) {
        return Some(format!("`{}` cannot be called with `{}` alone", facts.operation, facts.argument));
    }
    let answers = leads(api, operation, &facts.users);
    (!answers).then(|| format!("the answer of `{}` has no `{}`", facts.operation, facts.users))
}

fn find<'a>(api: &'a Api, id: &str) -> Option<&'a Operation> {
    api.operations.iter().find(|operation| operation.id == id)
}

fn takes(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().any(|parameter| parameter.name == name)
}

/// A JSON pointer leads somewhere in an answer, to a property or to any key of a map.
fn leads(api: &Api, operation: &Operation, pointer: &str) -> bool {
    let keys: Vec<_> = pointer.split('/').skip(1).collect();
    let from = operation.answer_type.as_ref();
    let at_key = |keys: &[&str]| at(api, from, keys.iter().copied());
    at_key(&keys).is_some() || keys.split_last().is_some_and(|(_, map)| matches!(at_key(map), Some(TypeRef::Map(_))))
}
