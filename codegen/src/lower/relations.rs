//! Relates operations by their paths and shapes: an update and the operation that reads its object, an object and its
//! list.

use crate::ir::{Answer, Condition, Encoding, Kind, Operation, Place, Preview, Resource, Segment, Users};
use crate::overlay::{ConditionFacts, PreviewFacts, parse_version};

use super::names;

/// The last segment of the path of an update.
const UPDATE: &str = "update";

/// The parameter with the version of the object that an update replaces.
const VERSION: &str = "version";

/// The last segment of a path that adds nothing to the path before it: `/containers/{id}/json` shows the container
/// itself.
const REPRESENTATION: &str = "json";

/// Relates all operations of an API to each other.
pub fn relate(operations: &mut [Operation]) {
    for index in 0..operations.len() {
        let operation = &operations[index];
        let reads = reads(operation, operations).map(|reader| reader.constant.clone());
        let list = list(operation, operations).map(|list| list.constant.clone());
        let resource = resource(operation);
        let operation = &mut operations[index];
        (operation.reads, operation.list, operation.resource) = (reads, list, resource);
    }
}

/// The operation that reads the object whose spec an update replaces: `GET /services/{id}` for
/// `POST /services/{id}/update`. An update that replaces requires the version of the object.
fn reads<'a>(update: &Operation, operations: &'a [Operation]) -> Option<&'a Operation> {
    let (Segment::Literal(last), object) = update.path.split_last()? else { return None };
    let is_versioned = update.parameters.iter().any(|parameter| {
        parameter.name == VERSION
            && parameter.place == Place::Query
            && parameter.kind == Kind::Integer
            && parameter.required
    });
    let sends_json = update.body.as_ref().is_some_and(|body| body.json.is_some());
    if last != UPDATE || update.verb != "POST" || !is_versioned || !sends_json {
        return None;
    }
    operations.iter().find(|operation| reads_json(operation) && operation.path == object)
}

/// The operation that lists objects of the kind that the first path argument names: `GET /containers/json` for
/// `POST /containers/{id}/stop`, `GET /volumes` for `GET /volumes/{name}`.
fn list<'a>(operation: &Operation, operations: &'a [Operation]) -> Option<&'a Operation> {
    let [Segment::Literal(collection), Segment::Argument(_), ..] = &operation.path[..] else { return None };
    operations.iter().find(|list| {
        let path = without_representation(&list.path);
        reads_json(list) && matches!(path, [Segment::Literal(listed)] if listed == collection)
    })
}

/// The object that an operation shows, or the part of it: its output.
fn resource(operation: &Operation) -> Option<Resource> {
    let (path, part) = match (operation.answer, &operation.path[..]) {
        (Answer::Json, path) => (without_representation(path), None),
        (Answer::LogStream, [object @ .., Segment::Literal(part)]) => (object, Some(part.clone())),
        _ => return None,
    };
    let [Segment::Literal(collection), Segment::Argument(argument)] = path else { return None };
    let parameter = operation.parameters.iter().find(|parameter| parameter.name == *argument)?;
    (operation.verb == "GET").then(|| Resource {
        collection: collection.clone(),
        argument: argument.clone(),
        part,
        slashes: parameter.encoding == Encoding::Slashes,
    })
}

fn reads_json(operation: &Operation) -> bool {
    operation.verb == "GET" && operation.answer == Answer::Json
}

/// The path of an object, of which `path` shows the JSON.
pub fn without_representation(path: &[Segment]) -> &[Segment] {
    match path {
        [object @ .., Segment::Literal(last)] if last == REPRESENTATION => object,
        path => path,
    }
}

/// The facts of a prune, with rows in the place of operationIds.
pub fn preview(facts: &PreviewFacts) -> Preview {
    let condition = |ConditionFacts { pointer, test, unless, since }: &ConditionFacts| Condition {
        pointer: pointer.clone(),
        test: test.clone(),
        unless: unless.clone(),
        since: since.as_deref().and_then(parse_version),
    };
    Preview {
        list: names::constant(&facts.list),
        arguments: serde_json::Value::Object(facts.arguments.clone()).to_string(),
        candidates: facts.candidates.clone(),
        filters: facts.filters.clone(),
        time: facts.time.clone(),
        conditions: facts.conditions.iter().map(condition).collect(),
        users: facts.users.as_ref().map(|users| Users {
            operation: names::constant(&users.operation),
            argument: users.argument.clone(),
            name: users.name.clone(),
            users: users.users.clone(),
        }),
        shown: facts.shown.clone(),
        bytes: facts.bytes.clone(),
        shared: facts.shared.clone(),
    }
}
