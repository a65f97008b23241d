//! Work on a connection after it has been given up to another protocol.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The work that follows on a connection whose protocol is switched. Every request has it among its extensions, so that
/// the work is done in the place of the connection: counted, and ended with the listener.
#[derive(Clone, Default)]
pub struct Takeover(Arc<Mutex<Option<Work>>>);

impl Takeover {
    /// Sets the work, which begins once the answer that switches the protocol has been sent.
    pub fn set(&self, work: impl Future<Output = ()> + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::pin(work));
    }

    pub(super) fn take(&self) -> Option<Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
