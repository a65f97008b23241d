//! The server that all sessions of a process share, and with it the engines, their connections and the bounds.

use std::sync::{Arc, OnceLock};

use rmcp::model as mcp;

use super::confirmation::Confirmations;
use super::info::info;
use super::listing::Listing;
use crate::dispatch::Dispatcher;
use crate::settings::Confirm;

/// The server of all sessions.
pub struct Server {
    pub(super) dispatcher: Dispatcher,
    pub(super) confirmations: Confirmations,
    pub(super) listing: Arc<Listing>,
    info: OnceLock<mcp::ServerConfig>,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        let confirmations = Confirmations::new(dispatcher.settings().confirm.unwrap_or(Confirm::Never));
        let listing = Arc::new(Listing::new(dispatcher.engines()));
        Server { dispatcher, confirmations, listing, info: OnceLock::new() }
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

    /// The tools for a client.
    pub(super) fn tools(&self) -> Vec<mcp::Tool> {
        self.listing.tools(self.dispatcher.settings())
    }

    /// The server as it introduces itself.
    pub(super) fn info(&self) -> &mcp::ServerConfig {
        self.info.get_or_init(|| info(&self.dispatcher))
    }
}
