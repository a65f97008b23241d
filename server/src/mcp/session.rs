//! One client's session.

use std::sync::Arc;

use super::Server;
use super::cancellation::CancellationReasons;

/// The server's side of one session.
pub struct Session {
    pub(super) server: Arc<Server>,
    pub(super) reasons: CancellationReasons,
}

impl Session {
    /// A session with a new client.
    #[must_use]
    pub fn new(server: impl Into<Arc<Server>>) -> Self {
        Session { server: server.into(), reasons: CancellationReasons::default() }
    }
}
