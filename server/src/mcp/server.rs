//! The server that all sessions of a process share, and with it the engines, their connections and the bounds.

use std::sync::{Mutex, PoisonError};

use dockwright::Version;
use rmcp::model as mcp;

use super::tools;
use crate::access::Access;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::Dispatcher;

/// The server of all sessions.
pub struct Server {
    pub(super) dispatcher: Dispatcher,
    /// The engines' API versions for the list of tools; unknown ones lack nothing.
    listed_for: Mutex<Vec<Option<Version>>>,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        Server { dispatcher, listed_for: Mutex::default() }
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
