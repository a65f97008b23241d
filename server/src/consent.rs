//! Consent of a person to a call: the question, its answers, and the means to ask. Nothing here knows what is asked
//! about, or how a question reaches a person.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use dockwright::operation::Annotations;

use crate::secrets::Safe;

/// The first words of a question that is asked again.
pub const CHANGED: &str = "What this call acts on has changed since the last question.\n";

/// Asks a person for consent to the calls of one client.
pub trait Consent: Send + Sync {
    /// Tells whether calls of a tool with these hints need consent.
    fn is_needed(&self, hints: Annotations) -> bool;

    /// Asks a question, and waits for its answer.
    fn ask<'a>(&'a self, question: &'a Question) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
}

/// A question about one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its words for a person.
    pub text: Safe<String>,
    /// The call: engine, tool and arguments. Equal calls have equal texts.
    pub call: String,
    /// The objects that the call acts on, sorted. Consent is for these and no others.
    pub objects: Vec<String>,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes, to this question just now.
    Yes,
    /// Yes, in an earlier request whose question was about this call and these objects.
    Before,
    /// No consent.
    No(NoConsent),
}

/// The reason why a call has no consent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoConsent {
    /// The question is the answer to this request, and the next request brings its answer.
    #[error("a person is asked first")]
    Pending,
    /// A person said no.
    #[error("a person was asked and declined. Do not try again unless they want it")]
    Declined,
    /// A person dismissed the question.
    #[error("a person was asked and dismissed the question. Find out what they want before trying again")]
    Dismissed,
    /// Nobody answered in time.
    #[error("a person was asked and did not answer within {0} s")]
    Silent(u64),
    /// The answer has another form, or is to another question.
    #[error("a person was asked, and the client's answer is none to this question: {0}")]
    Unclear(&'static str),
    /// The client could not ask.
    #[error("a person must be asked, and the client failed to: {0}")]
    Failed(Safe<String>),
    /// Too many questions are open.
    #[error("a person must be asked, and {0} questions wait for an answer, the most at a time")]
    Busy(usize),
    /// The objects were others after each answer.
    #[error("what it acts on changed each time a person had agreed. Narrow it, or try again later")]
    Changing,
}

impl NoConsent {
    /// The word for the audit trail.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            NoConsent::Pending => "asked",
            NoConsent::Declined => "declined",
            NoConsent::Dismissed => "dismissed",
            NoConsent::Silent(_) => "no answer",
            NoConsent::Unclear(_) => "unclear",
            NoConsent::Failed(_) | NoConsent::Busy(_) => "not asked",
            NoConsent::Changing => "outdated",
        }
    }
}

/// The consent to one call so far, for its line in the audit trail. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct ConsentRecord(Arc<Mutex<Option<&'static str>>>);

impl ConsentRecord {
    /// Notes a question or its answer.
    pub fn note(&self, word: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
    }

    /// The last word; `None` if nobody was asked.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
