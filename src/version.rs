//! An API version: text like `1.47` in, two numbers that compare out.

use std::fmt;
use std::str::FromStr;

/// A version of the Engine API, `1.47`, as in the path of every request.
///
/// It is not the version of the engine's software (28.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The number before the point. It has always been 1.
    pub major: u16,
    /// The number after the point. 1.9 is older than 1.10.
    pub minor: u16,
}

/// A text is not an API version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an API version, which has two numbers: 1.47")]
pub struct InvalidVersion(String);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    /// Reads `1.47`, and `v1.47` as the docker CLI does.
    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let number = |digits: &str| {
            // `u16::from_str` alone would let `+1` pass.
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        text.strip_prefix('v')
            .unwrap_or(text)
            .split_once('.')
            .and_then(|(major, minor)| Some(Version { major: number(major)?, minor: number(minor)? }))
            .ok_or_else(|| InvalidVersion(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_by_number_and_not_by_text() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("1.9") < version("1.41"));
        assert!(version("1.55") < version("2.0"));
        assert_eq!(version("v1.47").to_string(), "1.47");
    }

    #[test]
    fn refuses_what_is_not_two_numbers() {
        for text in ["", "1", "1.", ".47", "1.47.0", "1.+4", "-1.4", "1. 4", "one.two", "1.99999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
