//! An environment variable, whose value `Debug` does not show.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// An environment variable as `NAME=value`, shown by `Debug` as `NAME=…`: values are often secrets. It is made of any
/// text, and reads as one.
///
/// ```
/// use dockwright::models::ContainerConfig;
///
/// let config = ContainerConfig::default().env(["POSTGRES_PASSWORD=hunter2"]);
/// let variables = config.env.as_deref().unwrap_or_default();
/// assert_eq!(variables[0].value(), Some("hunter2"));
/// assert_eq!(format!("{variables:?}"), "[POSTGRES_PASSWORD=…]");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variable(String);

impl Variable {
    /// The name: all before the first `=`.
    pub fn name(&self) -> &str {
        self.0.split_once('=').map_or(&self.0, |(name, _)| name)
    }

    /// The value; `None` without an `=`, which removes the variable from those of the image.
    pub fn value(&self) -> Option<&str> {
        self.0.split_once('=').map(|(_, value)| value)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole text.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<T: Into<String>> From<T> for Variable {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Deref for Variable {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Variable {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Variable {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Variable {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for Variable {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())?;
        out.write_str(if self.value().is_some() { "=…" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_its_name_and_not_its_value() {
        let variables = ["PASSWORD=hunter2=x", "EMPTY=", "REMOVED", "=odd"].map(Variable::from);
        assert_eq!(format!("{variables:?}"), "[PASSWORD=…, EMPTY=…, REMOVED, =…]");
        assert_eq!(variables[0].value(), Some("hunter2=x"));
        assert_eq!((variables[2].value(), variables[2].name()), (None, "REMOVED"));
        assert_eq!(variables[1], "EMPTY=");
        let written = serde_json::to_string(&variables[0]).unwrap();
        assert_eq!(written, r#""PASSWORD=hunter2=x""#);
        assert_eq!(serde_json::from_str::<Variable>(&written).unwrap(), variables[0]);
    }
}
