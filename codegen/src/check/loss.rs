//! Facts of an object that may be lost must fit the API: their operations, arguments and paths exist.

use super::lookup::at;
use crate::ir::{Answer, Api, Operation};
use crate::overlay::{LossItemFacts, OperationWords};

/// The problems of the facts at the operation that reads the object.
pub fn problems(api: &Api, reader: &Operation, words: &OperationWords) -> Vec<String> {
    let Some(facts) = &words.loss else { return Vec::new() };
    if reader.verb != "GET" || reader.answer != Answer::Json {
        return vec!["`loss` is only for an operation that reads one object".to_owned()];
    }
    let mut problems = unknown_arguments(reader, facts.arguments.keys());
    problems.extend(unknown_paths(api, reader, "", &facts.shown));
    if let Some(item) = &facts.item {
        problems.extend(item_problems(api, reader, item));
    }
    problems
}

fn item_problems(api: &Api, reader: &Operation, item: &LossItemFacts) -> Vec<String> {
    let Some(list) = api.operations.iter().find(|operation| operation.id == item.list) else {
        return vec![format!("`loss`: no operation `{}`", item.list)];
    };
    let key = std::slice::from_ref(&item.key);
    let mut problems = unknown_arguments(list, item.arguments.keys());
    problems.extend(unknown_paths(api, list, &item.items, key));
    problems.extend(unknown_paths(api, list, &item.items, &item.shown));
    problems.extend(unknown_paths(api, reader, "", key));
    problems
}

fn unknown_arguments<'a>(operation: &Operation, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let takes = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
    names.filter(|name| !takes(name)).map(|name| format!("`{}` takes no `{name}`", operation.id)).collect()
}

/// Paths below a JSON pointer into an answer that lead nowhere.
fn unknown_paths(api: &Api, operation: &Operation, pointer: &str, paths: &[String]) -> Vec<String> {
    let leads = |path: &str| {
        let keys = pointer.split('/').filter(|key| !key.is_empty()).chain(path.split('.'));
        at(api, operation.answer_type.as_ref(), keys).is_some()
    };
    let unmatched = paths.iter().filter(|path| !leads(path));
    unmatched.map(|path| format!("the answer of `{}` has no `{path}`", operation.id)).collect()
}
