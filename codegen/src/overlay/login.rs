//! The header of an operation that takes a login for a registry, as the overlay says it.

use serde::Deserialize;

/// A header that takes logins. Without `argument` and `body` it takes the logins of all registries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginFacts {
    /// The parameter.
    pub header: String,
    /// The argument whose value names an image or a plugin, and so the registry.
    pub argument: Option<String>,
    /// True if that argument may be an id, which names no registry.
    #[serde(default)]
    pub or_id: bool,
    /// The JSON pointer to the name of an image in the body.
    pub body: Option<String>,
    /// The arguments with which no stored login is sent.
    #[serde(default)]
    pub unless: Vec<LoginExceptionFacts>,
}

/// An argument with which no stored login is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginExceptionFacts {
    /// The argument.
    pub argument: String,
    /// The value that it must have; any, if this is absent.
    pub is: Option<String>,
}
