//! Why a call failed, in the words that a model reads.

use dockwright::Error;

use crate::arguments::ArgumentError;
use crate::conveniences;
use crate::exposure::{Exposure, NotExposed};
use crate::nearest::{did_you_mean, nearest};
use crate::reply::notes;
use crate::surface;

/// The most characters of a name that nobody knows which are repeated.
const NAME_CHARACTERS: usize = 64;

/// Why a call failed. Displayed, it is the whole text for the caller, with a hint at what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no such tool.
    #[error("{0}")]
    Unknown(String),
    /// What the way in was given makes no call.
    #[error("{0}")]
    Request(String),
    /// The settings keep the operation back.
    #[error("{0}: {1}")]
    NotExposed(&'static str, NotExposed),
    /// An argument is not what the operation takes; nothing was sent.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The caller's own limit, in seconds, has passed.
    #[error(
        "{operation}: not done within {seconds} s, the `limit_seconds` of this call. {}",
        if given_up.is_empty() { "The engine may still do it, so look before you repeat." } else { given_up }
    )]
    Limit {
        /// What was called.
        operation: &'static str,
        /// The limit.
        seconds: u64,
        /// What becomes of the work, where that is known.
        given_up: &'static str,
    },
    /// The engine did not answer as hoped.
    #[error("{text}")]
    Engine {
        /// What happened.
        #[source]
        error: Error,
        /// It in words, with a hint.
        text: String,
    },
}

impl Failure {
    pub(super) fn unknown(name: &str, exposure: &Exposure) -> Self {
        let operations = surface::exposed(exposure).into_iter().map(|tool| tool.operation.name);
        let near = nearest(name, operations.chain(conveniences::exposed(exposure).map(|ours| ours.name)));
        let name: String = name.chars().take(NAME_CHARACTERS).collect();
        Failure::Unknown(format!("there is no tool `{name}`{}", did_you_mean(&near)))
    }

    /// The same, with a note below it.
    pub(crate) fn with_note(self, note: &str) -> Self {
        match self {
            Failure::Engine { error, text } => {
                Failure::Engine { error, text: format!("{text}\n{}", notes::line(note)) }
            }
            other => other,
        }
    }

    /// The same, with what the engine had written by then.
    pub(super) fn after(self, output: &str) -> Self {
        match self {
            Failure::Engine { error, text } if !output.is_empty() => {
                Failure::Engine { error, text: format!("{text}\n{output}") }
            }
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

    /// It for the audit trail, which holds neither arguments nor answers.
    pub(crate) fn outcome(&self) -> String {
        match self {
            Failure::Unknown(_) => "unknown tool".to_owned(),
            Failure::Request(_) | Failure::Argument(_) => "refused: arguments".to_owned(),
            Failure::NotExposed(..) => "refused: not exposed".to_owned(),
            Failure::Limit { .. } => "limit passed".to_owned(),
            Failure::Engine { error, .. } => {
                error.status().map_or_else(|| "failed".to_owned(), |status| status.as_str().to_owned())
            }
        }
    }
}
