//! Secret text, which `Debug` does not show.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password, a token or a key. It is sent and read as a string, and shown by `Debug` as `***`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitive(String);

impl Sensitive {
    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Sensitive {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shows_itself() {
        assert_eq!(format!("{:?}", Some(Sensitive::from("hunter2"))), "Some(***)");
    }
}
