//! The server that all sessions of a process share, and with it the engines, their connections and the bounds.

use std::sync::OnceLock;

use rmcp::model as mcp;

use super::info::info;
use super::listing::Listing;
use crate::dispatch::Dispatcher;

/// The server of all sessions.
pub struct Server {
    pub(super) dispatcher: Dispatcher,
    pub(super) listing: Listing,
    info: OnceLock<mcp::ServerConfig>,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        let listing = Listing::new(dispatcher.engines().all().len());
        Server { dispatcher, listing, info: OnceLock::new() }
    }

    /// The server as it introduces itself.
    pub(super) fn info(&self) -> &mcp::ServerConfig {
        self.info.get_or_init(|| info(&self.dispatcher))
    }
}
