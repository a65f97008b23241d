//! The certificates that a configuration names, as data. It reads no file.

use std::path::PathBuf;

/// A folder of certificates that a configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificates {
    /// The setting that asks for TLS, for messages.
    pub origin: String,
    /// The folder of `ca.pem`, `cert.pem` and `key.pem`.
    pub folder: PathBuf,
    pub server: Server,
}

/// The check of the engine's own certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// It is for the engine's host, and the authority of `ca.pem` signed it.
    Verified,
    /// None.
    Unverified,
}
