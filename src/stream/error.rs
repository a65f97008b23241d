//! The errors of streams, without the operation, which the reader of a stream adds.

use std::fmt;

/// The error of a stream. It cannot be read further, because the begin of the next frame or value is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StreamError {
    /// The stream ends, or a new record begins, in the middle of a frame or a value.
    Truncated,
    /// A value is larger than the limit.
    TooLarge {
        /// The most bytes that a value may have.
        limit: usize,
    },
    /// The stream is not as expected; the text shows it.
    Malformed(String),
}

impl fmt::Display for StreamError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Truncated => out.write_str("cut off in the middle"),
            StreamError::TooLarge { limit } => write!(out, "a value has more than {limit} bytes"),
            StreamError::Malformed(reason) => out.write_str(reason),
        }
    }
}

impl std::error::Error for StreamError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(StreamError::Truncated.to_string(), "cut off in the middle");
        assert_eq!(StreamError::TooLarge { limit: 9 }.to_string(), "a value has more than 9 bytes");
        assert_eq!(StreamError::Malformed("`x` is odd".to_owned()).to_string(), "`x` is odd");
    }
}
