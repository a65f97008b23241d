//! The API version that is spoken with an engine. It is asked once, however many calls wait for it. Calls that waited
//! for an attempt share its failure, so an address that never answers costs all of them one limit together; the next
//! call tries again.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use http::HeaderMap;
use tokio::sync::OnceCell;

use crate::error::{Error, Result};
use crate::version::Version;

/// The version of an engine, once it is known.
#[derive(Debug, Default)]
pub(crate) struct Negotiation {
    /// True if the version was set, and is never asked for.
    is_settled: bool,
    spoken: RwLock<Arc<OnceCell<Agreement>>>,
    failure: Arc<Mutex<Option<(Instant, Error)>>>,
}

/// The outcome of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// The version that is spoken.
    pub(crate) version: Version,
    /// The newest that the engine speaks.
    pub(crate) engine: Version,
}

/// The newest version that an engine speaks, from a header of its answer.
pub(crate) fn newest_version(headers: &HeaderMap) -> Option<Version> {
    headers.get("api-version")?.to_str().ok()?.parse().ok()
}

impl Clone for Negotiation {
    /// Copies the version that is known. From then on each asks for itself.
    fn clone(&self) -> Self {
        let spoken = OnceCell::new_with(self.cell().get().copied());
        Negotiation { is_settled: self.is_settled, spoken: RwLock::new(Arc::new(spoken)), failure: Arc::default() }
    }
}

impl Negotiation {
    /// A version that was set and is never asked for.
    pub(crate) fn settled(version: Version) -> Self {
        let spoken = OnceCell::new_with(Some(Agreement { version, engine: version }));
        Self { is_settled: true, spoken: RwLock::new(Arc::new(spoken)), failure: Arc::default() }
    }

    /// The version, if it is known.
    pub(crate) fn get(&self) -> Option<Version> {
        self.cell().get().map(|spoken| spoken.version)
    }

    /// The newest version that the engine speaks, if it was asked.
    pub(crate) fn newest(&self) -> Option<Version> {
        self.cell().get().filter(|_| !self.is_settled).map(|spoken| spoken.engine)
    }

    /// The version, by `ask` if nobody has asked before.
    pub(crate) async fn version(&self, ask: impl AsyncFnOnce() -> Result<Agreement>) -> Result<Version> {
        let since = Instant::now();
        let attempt = async || match self.failure_since(since) {
            Some(failure) => Err(failure),
            None => ask().await.inspect_err(|error| self.keep(error.clone())),
        };
        self.cell().get_or_try_init(attempt).await.map(|spoken| spoken.version)
    }

    /// Compares the version that an answer names with the one that is known. If they differ, another engine is at the
    /// address now, and the next call asks again.
    pub(crate) fn hear(&self, engine: Version) {
        if !self.is_settled && self.cell().get().is_some_and(|spoken| spoken.engine != engine) {
            *self.spoken.write().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        }
    }

    fn cell(&self) -> Arc<OnceCell<Agreement>> {
        self.spoken.read().unwrap_or_else(PoisonError::into_inner).clone()
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
            if succeeds {
                Ok(Agreement { version: VERSION, engine: VERSION })
            } else {
                Err(Error::TooLarge { operation: "negotiation", limit: 0 })
            }
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

    #[tokio::test]
    async fn another_engine_at_the_address_is_asked_unless_the_version_was_set() {
        let older = Version { major: 1, minor: 41 };
        let (negotiation, attempts) = (Negotiation::default(), AtomicUsize::new(0));
        negotiation.hear(older);
        attempt(&negotiation, &attempts, true).await.unwrap();
        negotiation.hear(VERSION);
        assert_eq!(negotiation.get(), Some(VERSION));
        negotiation.hear(older);
        assert_eq!(negotiation.get(), None);
        attempt(&negotiation, &attempts, true).await.unwrap();
        assert_eq!(attempts.load(Ordering::SeqCst), 2);

        let settled = Negotiation::settled(VERSION);
        settled.hear(older);
        assert_eq!(settled.get(), Some(VERSION));
    }
}
