//! The forms of an engine's address, as data.

use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "ssh")]
use super::ssh::SshAddress;

/// The address of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A unix socket. A path that begins with `@` is the name of an abstract one.
    Unix(PathBuf),
    /// A named pipe of Windows, `//./pipe/docker_engine`.
    Pipe(String),
    /// A host and a port.
    Tcp {
        /// A name or an IP address; IPv6 without brackets.
        host: String,
        port: u16,
        /// The path before the path of every request, percent-encoded: empty, or `/api/endpoints/1/docker`.
        base: String,
    },
    /// A socket of another host, which ssh reaches.
    #[cfg(feature = "ssh")]
    Ssh(SshAddress),
}

impl Address {
    /// The path before the path of every request; empty except behind some proxies.
    pub(crate) fn base(&self) -> &str {
        match self {
            Address::Tcp { base, .. } => base,
            _ => "",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix://{}", path.display()),
            Address::Pipe(path) => write!(f, "npipe://{path}"),
            Address::Tcp { host, port, base } if host.contains(':') => write!(f, "tcp://[{host}]:{port}{base}"),
            Address::Tcp { host, port, base } => write!(f, "tcp://{host}:{port}{base}"),
            #[cfg(feature = "ssh")]
            Address::Ssh(address) => write!(f, "{address}"),
        }
    }
}
