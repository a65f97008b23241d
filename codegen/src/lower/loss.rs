//! Facts of the object that a call may lose. The overlay states them at the operation that reads the object, and the
//! row of every other operation on it has them.

use serde_json::{Map, Value};

use super::{names, relations};
use crate::ir::{Loss, LossItem, Operation, Segment};
use crate::overlay::LossFacts;

/// The facts of the object that an operation reads.
pub fn loss(reader: &str, template: &str, facts: &LossFacts) -> Loss {
    let json = |arguments: &Map<String, Value>| Value::Object(arguments.clone()).to_string();
    let argument = template.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    Loss {
        read: reader.to_owned(),
        argument: argument.map(|(name, _)| name.to_owned()),
        arguments: json(&facts.arguments),
        shown: facts.shown.clone(),
        item: facts.item.as_ref().map(|item| LossItem {
            list: names::constant(&item.list),
            arguments: json(&item.arguments),
            items: item.items.clone(),
            key: item.key.clone(),
            shown: item.shown.clone(),
        }),
    }
}

/// Hands the facts on from the operations that read objects to those that change them: from
/// `GET /containers/{id}/json` to `POST /containers/{id}/stop`.
pub fn distribute(operations: &mut [Operation]) {
    let readers = operations.iter_mut().filter_map(|reader| Some((reader.path.clone(), reader.loss.take()?)));
    let readers: Vec<_> = readers.collect();
    for operation in operations.iter_mut().filter(|operation| !operation.annotations.read_only) {
        let path: &[Segment] = &operation.path;
        let acts_on = |reader: &&(Vec<Segment>, Loss)| path.starts_with(relations::without_representation(&reader.0));
        let reader = readers.iter().filter(acts_on).max_by_key(|(path, _)| path.len());
        operation.loss = reader.map(|(_, loss)| loss.clone());
    }
}
