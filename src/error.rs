//! The errors of calls, sorted by the caller's remedy. `Display` shows the complete message; the source is for programs
//! that look for an error of their own.

mod cause;
mod class;
mod ssh;
mod step;

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use http::StatusCode;

use crate::operation::Lifetime;
use crate::version::Version;

pub use cause::Cause;
pub use ssh::SshFault;
pub use step::FailedStep;

pub(crate) use ssh::SshError;
pub(crate) use step::{LAST_LINES, exit_code};

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a failed call.
///
/// `operation` is the name of the method that was called, `container_list`; `raw` for
/// [`Engine::raw`](crate::Engine::raw).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address or the API version of the engine cannot be used: correct the environment or the text that was
    /// passed.
    #[error("{from}: {problem}")]
    Address {
        /// Its origin: an environment variable, a file, or `address` when it was passed.
        from: String,
        /// The problem, and what to use instead.
        problem: String,
    },

    /// No connection was opened, and the engine has read nothing.
    #[error("cannot reach the engine at {address}: {}", unreachable(*kind, reason))]
    Unreachable {
        /// The engine's address, `unix:///var/run/docker.sock`.
        address: String,
        /// The operating system's class of the problem; `InvalidData` if TLS or a certificate was refused.
        kind: io::ErrorKind,
        /// The operating system's message, or the problem with a certificate.
        reason: String,
        /// The operating system's error.
        source: Option<Cause>,
    },

    /// No connection was opened over ssh, and the engine has read nothing.
    #[error("cannot reach the engine at {address}: {fault}{}; {}", ssh::quoted(said), fault.remedy())]
    Ssh {
        /// The engine's address, `ssh://user@host`.
        address: String,
        /// The fault, with its remedy.
        fault: SshFault,
        /// The words of ssh or of the host about it, on one line and 400 characters at most; may be
        /// empty.
        said: String,
    },

    /// The engine could not be asked for its API version. Another service listens at its address, or a proxy that does
    /// not reach it, or it hangs. It has carried out nothing.
    #[error("no Docker engine answers at {address}: {problem}; {remedy}")]
    NoEngine {
        /// The engine's address, `tcp://engine.example:2375`.
        address: String,
        /// The answer that was given in place of an engine's.
        problem: String,
        /// The likely cause, and the setting to correct.
        remedy: String,
        /// True if the same address may answer later: a proxy or an engine that does not answer yet.
        is_temporary: bool,
    },

    /// The engine speaks only API versions that are older than this build supports: update the engine.
    #[error("the engine at {address} speaks API {engine} at most, this build {oldest} at least")]
    TooOld {
        /// The newest version that the engine speaks.
        engine: Version,
        /// The oldest version that this build speaks.
        oldest: Version,
        /// The engine's address.
        address: String,
    },

    /// An argument cannot be sent, and nothing was sent.
    #[error("{operation}: argument `{argument}`: expected {expected}, got {got}")]
    Argument {
        /// The operation that was called.
        operation: &'static str,
        /// The API's name of the argument, `body` for a body.
        argument: String,
        /// The value that is expected.
        expected: Cow<'static, str>,
        /// The value that was given. Values of headers may be secret and are not shown.
        got: String,
    },

    /// The spoken API version does not know a part of the call, and the engine would ignore it. Nothing was sent.
    /// [`Engine::allow_newer`](crate::Engine::allow_newer) sends it anyway.
    #[error("{operation}: {what} {}, and {spoken} is spoken with this engine", known(*lifetime))]
    Unsupported {
        /// The operation that was called.
        operation: &'static str,
        /// The unknown part: an argument, a property of the body, or the operation.
        what: String,
        /// The versions that know it.
        lifetime: Lifetime,
        /// The version that is spoken.
        spoken: Version,
    },

    /// The engine refused.
    #[error("{operation}: {}: {message}", status.as_u16())]
    Api {
        /// The operation that was called.
        operation: &'static str,
        /// Its method and path, `GET /containers/{id}/json`.
        endpoint: String,
        /// The status of the answer.
        status: StatusCode,
        /// The engine's message, without control characters and 1 KiB at most.
        message: String,
    },

    /// The engine began and then failed. It said so inside a successful answer, as in builds, pulls and pushes.
    #[error("{operation}: {message}")]
    Failed {
        /// The operation that was called.
        operation: &'static str,
        /// The engine's message, without control characters and 1 KiB at most.
        message: String,
        /// The exit code of a build's command, or another code of the engine.
        code: Option<i64>,
    },

    /// A step of a build failed. A [`BuildStream`](crate::build::BuildStream) says so in place of [`Error::Failed`].
    #[error("{operation}: {}: {message}", step.name)]
    Step {
        /// The operation that was called.
        operation: &'static str,
        /// The engine's message, without control characters and 1 KiB at most.
        message: String,
        /// The step, with its exit code and its last lines.
        step: Box<FailedStep>,
    },

    /// The registry wants a login, or refused the one that was sent. Only calls that a stored login was looked for fail
    /// so (`Engine::with_credentials`).
    #[error("{refusal} ({account})")]
    Login {
        /// The engine's refusal, [`Error::Api`] or [`Error::Failed`].
        refusal: Box<Error>,
        /// The registry, `ghcr.io`; `None` if the engine could choose among all logins.
        registry: Option<String>,
        /// The places where a login was looked for and what each said, without any secret: `no stored login was sent;
        /// docker-credential-pass: the keychain is locked`.
        account: String,
    },

    /// The body could not be read to its end, so the engine did not receive all of it.
    #[error("{operation}: the body could not be sent: {reason}")]
    Body {
        /// The operation that was called.
        operation: &'static str,
        /// The message of its stream, reader or function.
        reason: String,
        /// The error of its stream, reader or function, an [`io::Error`].
        source: Option<Cause>,
    },

    /// A time limit passed, and the connection was closed. The engine may have carried out the call.
    #[error("{operation}: {phase} within {limit:?}")]
    Timeout {
        /// The operation that was called.
        operation: &'static str,
        /// The part of the answer that did not arrive.
        phase: Phase,
        /// The limit that passed.
        limit: Duration,
    },

    /// The connection was lost before the answer was complete. The engine may have carried out the call.
    #[error("{operation}: the connection was lost: {reason}")]
    Interrupted {
        /// The operation that was called.
        operation: &'static str,
        /// The cause.
        reason: String,
        /// The error of the connection, if it had one.
        source: Option<Cause>,
    },

    /// An archive was not unpacked or read to its end.
    #[error("{operation}: {reason}")]
    Archive {
        /// The operation that was called.
        operation: &'static str,
        /// The problem with it, or with the folder to unpack into.
        reason: String,
    },

    /// The answer is not as expected.
    #[error("{operation}: unexpected answer: {reason}{}", near(excerpt))]
    Decode {
        /// The operation that was called.
        operation: &'static str,
        /// The problem.
        reason: String,
        /// The part of the answer around the problem, without control characters and 1 KiB at most. It may hold
        /// secrets.
        excerpt: String,
        /// The error of the decoder, if it had one. It may quote the answer.
        source: Option<Cause>,
    },

    /// The answer is larger than [`Limits::answer_bytes`](crate::Limits::answer_bytes).
    #[error("{operation}: the answer is larger than {limit} bytes")]
    TooLarge {
        /// The operation that was called.
        operation: &'static str,
        /// The limit.
        limit: u64,
    },
}

