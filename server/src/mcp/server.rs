//! The server that all sessions of a process share, and with it the engines, their connections and the bounds.

use std::sync::{Arc, OnceLock};

use rmcp::model as mcp;

use super::info::info;
use super::listing::Listing;
use crate::dispatch::Dispatcher;

/// The server of all sessions.
pub struct Server {
    pub(super) dispatcher: Dispatcher,
    pub(super) listing: Arc<Listing>,
    info: OnceLock<mcp::ServerConfig>,
}

impl Server {
    /// Serves the tools that a dispatcher calls.
    #[must_use]
    pub fn new(dispatcher: Dispatcher) -> Self {
        let listing = Arc::new(Listing::new(dispatcher.engines()));
        Server { dispatcher, listing, info: OnceLock::new() }
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
