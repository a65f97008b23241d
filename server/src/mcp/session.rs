//! One client's session.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::Server;
use super::cancellation::CancellationReasons;
use super::listing::Changes;

/// The server's side of one session.
pub struct Session {
    pub(super) server: Arc<Server>,
    pub(super) reasons: CancellationReasons,
    /// The changes of the list of tools since this client was last shown it.
    pub(super) unseen: Mutex<Changes>,
    /// The task that sends notices of changes. It ends with the session.
    pub(super) notices: Mutex<JoinSet<()>>,
}

impl Session {
    /// A session with a new client.
    #[must_use]
    pub fn new(server: impl Into<Arc<Server>>) -> Self {
        let server = server.into();
        Session {
            unseen: Mutex::new(server.listing.changes()),
            server,
            reasons: CancellationReasons::default(),
            notices: Mutex::default(),
        }
    }
}
