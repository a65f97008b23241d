//! Records the end of work, also if its task is aborted or panics.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use super::item::Status;
use super::outcome::{End, Outcome};
use super::shelf::Shelf;

/// Held by the task of the work.
pub(super) struct Ending {
    pub(super) name: String,
    pub(super) begun: Instant,
    pub(super) status: Arc<watch::Sender<Status>>,
    pub(super) shelf: Arc<Mutex<Shelf>>,
}

impl Ending {
    pub(super) fn end(&mut self, outcome: Outcome) {
        let entry = self.shelf.lock().unwrap_or_else(PoisonError::into_inner).ended(&self.name);
        // An entry that is dropped is that of a call that was cancelled.
        if let (Some(entry), Some(audited)) = (entry, outcome.audited()) {
            entry.end(audited);
        }
        let end = Arc::new(End::new(outcome, self.begun));
        self.status.send_modify(|status| status.end = Some(end));
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let has_ended = self.status.borrow().end.is_some();
        if !has_ended {
            self.end(if std::thread::panicking() { Outcome::Broken } else { Outcome::Cancelled });
        }
    }
}
