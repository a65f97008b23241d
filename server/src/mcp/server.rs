//! The server that all sessions of a process share, and with it the engines, their connections and the bounds.

use std::sync::{Mutex, PoisonError};

use dockwright::Version;
use rmcp::model as mcp;

use super::confirmation::Confirmations;
use super::tools;
use crate::access::Access;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::Dispatcher;
use crate::settings::Confirm;

/// The server of all sessions.
pub struct Server {
    pub(super) dispatcher: Dispatcher,
    pub(super) confirmations: Confirmations,
    /// The engines' API versions for the list of tools; unknown ones lack nothing.
    listed_for: Mutex<Vec<Option<Version>>>,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        let confirmations = Confirmations::new(dispatcher.settings().confirm.unwrap_or(Confirm::Never));
        Server { dispatcher, confirmations, listed_for: Mutex::default() }
    }

    /// Asks a person before these calls, unless the settings say otherwise.
    #[must_use]
    pub fn confirm_by_default(mut self, default: Confirm) -> Self {
        let confirm = self.dispatcher.settings().confirm.unwrap_or(default);
        self.confirmations = self.confirmations.with_policy(confirm);
        self
    }

    /// Takes the answers to questions of other servers with this secret, which should have 256 random bits. Without it,
    /// a server takes those to its own.
    #[must_use]
    pub fn with_confirmation_key(mut self, key: &[u8]) -> Self {
        self.confirmations = self.confirmations.with_key(key);
        self
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
