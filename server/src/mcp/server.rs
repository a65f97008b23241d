//! The server's side of one session: the dispatcher that it shares with the others, and what it knows of its client.

use std::sync::{Arc, Mutex, PoisonError};

use dockwright::Version;
use rmcp::model as mcp;

use super::cancellation::CancellationReasons;
use super::tools;
use crate::access::Access;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::Dispatcher;

/// The server's side of one session.
pub struct Server {
    pub(super) dispatcher: Arc<Dispatcher>,
    /// The engines' API versions for the client's list of tools; unknown ones lack nothing.
    listed_for: Mutex<Vec<Option<Version>>>,
    pub(super) reasons: CancellationReasons,
}

impl Server {
    /// Serves the tools that a dispatcher calls. Sessions of one process share it, and with it the engines, their
    /// connections and the bounds.
    #[must_use]
    pub fn new(dispatcher: impl Into<Arc<Dispatcher>>) -> Self {
        Server { dispatcher: dispatcher.into(), listed_for: Mutex::default(), reasons: CancellationReasons::default() }
    }

    pub(super) fn tools(&self) -> Vec<mcp::Tool> {
        tools::listed(&self.dispatcher.engines().offer(), self.dispatcher.settings().surface)
    }

    /// Remembers the API versions that are spoken now, and tells whether they change the list of tools.
    pub(super) fn versions_change_tools(&self) -> bool {
        let engines = self.dispatcher.engines().all();
        let spoken: Vec<_> = engines.iter().map(Access::known_api_version).collect();
        let before = {
            let mut listed_for = self.listed_for.lock().unwrap_or_else(PoisonError::into_inner);
            if *listed_for == spoken {
                return false;
            }
            std::mem::replace(&mut *listed_for, spoken.clone())
        };
        let offer = |versions: &[Option<Version>]| {
            let mut offer = Offer::default();
            for (place, access) in engines.iter().enumerate() {
                offer.add(None, access.exposure().clone(), versions.get(place).copied().flatten());
            }
            offer.listed().map(Entry::name).collect::<Vec<_>>()
        };
        offer(&before) != offer(&spoken)
    }
}
