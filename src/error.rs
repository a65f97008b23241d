//! What can go wrong, sorted by what the caller can do about it. Every message is whole in `Display`; nothing is chained.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use http::StatusCode;

use crate::operation::Lifetime;
use crate::version::Version;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// `operation` is the name of the method that was called, `container_list`; `raw` for [`Engine::raw`](crate::Engine::raw),
/// and `negotiation` for the question which API version the engine speaks.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What names the engine or its API version cannot be used: correct the environment or the text that was passed.
    #[error("{from}: {problem}")]
    Address {
        /// Where it was said: an environment variable, a file, or `address` when it was passed.
        from: String,
        /// What is wrong with it and what to use instead.
        problem: String,
    },

    /// No connection: the engine has read nothing.
    #[error("cannot reach the engine at {address}: {}", unreachable(*kind, reason))]
    Unreachable {
        /// The engine's address, `unix:///var/run/docker.sock`.
        address: String,
        /// What the operating system calls it; `InvalidData` if both sides did not agree about TLS and certificates.
        kind: io::ErrorKind,
        /// The operating system's words, or what is wrong with which certificate.
        reason: String,
    },

    /// The engine speaks only API versions which this build does not: update the engine.
    #[error("the engine at {address} speaks API {engine} at most, this build {oldest} at least")]
    TooOld {
        /// The newest version that the engine speaks.
        engine: Version,
        /// The oldest version that this build speaks.
        oldest: Version,
        /// The engine's address.
        address: String,
    },

    /// An argument cannot be sent: nothing was.
    #[error("{operation}: argument `{argument}`: expected {expected}, got {got}")]
    Argument {
        /// The operation that was called.
        operation: &'static str,
        /// The API's name of the argument, `body` for a body.
        argument: String,
        /// What it should be.
        expected: Cow<'static, str>,
        /// What it is; the values of headers, which may be secret, are not shown.
        got: String,
    },

    /// The API version that is spoken does not know what was asked for, and the engine would have ignored it: nothing was
    /// sent. [`Engine::allow_newer`](crate::Engine::allow_newer) sends it all the same.
    #[error("{operation}: {what} {}, and {spoken} is spoken with this engine", known(*lifetime))]
    Unsupported {
        /// The operation that was called.
        operation: &'static str,
        /// What is not known: an argument, a property of the body, or the operation.
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
        /// The engine's words, without control characters and 1 KiB at most.
        message: String,
    },

    /// The engine began and then failed: it said so inside a success, as building, pulling and pushing do.
    #[error("{operation}: {message}")]
    Failed {
        /// The operation that was called.
        operation: &'static str,
        /// The engine's words, without control characters and 1 KiB at most.
        message: String,
        /// The exit code of a build's command, or what else the engine gave beside its words.
        code: Option<i64>,
    },

    /// The body could not be read to its end, so the engine did not get the whole of it.
    #[error("{operation}: the body could not be sent: {reason}")]
    Body {
        /// The operation that was called.
        operation: &'static str,
        /// What its stream, reader or function said.
        reason: String,
    },

    /// A limit of time passed; the connection was closed. The engine may have carried the call out.
    #[error("{operation}: {phase} within {limit:?}")]
    Timeout {
        /// The operation that was called.
        operation: &'static str,
        /// What did not come.
        phase: Phase,
        /// The limit that passed.
        limit: Duration,
    },

    /// The connection was lost before the answer was complete. The engine may have carried the call out.
    #[error("{operation}: the connection was lost: {reason}")]
    Interrupted {
        /// The operation that was called.
        operation: &'static str,
        /// How it was lost.
        reason: String,
    },

    /// An archive was not unpacked or listed to its end.
    #[error("{operation}: {reason}")]
    Archive {
        /// The operation that was called.
        operation: &'static str,
        /// What is wrong with it, or with the folder it was to be unpacked into.
        reason: String,
    },

    /// The answer is not what was expected.
    #[error("{operation}: unexpected answer: {reason}{}", near(excerpt))]
    Decode {
        /// The operation that was called.
        operation: &'static str,
        /// What was expected and what came.
        reason: String,
        /// The part of the answer around the place, without control characters and 1 KiB at most. It may hold secrets.
        excerpt: String,
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

/// What an engine did not do in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Phase {
    /// Send the status and the headers of its answer ([`Limits::first_byte`](crate::Limits::first_byte)).
    #[error("no answer")]
    FirstByte,
    /// Send the next piece of its answer ([`Limits::idle`](crate::Limits::idle)).
    #[error("no further piece of the answer")]
    Idle,
}

impl Error {
    /// The status with which the engine refused, if it answered.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Error::Api { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether there is no such container, image, volume, … (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the state of something stands against it: a name that is taken, a volume in use (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether the API version that is spoken does not know what was asked for.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self, Error::Unsupported { .. })
    }

    /// Whether no connection could be opened.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Error::Unreachable { .. })
    }

    /// Whether the same call may succeed later: the engine was unreachable, slow, interrupted or busy (429, 503).
    ///
    /// After [`Error::Timeout`] and [`Error::Interrupted`] the engine may have carried the call out: repeat only what is
    /// idempotent.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            // Certificates do not mend themselves.
            Error::Unreachable { kind, .. } => *kind != io::ErrorKind::InvalidData,
            Error::Timeout { .. } | Error::Interrupted { .. } => true,
            Error::Api { status, .. } => {
                matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            }
            _ => false,
        }
    }

    /// The variant's name, for logs: messages quote arguments and answers, which may be secret.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Error::Address { .. } => "address",
            Error::Unreachable { .. } => "unreachable",
            Error::TooOld { .. } => "too old",
            Error::Argument { .. } => "argument",
            Error::Unsupported { .. } => "unsupported",
            Error::Api { .. } => "api",
            Error::Failed { .. } => "failed",
            Error::Body { .. } => "body",
            Error::Timeout { .. } => "timeout",
            Error::Interrupted { .. } => "interrupted",
            Error::Archive { .. } => "archive",
            Error::Decode { .. } => "decode",
            Error::TooLarge { .. } => "too large",
        }
    }
}

/// The system's words, and what most often helps.
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
        io::ErrorKind::NotFound => "is the engine running? DOCKER_HOST names another address",
        io::ErrorKind::ConnectionRefused => "is the engine running and listening there?",
        io::ErrorKind::PermissionDenied => {
            "the user must be in the group that owns the socket, mostly docker, or DOCKER_HOST name a rootless engine"
        }
        _ => return reason.to_owned(),
    };
    format!("{reason} ({hint})")
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
