//! The label of what a caller owns.

use std::fmt;
use std::str::FromStr;

/// A label with its value, `dockwright.owner=agent-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLabel {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

impl FromStr for OwnerLabel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_graphic());
        match text.split_once('=') {
            Some((key, value)) if is_plain(key) && is_plain(value) => {
                Ok(OwnerLabel { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("a label is `key=value`, without spaces"),
        }
    }
}

impl fmt::Display for OwnerLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}
