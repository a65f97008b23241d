//! Which API version is spoken: asked once, however many calls wait for it. Those that waited for an attempt share its
//! failure, so that an address that never answers costs them one limit and not one each; the next call tries again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::OnceCell;

use crate::error::{Error, Result};
use crate::version::Version;

/// The version, once it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Negotiation {
    version: OnceCell<Version>,
    failure: Arc<Mutex<Option<(Instant, Error)>>>,
}

impl Negotiation {
    /// A version that was set and is never asked for.
    pub(crate) fn settled(version: Version) -> Self {
        Self { version: OnceCell::new_with(Some(version)), failure: Arc::default() }
    }

    /// The version if it is known.
    pub(crate) fn get(&self) -> Option<Version> {
        self.version.get().copied()
    }

    /// The version, from `ask` if nobody has asked before.
    pub(crate) async fn version(&self, ask: impl AsyncFnOnce() -> Result<Version>) -> Result<Version> {
        let since = Instant::now();
        let attempt = async || match self.failure_since(since) {
            Some(failure) => Err(failure),
            None => ask().await.inspect_err(|error| self.keep(error.clone())),
        };
        self.version.get_or_try_init(attempt).await.copied()
    }

    fn failure_since(&self, since: Instant) -> Option<Error> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.as_ref().filter(|(at, _)| *at >= since).map(|(_, error)| error.clone())
    }

    fn keep(&self, error: Error) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), error));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const VERSION: Version = Version { major: 1, minor: 51 };

    async fn attempt(negotiation: &Negotiation, attempts: &AtomicUsize, succeeds: bool) -> Result<Version> {
        let ask = async || {
            attempts.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if succeeds { Ok(VERSION) } else { Err(Error::TooLarge { operation: "negotiation", limit: 0 }) }
        };
        negotiation.version(ask).await
    }

    #[tokio::test]
    async fn calls_that_wait_for_an_attempt_share_its_outcome() {
        let (negotiation, attempts) = (Negotiation::default(), AtomicUsize::new(0));
        let (one, two, three) = tokio::join!(
            attempt(&negotiation, &attempts, false),
            attempt(&negotiation, &attempts, false),
            attempt(&negotiation, &attempts, false)
        );
        assert!(one.is_err() && two.is_err() && three.is_err());
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
        assert_eq!(attempt(&negotiation, &attempts, true).await.unwrap(), VERSION);
        assert_eq!(attempt(&negotiation, &attempts, false).await.unwrap(), VERSION);
        assert_eq!(attempts.load(Ordering::SeqCst), 2);
    }
}
