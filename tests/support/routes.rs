//! Finds the operation of a recorded request, as the engine's router would: by the operation table alone.

use dockwright::operation::{Encoding, Operation, Place, Segment};
use dockwright::operations::ALL;
use http::Method;

/// The operation of a GET request. Of several that match, the one with the most fixed segments.
pub fn operation(get: &str) -> Option<&'static Operation> {
    let path = get.split('?').next().unwrap_or_default();
    let segments: Vec<_> = path.split('/').skip(1).collect();
    let gets = ALL.iter().copied().filter(|operation| operation.method == Method::GET);
    gets.filter(|operation| matches(operation, operation.path, &segments))
        .max_by_key(|operation| operation.path.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count())
}

fn matches(operation: &Operation, path: &[Segment], segments: &[&str]) -> bool {
    match (path, segments) {
        ([], []) => true,
        ([Segment::Literal(literal), path @ ..], [first, rest @ ..]) => {
            literal == first && matches(operation, path, rest)
        }
        ([Segment::Argument(name), path @ ..], [_, ..]) => {
            let longest = if holds_slashes(operation, name) { segments.len() } else { 1 };
            (1..=longest).any(|taken| matches(operation, path, &segments[taken..]))
        }
        _ => false,
    }
}

fn holds_slashes(operation: &Operation, name: &str) -> bool {
    let mut path = operation.parameters.iter().filter(|parameter| parameter.place == Place::Path);
    path.any(|parameter| parameter.name == name && parameter.encoding == Encoding::Slashes)
}
