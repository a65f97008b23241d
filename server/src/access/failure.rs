//! Why a call failed, in the words that a model reads.

use dockwright::{Error, Operation};

use crate::arguments::ArgumentError;
use crate::catalogue::Entry;
use crate::catalogue::exposure::{Exposure, NotExposed, Withheld};
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::reply::{self, notes};
use crate::secrets::Safe;

/// The most characters of an unknown name that are repeated.
const NAME_CHARACTERS: usize = 64;

/// Why a call failed. Displayed, it is the whole text for the caller, with a hint at what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such tool.
    #[error("{0}")]
    Unknown(String),
    /// The request makes no call.
    #[error("{0}")]
    Request(String),
    /// The settings withhold the operation.
    #[error("{0}: {1}")]
    NotExposed(&'static str, NotExposed),
    /// The settings withhold the tool, or an operation that it uses.
    #[error(transparent)]
    Withheld(#[from] Withheld),
    /// An argument is not what the operation takes; nothing was sent.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The caller's own limit, in seconds, has passed.
    #[error(
        "{operation}: not done within {seconds} s, the `limit_seconds` of this call. {}",
        if when_abandoned.is_empty() { "The engine may still do it, so look before you repeat." } else { when_abandoned }
    )]
    Limit {
        /// The operation.
        operation: &'static str,
        /// The limit.
        seconds: u64,
        /// The fate of the work, where that is known.
        when_abandoned: &'static str,
    },
    /// The engine refused the call or failed, or could not be reached.
    #[error("{text}")]
    Engine {
        /// The error.
        #[source]
        error: Error,
        /// Its text, with a hint.
        text: Safe<String>,
    },
}

impl Failure {
    pub(super) fn unknown(name: &str, exposure: &Exposure) -> Self {
        let near = nearest(name, Entry::exposed(exposure).map(Entry::name));
        let name: String = name.chars().take(NAME_CHARACTERS).collect();
        Failure::Unknown(format!("there is no tool `{name}`{}", did_you_mean(&near)))
    }

    /// An error of the engine, with the names that may have been meant.
    pub(super) fn engine(error: Error, operation: &Operation, similar: &[String]) -> Self {
        let text = reply::describe_failure(&error, operation, similar);
        Failure::Engine { error, text }
    }

    /// The same, with a note below it.
    pub(crate) fn with_note(self, note: &str) -> Self {
        self.with_line(&notes::line(note))
    }

    /// The same, with the output that came before it.
    pub(crate) fn after(self, output: &Safe<String>) -> Self {
        if output.is_empty() { self } else { self.with_line(output) }
    }

    fn with_line(self, line: &Safe<String>) -> Self {
        match self {
            Failure::Engine { error, text } => Failure::Engine { error, text: Safe::joined([&text, line], "\n") },
            other => other,
        }
    }

    /// Whether the engine, or this server, does not know what was asked for.
    pub(crate) fn is_not_found(&self) -> bool {
        match self {
            Failure::Request(_) => true,
            Failure::Engine { error, .. } => error.is_not_found(),
            _ => false,
        }
    }

    /// The outcome for the audit trail, which holds neither arguments nor answers.
    pub(crate) fn outcome(&self) -> String {
        match self {
            Failure::Unknown(_) => "unknown tool".to_owned(),
            Failure::Request(_) | Failure::Argument(_) => "refused: arguments".to_owned(),
            Failure::NotExposed(..) | Failure::Withheld(_) => "refused: not exposed".to_owned(),
            Failure::Limit { .. } => "limit passed".to_owned(),
            Failure::Engine { error, .. } => {
                error.status().map_or_else(|| "failed".to_owned(), |status| status.as_str().to_owned())
            }
        }
    }
}
