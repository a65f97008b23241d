//! Why a stream cannot be read any further. Whoever reads the stream adds which one it was.

use std::fmt;

/// What is wrong with a stream. There is no way on: where the next frame or value would begin is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StreamError {
    /// It ends, or something else begins, in the middle of a frame or a value.
    Truncated,
    /// A value does not fit into the limit.
    TooLarge {
        /// The most bytes that a value may have.
        limit: usize,
    },
    /// It is something else than expected; the text says what came.
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