/// A step that an engine did not complete in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Phase {
    /// Sending the status and the headers of its answer ([`Limits::first_byte`](crate::Limits::first_byte)).
    #[error("no answer")]
    FirstByte,
    /// Sending the next piece of its answer ([`Limits::idle`](crate::Limits::idle)).
    #[error("no further piece of the answer")]
    Idle,
}

impl Error {
    /// The status of a refusal.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api { status, .. } => Some(*status),
            Error::Login { refusal, .. } => refusal.status(),
            _ => None,
        }
    }

    /// Returns true if there is no such container, image, volume, … (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Returns true if the state of an object conflicts with the call: a name is taken, a volume is in use (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Returns true if the spoken API version does not know a part of the call.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Error::Unsupported { .. })
    }

    /// Returns true if no connection could be opened.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Error::Unreachable { .. } | Error::Ssh { .. })
    }

    /// Returns true if the same call may succeed later: the engine was unreachable, slow, interrupted or busy (429,
    /// 503).
    ///
    /// After [`Error::Timeout`] and [`Error::Interrupted`] the engine may have carried out the call: repeat only
    /// idempotent calls.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            // A refused certificate is refused again.
            Error::Unreachable { kind, .. } => *kind != io::ErrorKind::InvalidData,
            Error::Ssh { fault, .. } => fault.is_temporary(),
            Error::NoEngine { is_temporary, .. } => *is_temporary,
            Error::Timeout { .. } | Error::Interrupted { .. } => true,
            Error::Api { status, .. } => {
                matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            }
            Error::Login { refusal, .. } => refusal.is_retryable(),
            _ => false,
        }
    }
}

