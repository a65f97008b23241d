//! One piece of work: a call that runs in a task of its own, with its last words and its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::outcome::{End, Outcome};
use crate::access::Failure;
use crate::facets::SeenFacets;
use crate::progress::Progress;
use crate::reply::{ToolReply, notes};
use crate::secrets::Safe;

/// The call that runs as work.
#[derive(Debug, Clone)]
pub struct WorkCall {
    /// The name of its tool.
    pub tool: &'static str,
    /// Its target in words for a model.
    pub about: Safe<String>,
    /// The facets of its requests, for the audit trail.
    pub facets: SeenFacets,
    /// The fate of the work on the engine when it is cancelled.
    pub when_abandoned: &'static str,
}

/// A piece of work, which may have ended.
#[derive(Debug)]
pub struct Work {
    /// Its name, unique in this process.
    pub name: String,
    /// Its call.
    pub call: WorkCall,
    /// The name of the engine, if the server's settings name it.
    pub engine: Option<Arc<str>>,
    pub(super) begun: Instant,
    pub(super) status: watch::Receiver<Status>,
    pub(super) task: AbortHandle,
}

/// The progress of work.
#[derive(Debug, Default)]
pub(super) struct Status {
    pub(super) last: Safe<String>,
    pub(super) end: Option<Arc<End>>,
}

impl Work {
    /// Its end, if it has ended.
    #[must_use]
    pub fn end(&self) -> Option<Arc<End>> {
        self.status.borrow().end.clone()
    }

    /// The time that it runs, or ran.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.end().map_or_else(|| self.begun.elapsed(), |end| end.after)
    }

    /// The words of its last step.
    #[must_use]
    pub fn last(&self) -> Safe<String> {
        self.status.borrow().last.clone()
    }

    /// Waits for its end, and reports its steps.
    pub async fn wait(&self, progress: &Progress) -> Arc<End> {
        let mut status = self.status.clone();
        loop {
            let last = {
                let now = status.borrow_and_update();
                if let Some(end) = &now.end {
                    return Arc::clone(end);
                }
                now.last.clone()
            };
            if !last.is_empty() {
                progress.step(|| last);
            }
            if status.changed().await.is_err() && status.borrow().end.is_none() {
                return Arc::new(End::new(Outcome::Cancelled, self.begun));
            }
        }
    }

    /// Drops the call, which closes its connection, and waits until that has happened.
    pub async fn cancel(&self) -> Arc<End> {
        self.task.abort();
        self.wait(&Progress::default()).await
    }

    /// The result that the call would have had, with a note of the server's.
    ///
    /// # Errors
    /// The call's failure, or [`Failure::Ended`] for work that was cancelled.
    pub fn result(&self, end: &End, note: Option<String>) -> Result<ToolReply, Failure> {
        let name = &self.name;
        match &end.outcome {
            Outcome::Done(reply) => Ok(reply.clone().with_notes(note)),
            Outcome::Failed(failure) => {
                let note = note.map(|note| format!("\n{}", notes::line(&note))).unwrap_or_default();
                Err(Failure::Shared { failure: Arc::clone(failure), note })
            }
            Outcome::Cancelled => {
                let seconds = end.after.as_secs();
                let fate = self.call.when_abandoned;
                Err(Failure::Ended(format!("{name}: cancelled after {seconds} s. {fate}")))
            }
            Outcome::Broken => Err(Failure::Ended(format!("{name}: a bug in dockwright; its log on stderr says more"))),
        }
    }
}
