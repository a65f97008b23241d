//! What was asked: the name before every message, and the statuses that are a success.

use http::{Method, StatusCode};

use crate::operation::Operation;

/// What was asked, for messages and for the statuses that are a success.
#[derive(Debug, Clone)]
pub(crate) enum RequestLabel {
    /// A row of the table.
    Operation(&'static Operation),
    /// A path.
    Path { name: &'static str, method: Method, path: String },
}

impl RequestLabel {
    /// The name that stands before every message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RequestLabel::Operation(operation) => operation.name,
            RequestLabel::Path { name, .. } => name,
        }
    }

    pub(super) fn endpoint(&self) -> String {
        match self {
            RequestLabel::Path { method, path, .. } => format!("{method} {path}"),
            RequestLabel::Operation(operation) => operation.endpoint().to_string(),
        }
    }

    /// Any 2xx, since descriptions forget some, and what the row declares beside them: 304, and 101 where it hands the
    /// connection over.
    pub(super) fn accepts(&self, status: StatusCode) -> bool {
        let declared = |operation: &Operation| operation.statuses.contains(&status.as_u16());
        status.is_success() || matches!(self, RequestLabel::Operation(operation) if declared(operation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_declared_statuses_beside_2xx_are_a_success() {
        let label = |statuses| {
            RequestLabel::Operation(Box::leak(Box::new(Operation { statuses, ..crate::request::tests::row() })))
        };
        assert!(label(&[200]).accepts(StatusCode::NO_CONTENT));
        assert!(label(&[204, 304]).accepts(StatusCode::NOT_MODIFIED));
        assert!(!label(&[204]).accepts(StatusCode::NOT_MODIFIED));
        assert!(!label(&[200]).accepts(StatusCode::MOVED_PERMANENTLY));
    }
}
