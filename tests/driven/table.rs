//! The operation table as data: an operation by its method and path, which outlive its id and the names in its path.

use dockwright::operation::{Answer, Operation, Segment};
use dockwright::operations::ALL;

/// The operation of `GET /containers/{}/json`, if the description has it.
pub fn operation(endpoint: &str) -> Option<&'static Operation> {
    ALL.iter().copied().find(|operation| self::endpoint(operation) == endpoint)
}

/// `GET /containers/{}/json`.
pub fn endpoint(operation: &Operation) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(literal) => format!("/{literal}"),
        Segment::Argument(_) => "/{}".to_owned(),
    };
    format!("{} {}", operation.method, operation.path.iter().map(segment).collect::<String>())
}

/// All that change nothing and end by themselves.
pub fn read_only() -> impl Iterator<Item = &'static Operation> {
    let ends = |operation: &Operation| !matches!(operation.answer, Answer::Websocket | Answer::Upgrade);
    ALL.iter().copied().filter(move |operation| operation.annotations.read_only && ends(operation))
}

/// The name of the argument in its path; none has two.
pub fn path_argument(operation: &Operation) -> Option<&'static str> {
    operation.path.iter().find_map(|segment| match segment {
        Segment::Argument(name) => Some(*name),
        Segment::Literal(_) => None,
    })
}

/// Returns the first segment of its path, `containers`.
pub fn below(operation: &Operation) -> &'static str {
    match operation.path.first() {
        Some(Segment::Literal(literal)) => literal,
        _ => "",
    }
}
