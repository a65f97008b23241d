//! The way in which an engine is reached over ssh, for those who want to know it.

/// The way in which an engine is reached over ssh.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SshRoute {
    /// One login forwards this socket of the host.
    Forward {
        /// The path of the engine's socket on the host.
        socket: String,
    },
    /// The host does not forward, so each connection is a login that runs `docker system dial-stdio`.
    DialStdio,
}
