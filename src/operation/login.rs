//! The header of an operation that takes a login for a registry, and the part of the request that tells which.

/// The header that takes a login for a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginHeader {
    /// The parameter, `X-Registry-Auth`.
    pub parameter: &'static str,
    /// The part of the request that names the registry which the engine asks.
    pub registry: LoginRegistry,
    /// The arguments with which no stored login is sent: one of them is enough.
    pub unless: &'static [LoginException],
}

/// The part of a request that names the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginRegistry {
    /// This argument, which is the name of an image or of a plugin, or begins as one.
    Argument(&'static str),
    /// This argument, which may also be an id: only a name with a slash tells the registry.
    ArgumentOrId(&'static str),
    /// The name of an image at this JSON pointer of the body.
    Body(&'static str),
    /// None: the header takes the logins of all registries, and the engine chooses.
    All,
}

/// An argument with which no stored login is sent: it tells which login is meant, or the engine then reads none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginException {
    /// The argument.
    pub argument: &'static str,
    /// The value that it must have; any, if this is `None`.
    pub value: Option<&'static str>,
}
