//! The end of work: its outcome, kept for those who join later.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::access::Failure;
use crate::audit::CallEnd;
use crate::reply::ToolReply;

/// The outcome of work.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The reply that the call would have had.
    Done(ToolReply),
    /// The failure that the call would have had.
    Failed(Arc<Failure>),
    /// It was cancelled.
    Cancelled,
    /// It panicked.
    Broken,
}

impl Outcome {
    /// The state of the work in one word.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Outcome::Done(_) => "done",
            Outcome::Failed(_) | Outcome::Broken => "failed",
            Outcome::Cancelled => "cancelled",
        }
    }

    /// The end of the call for the audit trail; `None` if it was cancelled.
    pub(super) fn audited(&self) -> Option<CallEnd> {
        match self {
            Outcome::Done(reply) => Some(reply.audited()),
            Outcome::Failed(failure) => Some(failure.audited()),
            Outcome::Broken => Some(CallEnd::broken()),
            Outcome::Cancelled => None,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Outcome::Done(reply) => reply.to_string().len(),
            Outcome::Failed(failure) => failure.to_string().len(),
            Outcome::Cancelled | Outcome::Broken => 0,
        }
    }
}

/// The end of work.
#[derive(Debug)]
pub struct End {
    /// Its outcome.
    pub outcome: Outcome,
    /// The time that the work took.
    pub after: Duration,
    /// The moment of the end.
    pub(super) at: Instant,
    /// The bytes of the outcome.
    pub(super) bytes: usize,
}

impl End {
    pub(super) fn new(outcome: Outcome, begun: Instant) -> Self {
        End { after: begun.elapsed(), at: Instant::now(), bytes: outcome.bytes(), outcome }
    }
}
