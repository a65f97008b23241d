//! Problems of the way to an engine that do not stop calls.

use std::fmt;

/// A problem of the way to an engine that does not stop calls. `Display` shows the complete message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A part of the docker CLI's configuration cannot be read, and was ignored, as by the CLI.
    Configuration(String),
    /// A connection to another host is neither encrypted nor authenticated.
    Unencrypted(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Configuration(text) | Warning::Unencrypted(text) => f.write_str(text),
        }
    }
}
