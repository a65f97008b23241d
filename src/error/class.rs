//! The name of an error in the log.

use super::Error;

impl Error {
    /// The variant's name, for logs. Messages are not logged, as they quote arguments and answers, which may be secret.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Error::Address { .. } => "address",
            Error::Unreachable { .. } => "unreachable",
            Error::Ssh { .. } => "ssh",
            Error::NoEngine { .. } => "no engine",
            Error::TooOld { .. } => "too old",
            Error::Argument { .. } => "argument",
            Error::Unsupported { .. } => "unsupported",
            Error::Api { .. } => "api",
            Error::Failed { .. } => "failed",
            Error::Step { .. } => "step",
            Error::Login { .. } => "login",
            Error::Body { .. } => "body",
            Error::Timeout { .. } => "timeout",
            Error::Interrupted { .. } => "interrupted",
            Error::Archive { .. } => "archive",
            Error::Decode { .. } => "decode",
            Error::TooLarge { .. } => "too large",
        }
    }
}
