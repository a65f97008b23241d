//! The kinds of objects that an engine has, by the first segment of their paths: how each is read and who its users
//! are. It knows the operation table, and calls nothing.

use dockwright::operation::{Facet, Operation, Resource, Segment};
use dockwright::operations;

/// The collection of containers.
pub const CONTAINERS: &str = "containers";

/// The collection of images.
pub const IMAGES: &str = "images";

/// The collection of volumes.
pub const VOLUMES: &str = "volumes";

/// Collections whose objects belong to an object of another, and the pointer to its id in their answer.
const PARENTS: [(&str, &str, &str); 2] = [("exec", CONTAINERS, "/ContainerID"), ("tasks", "services", "/ServiceID")];

/// The collection whose objects own those of a collection, and the pointer to the owner's id.
#[must_use]
pub fn parent(collection: &str) -> Option<(&'static str, &'static str)> {
    PARENTS.iter().find(|(child, ..)| *child == collection).map(|(_, parent, pointer)| (*parent, *pointer))
}

/// The collection that a path begins with.
#[must_use]
pub fn collection(operation: &Operation) -> Option<&'static str> {
    match operation.path.first() {
        Some(Segment::Literal(collection)) => Some(collection),
        _ => None,
    }
}

/// The operation that reads an object of a collection, and its argument that takes the name.
#[must_use]
pub fn reader(collection: &str) -> Option<(&'static Operation, &'static str)> {
    operations::ALL.iter().find_map(|operation| match operation.resource {
        Some(Resource { collection: of, argument, part: None, .. }) if of == collection => Some((*operation, argument)),
        _ => None,
    })
}

/// Returns true for an operation that reads one object by its name, and nothing else.
#[must_use]
pub fn is_look(operation: &Operation) -> bool {
    operation.resource.is_some_and(|resource| resource.part.is_none())
}

/// The object of its path that a request is about: the collection, and the argument with its name.
#[must_use]
pub fn target(operation: &Operation) -> Option<(&'static str, &'static str)> {
    let [Segment::Literal(collection), Segment::Argument(argument), ..] = operation.path else { return None };
    let (reader, _) = reader(collection)?;
    // An object that a registry is asked about is not the engine's.
    let asks_registry = reader.facets.of_every_request().any(|facet| facet == Facet::Egress);
    (!asks_registry).then_some((*collection, *argument))
}

/// The words of an engine that has no such object.
#[must_use]
pub fn absent(collection: &str, name: &str) -> String {
    let kind = collection.strip_suffix('s').unwrap_or(collection);
    match collection {
        VOLUMES => format!("get {name}: no such volume"),
        "networks" | "services" | "tasks" | "secrets" | "configs" => format!("{kind} {name} not found"),
        "exec" => format!("No such exec instance: {name}"),
        _ => format!("No such {kind}: {name}"),
    }
}
