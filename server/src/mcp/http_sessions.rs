//! Sessions of clients over HTTP, within a bound, each for the token that began it. A client that goes without an end
//! leaves its session behind, so the one that has been idle for longest makes room for a new one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rmcp::transport::streamable_http_server::session::local::{LocalSessionManager, SessionConfig};
use rmcp::transport::streamable_http_server::session::{SessionId, SessionManager};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::TokenName;

/// The most sessions.
const MAX_SESSIONS: usize = 256;
/// The time after which an idle session ends.
const MAX_IDLE: Duration = Duration::from_secs(60 * 60);
/// The time after which any session ends.
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The pause after which clients come back to a stream. With one, rmcp begins each stream with an empty event, which
/// some clients of revisions before 2025-11-25 take for broken JSON; Gemini CLI 0.61 then gives up.
pub(super) const SSE_RETRY: Option<Duration> = None;

/// Sessions by their ids.
pub(super) struct HttpSessions {
    manager: Arc<LocalSessionManager>,
    places: Arc<Semaphore>,
    known: Mutex<HashMap<SessionId, KnownSession>>,
}

struct KnownSession {
    owner: TokenName,
    begun: Instant,
    used: Instant,
    _place: Place,
}

/// Room for one session.
pub(super) type Place = OwnedSemaphorePermit;

impl HttpSessions {
    pub(super) fn new() -> Self {
        let mut manager = LocalSessionManager::default();
        let mut config = SessionConfig::default();
        config.keep_alive = Some(MAX_IDLE);
        config.sse_retry = SSE_RETRY;
        manager.session_config = config;
        let places = Arc::new(Semaphore::new(MAX_SESSIONS));
        HttpSessions { manager: Arc::new(manager), places, known: Mutex::default() }
    }

    pub(super) fn manager(&self) -> Arc<LocalSessionManager> {
        Arc::clone(&self.manager)
    }

    /// Room for a new session, for which an idle one may have to end.
    pub(super) async fn make_room(&self) -> Option<Place> {
        for _ in 0..2 {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                return Some(permit);
            }
            self.end_longest_idle().await;
        }
        None
    }

    /// Remembers a session that has begun.
    pub(super) fn add(&self, id: SessionId, owner: TokenName, place: Place) {
        let now = Instant::now();
        self.known().insert(id, KnownSession { owner, begun: now, used: now, _place: place });
    }

    /// Returns true if a session may be used with this token now.
    pub(super) async fn is_usable(&self, id: &str, token: &TokenName) -> bool {
        let is_old = match self.known().get_mut(id) {
            Some(session) if session.owner == *token => {
                session.used = Instant::now();
                session.begun.elapsed() > MAX_AGE
            }
            _ => return false,
        };
        if is_old {
            self.end(&id.into()).await;
        }
        !is_old
    }

    /// Ends a session.
    pub(super) async fn end(&self, id: &SessionId) {
        self.known().remove(id);
        // One that has ended by itself is no problem.
        let _ = self.manager.close_session(id).await;
    }

    async fn end_longest_idle(&self) {
        let longest = self.known().iter().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone());
        if let Some(id) = longest {
            self.end(&id).await;
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, KnownSession>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
