//! Faults on the way to an engine over ssh: each with its problem and its remedy.

use std::fmt;

/// A fault on the way to an engine over ssh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SshFault {
    /// There is no program `ssh` here.
    NoProgram,
    /// The host's name is unknown.
    UnknownHost,
    /// Nothing listens at the host's port, or no route leads to it.
    Refused,
    /// The host does not answer in time.
    Silent,
    /// The host closed the connection before the login.
    Dropped,
    /// The host's key is not known here.
    UnknownHostKey,
    /// The host has another key than the one that is known, so it may be another host.
    ChangedHostKey,
    /// The host refuses the login.
    Denied,
    /// The account on the host does not run commands.
    NoShell,
    /// The engine's socket cannot be forwarded, and the docker CLI is not found on the host.
    NoDocker,
    /// No engine listens at the socket on the host.
    NoSocket,
    /// The user may not use the engine's socket on the host.
    SocketDenied,
    /// The connection to the host ended.
    Lost,
    /// The login takes longer than the limit of time.
    SlowLogin,
    /// All connections that one engine may have over ssh are in use.
    Busy,
    /// This process may open no more files, as ssh needs some.
    NoDescriptor,
    /// Anything else, in ssh's words.
    Other,
}

impl SshFault {
    /// The problem, in one clause.
    #[must_use]
    pub fn problem(self) -> &'static str {
        self.words().0
    }

    /// The remedy, in one clause.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.words().1
    }

    /// Returns true if the same call may succeed later without a change here.
    pub(crate) fn is_temporary(self) -> bool {
        use SshFault as Fault;
        matches!(
            self,
            Fault::UnknownHost
                | Fault::Refused
                | Fault::Silent
                | Fault::Dropped
                | Fault::NoSocket
                | Fault::Lost
                | Fault::SlowLogin
                | Fault::Busy
                | Fault::NoDescriptor
        )
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            SshFault::NoProgram => ("the program ssh is not found", "install the OpenSSH client"),
            SshFault::UnknownHost => {
                ("ssh does not know the host's name", "correct the address, or add the host to ~/.ssh/config")
            }
            SshFault::Refused => (
                "nothing listens at the host's ssh port, or no route leads there",
                "start sshd there, or correct the host and the port of the address",
            ),
            SshFault::Silent => (
                "the host does not answer ssh in time",
                "correct the address, or let ssh pass the firewall; a host that hangs must be restarted",
            ),
            SshFault::Dropped => (
                "the host closed the connection before the login",
                "call again later: sshd has too many logins at once (MaxStartups), or the host bans this address",
            ),
            SshFault::UnknownHostKey => (
                "the host's key is not known here",
                "connect once with ssh in a terminal, compare the key's fingerprint, and accept it",
            ),
            SshFault::ChangedHostKey => (
                "the host's key has changed, so another host may pose as it",
                "find out why; if the new key is right, remove the old one with ssh-keygen -R, and accept the new one \
                 with ssh in a terminal",
            ),
            SshFault::Denied => (
                "the host refuses the login",
                "ssh must log in without asking: load the key into the agent or name it as IdentityFile in \
                 ~/.ssh/config, and add it to authorized_keys there",
            ),
            SshFault::NoShell => {
                ("the account there does not run commands", "use an account with a shell and without a forced command")
            }
            SshFault::NoDocker => (
                "the engine's socket there cannot be forwarded, and the docker CLI is not on the PATH of commands",
                "start the engine, allow AllowStreamLocalForwarding in sshd_config and the socket to the user, or put \
                 docker on that PATH",
            ),
            SshFault::NoSocket => (
                "no engine listens at the socket there",
                "start the engine there, or name its socket: ssh://user@host/path/to/docker.sock",
            ),
            SshFault::SocketDenied => (
                "the user may not use the engine's socket there",
                "add the user to the group that owns it, mostly docker, or name a rootless engine's socket: \
                 ssh://user@host/run/user/1000/docker.sock",
            ),
            SshFault::Lost => ("the ssh connection ended", "call again: the next call logs in anew"),
            SshFault::SlowLogin => ("the login takes too long", "call again, or log in with ssh in a terminal"),
            SshFault::Busy => ("all connections over ssh are in use", "end a call that waits, or call again later"),
            SshFault::NoDescriptor => {
                ("this process has too many open files", "call again later, or raise its limit (ulimit -n)")
            }
            SshFault::Other => ("ssh failed", "try ssh with this host in a terminal"),
        }
    }
}

impl fmt::Display for SshFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem())
    }
}

/// A fault, and ssh's own words about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}{}", quoted(said))]
#[cfg_attr(not(feature = "ssh"), allow(dead_code, reason = "nothing else has this error"))]
pub(crate) struct SshError {
    pub fault: SshFault,
    /// Words of ssh or of the host, on one line; may be empty.
    pub said: String,
}

#[cfg_attr(not(feature = "ssh"), allow(dead_code, reason = "nothing else has this error"))]
impl SshError {
    /// A fault without words of ssh.
    pub(crate) fn new(fault: SshFault) -> Self {
        SshError { fault, said: String::new() }
    }
}

/// Words as a message quotes them.
pub(super) fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" (ssh: {said})") }
}
