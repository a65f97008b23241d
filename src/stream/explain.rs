//! The failure of a stream as an error for callers.

use super::error::StreamError;
use crate::error::Error;

/// Adds the operation that was called to the failure of its stream.
pub(super) fn explain(operation: &'static str, error: StreamError) -> Error {
    match error {
        StreamError::Truncated => {
            Error::Interrupted { operation, reason: format!("the answer is {error}"), source: None }
        }
        StreamError::TooLarge { limit } => Error::TooLarge { operation, limit: limit as u64 },
        StreamError::Malformed(reason) => Error::Decode { operation, reason, excerpt: String::new(), source: None },
    }
}
