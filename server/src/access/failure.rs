//! The failure of a call, in words for a model.

use std::io;
use std::sync::Arc;

use dockwright::{Error, Operation};

use crate::arguments::ArgumentError;
use crate::audit::CallEnd;
use crate::catalogue::Entry;
use crate::catalogue::exposure::{NotExposed, ToolNotExposed};
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::consent::NoConsent;
use crate::reply::{self, HintFacts, notes};
use crate::secrets::Safe;
use crate::turns::Busy;

/// Maximum number of characters of an unknown name in a message.
const MAX_NAME_CHARACTERS: usize = 64;

/// The failure of a call. Its text is the whole message for the caller, and ends with a hint.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The tool does not exist.
    #[error("{0}")]
    Unknown(String),
    /// The request cannot become a call.
    #[error("{0}")]
    Request(String),
    /// The settings withhold the operation.
    #[error("{0}: {1}")]
    NotExposed(&'static str, NotExposed),
    /// The settings withhold the tool, or an operation that it uses.
    #[error(transparent)]
    Withheld(#[from] ToolNotExposed),
    /// The tool is not exposed on this engine, and is on others.
    #[error("{failure} for the engine `{engine}`; {others}")]
    Elsewhere {
        /// The failure on this engine.
        failure: Box<Failure>,
        /// Its name.
        engine: Arc<str>,
        /// Words about the others.
        others: String,
    },
    /// The settings withhold requests with these facets; nothing was sent.
    #[error("{0}: {1}")]
    Facets(&'static str, String),
    /// The arguments are invalid; nothing was sent.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The caller's time limit has passed.
    #[error(
        "{operation}: not done within {seconds} s, the `limit_seconds` of this call. {}",
        if when_abandoned.is_empty() { "The engine may still do it, so check before retrying." } else { when_abandoned }
    )]
    Limit {
        /// Name of the operation.
        operation: &'static str,
        /// The limit in seconds.
        seconds: u64,
        /// The fate of the work, if known.
        when_abandoned: &'static str,
    },
    /// Too many calls are under way; nothing was sent.
    #[error("{tool}: {busy}")]
    Busy {
        /// Name of the tool.
        tool: &'static str,
        /// The reason.
        busy: Busy,
    },
    /// The audit trail's line before the call cannot be written; nothing was sent.
    #[error(
        "{tool}: not begun, because the server runs with --audit-required and its audit line cannot be written: \
         {error}. Its operator must mend this"
    )]
    Unaudited {
        /// Name of the tool.
        tool: String,
        /// The reason.
        error: io::Error,
    },
    /// No person consented to the call; nothing was sent that changes anything.
    #[error("{tool}: not done: {reason}")]
    NoConsent {
        /// Name of the tool.
        tool: &'static str,
        /// The reason.
        reason: NoConsent,
    },
    /// The work that the call waited for ended without an outcome.
    #[error("{0}")]
    Ended(String),
    /// The work that the call waited for failed, and others may have waited for it too.
    #[error("{failure}{note}")]
    Shared {
        /// The failure of the work.
        failure: Arc<Failure>,
        /// A line about the work, after a line break; may be empty.
        note: String,
    },
    /// The engine did what was asked, but the result is a failure.
    #[error("{0}")]
    Outcome(Safe<String>),
    /// The engine rejected the call or failed, or could not be reached.
    #[error("{text}")]
    Engine {
        /// The error.
        #[source]
        error: Error,
        /// The text of the error, with a hint.
        text: Safe<String>,
    },
}

impl Failure {
    /// A failure for a name that no tool has; those that are exposed may be meant.
    pub(crate) fn unknown(name: &str, exposed: impl IntoIterator<Item = Entry>) -> Self {
        let exposed: Vec<_> = exposed.into_iter().collect();
        let meant: Vec<_> = exposed.iter().filter(|entry| entry.is_command(name)).map(|entry| entry.name()).collect();
        let near = if meant.is_empty() { nearest(name, exposed.iter().map(|entry| entry.name())) } else { meant };
        let name: String = name.chars().take(MAX_NAME_CHARACTERS).collect();
        Failure::Unknown(format!("there is no tool `{name}`{}", did_you_mean(&near)))
    }

    /// A failure for an error of the engine.
    pub(super) fn engine(error: Error, operation: &Operation, facts: HintFacts<'_>) -> Self {
        let text = reply::describe_failure(&error, operation, facts);
        Failure::Engine { error, text }
    }

    /// Adds a note below the text.
    pub(crate) fn with_note(self, note: &str) -> Self {
        self.with_line(&notes::line(note))
    }

    /// Adds the output that came before the failure.
    pub(crate) fn with_output(self, output: &Safe<String>) -> Self {
        if output.is_empty() { self } else { self.with_line(output) }
    }

    fn with_line(self, line: &Safe<String>) -> Self {
        match self {
            Failure::Engine { error, text } => Failure::Engine { error, text: Safe::joined([&text, line], "\n") },
            Failure::Outcome(text) => Failure::Outcome(Safe::joined([&text, line], "\n")),
            other => other,
        }
    }

    /// The first line of the text: what happened, without a hint.
    pub(crate) fn event(&self) -> String {
        self.to_string().lines().next().unwrap_or_default().to_owned()
    }

    /// Returns true if the connection was lost before the answer: the engine may have done what the call asked for.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self, Failure::Engine { error: Error::Interrupted { .. } | Error::Timeout { .. }, .. })
    }

    /// Returns true if the engine could not be asked.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.is_unanswered() || matches!(self, Failure::Engine { error, .. } if error.is_unreachable())
    }

    /// Returns true if the engine, or this server, does not know the target of the call.
    pub(crate) fn is_not_found(&self) -> bool {
        match self {
            Failure::Request(_) => true,
            Failure::Shared { failure, .. } => failure.is_not_found(),
            Failure::Engine { error, .. } => error.is_not_found(),
            _ => false,
        }
    }

    /// The end of the call for the audit trail.
    pub(crate) fn audited(&self) -> CallEnd {
        CallEnd { outcome: self.outcome(), bytes: Some(self.to_string().len()), ..CallEnd::default() }
    }

    /// The outcome for the audit trail, without arguments and answers.
    fn outcome(&self) -> String {
        match self {
            Failure::Unknown(_) => "unknown tool".to_owned(),
            Failure::Request(_) | Failure::Argument(_) => "refused: arguments".to_owned(),
            Failure::NotExposed(..) | Failure::Withheld(_) | Failure::Elsewhere { .. } => {
                "refused: not exposed".to_owned()
            }
            Failure::Facets(..) => "refused: facets".to_owned(),
            Failure::Limit { .. } => "limit passed".to_owned(),
            Failure::Busy { .. } => "refused: busy".to_owned(),
            Failure::Unaudited { .. } => "refused: no audit line".to_owned(),
            Failure::NoConsent { reason: NoConsent::Pending, .. } => "asked".to_owned(),
            Failure::NoConsent { .. } => "refused: no consent".to_owned(),
            Failure::Ended(_) => "work ended".to_owned(),
            Failure::Outcome(_) => "failed".to_owned(),
            Failure::Shared { failure, .. } => failure.outcome(),
            Failure::Engine { error, .. } => {
                error.status().map_or_else(|| "failed".to_owned(), |status| status.as_str().to_owned())
            }
        }
    }
}
