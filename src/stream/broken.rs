//! Why a stream cannot be read any further. Whoever reads the stream adds which one it was.

use std::fmt;

/// What is wrong with a stream. There is no way on: where the next frame or value would begin is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
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

impl fmt::Display for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Truncated => out.write_str("cut off in the middle"),
            Broken::TooLarge { limit } => write!(out, "a value has more than {limit} bytes"),
            Broken::Malformed(reason) => out.write_str(reason),
        }
    }
}

impl std::error::Error for Broken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Broken::Truncated.to_string(), "cut off in the middle");
        assert_eq!(Broken::TooLarge { limit: 9 }.to_string(), "a value has more than 9 bytes");
        assert_eq!(Broken::Malformed("`x` is odd".to_owned()).to_string(), "`x` is odd");
    }
}