/// The versions that know a part of a request.
fn known(lifetime: Lifetime) -> String {
    match (lifetime.since, lifetime.until) {
        (Some(since), None) => format!("needs API {since}"),
        (None, Some(until)) => format!("is known up to API {until}"),
        (Some(since), Some(until)) => format!("is known from API {since} to {until}"),
        (None, None) => "is always known".to_owned(),
    }
}

fn unreachable(kind: io::ErrorKind, reason: &str) -> String {
    let hint = match kind {
        io::ErrorKind::NotFound => "is the engine running? set DOCKER_HOST if it is at another address",
        io::ErrorKind::ConnectionRefused => "is the engine running and listening there?",
        io::ErrorKind::PermissionDenied if cfg!(windows) => "add the user to the group docker-users, and log in again",
        io::ErrorKind::PermissionDenied => {
            "add the user to the group that owns the socket, mostly docker, or name a rootless engine in DOCKER_HOST"
        }
        io::ErrorKind::TimedOut => "is the address right, and does a firewall let connections through?",
        io::ErrorKind::ResourceBusy => "end calls that are under way, or raise the limit",
        _ if is_unknown_host(reason) => "is the host's name right?",
        _ => return reason.to_owned(),
    };
    format!("{reason} ({hint})")
}

/// Tells from the message of the resolver, which has no kind of its own.
fn is_unknown_host(reason: &str) -> bool {
    reason.starts_with("failed to lookup address")
}

fn near(excerpt: &str) -> String {
    if excerpt.is_empty() { String::new() } else { format!(", near `{excerpt}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(status: u16) -> Error {
        Error::Api {
            operation: "container_inspect",
            endpoint: "GET /containers/{id}/json".into(),
            status: StatusCode::from_u16(status).unwrap(),
            message: "no such container: web".into(),
        }
    }

    #[test]
    fn a_refusal_reads_operation_status_message() {
        assert_eq!(api(404).to_string(), "container_inspect: 404: no such container: web");
    }

    #[test]
    fn predicates_follow_the_status() {
        assert!(api(404).is_not_found() && api(409).is_conflict() && api(503).is_retryable());
        assert!(!api(500).is_retryable() && !api(500).is_not_found());
    }

    #[test]
    fn an_unreachable_socket_is_explained() {
        let error = Error::Unreachable {
            address: "unix:///run/docker.sock".into(),
            kind: io::ErrorKind::NotFound,
            reason: "No such file or directory (os error 2)".into(),
            source: None,
        };
        assert!(error.to_string().starts_with("cannot reach the engine at unix:///run/docker.sock: No such file"));
        assert!(error.to_string().contains("is the engine running?"));
        assert!(error.is_unreachable() && error.is_retryable());
    }

    #[test]
    fn an_error_is_small_and_travels_between_threads() {
        fn travels<T: Send + Sync + 'static>() {}
        travels::<Error>();
        assert!(size_of::<Error>() <= 96, "{}", size_of::<Error>());
    }
}
