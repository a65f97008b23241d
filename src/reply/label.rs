//! The identity of a request: its name for messages, and the statuses that count as success.

use http::{Method, StatusCode};

use crate::operation::{Operation, Waits};

/// The identity of a request.
#[derive(Debug, Clone)]
pub(crate) enum RequestLabel {
    /// A row of the operation table, and the part of the answer to this call that may arrive late.
    Operation(&'static Operation, Waits),
    /// A path without a row.
    Path { name: &'static str, method: Method, path: String },
}

impl RequestLabel {
    /// The name that begins every message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RequestLabel::Operation(operation, _) => operation.name,
            RequestLabel::Path { name, .. } => name,
        }
    }

    pub(super) fn endpoint(&self) -> String {
        match self {
            RequestLabel::Path { method, path, .. } => format!("{method} {path}"),
            RequestLabel::Operation(operation, _) => operation.endpoint().to_string(),
        }
    }

    /// Accepts any 2xx, since descriptions forget some, and the other statuses that the row declares: 304, and 101 for
    /// an upgrade. A path without a row gets 101 only if its request asks for it.
    pub(super) fn accepts(&self, status: StatusCode) -> bool {
        status.is_success()
            || match self {
                RequestLabel::Operation(operation, _) => operation.statuses.contains(&status.as_u16()),
                RequestLabel::Path { .. } => status == StatusCode::SWITCHING_PROTOCOLS,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_declared_statuses_beside_2xx_are_a_success() {
        let label = |statuses| {
            let row = Operation { statuses, ..crate::request::tests::row() };
            RequestLabel::Operation(Box::leak(Box::new(row)), Waits::Nothing)
        };
        assert!(label(&[200]).accepts(StatusCode::NO_CONTENT));
        assert!(label(&[204, 304]).accepts(StatusCode::NOT_MODIFIED));
        assert!(!label(&[204]).accepts(StatusCode::NOT_MODIFIED));
        assert!(!label(&[200]).accepts(StatusCode::MOVED_PERMANENTLY));
        let path = RequestLabel::Path { name: "raw", method: Method::POST, path: "/grpc".to_owned() };
        assert!(path.accepts(StatusCode::SWITCHING_PROTOCOLS) && !path.accepts(StatusCode::NOT_MODIFIED));
        assert!(!label(&[200]).accepts(StatusCode::SWITCHING_PROTOCOLS));
    }
}
