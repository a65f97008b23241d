//! Clients of one listener: their name, their policy, and what bounds them.

use std::sync::Arc;

use dockwright::bytes::Bytes;
use dockwright_policy::Policy;
use hyper::body::Incoming;
use tokio::sync::watch;

use super::engine::ProxiedEngine;
use super::failure::Failure;
use crate::audit::Audit;
use crate::http::{Bodies, BoundedLog, Hosts};

/// Clients of one listener, who share a policy.
pub struct Principal {
    /// The name of the listener.
    pub(super) name: String,
    /// The policy, and its changes.
    pub(super) policy: watch::Receiver<Arc<Policy>>,
    /// Names by which they may call the proxy; `None` for any.
    pub(super) hosts: Option<Hosts>,
    pub(super) engine: ProxiedEngine,
    pub(super) audit: Audit,
    pub(super) log: BoundedLog,
    bodies: Bodies,
}

impl Principal {
    /// Clients of the listener of this name. `hosts` guards a listener that pages of the web can reach.
    #[must_use]
    pub fn new(
        name: String,
        policy: watch::Receiver<Arc<Policy>>,
        hosts: Option<Hosts>,
        engine: ProxiedEngine,
        audit: Audit,
    ) -> Self {
        Principal { name, policy, hosts, engine, audit, log: BoundedLog::default(), bodies: Bodies::default() }
    }

    /// Reads a body that is judged.
    pub(super) async fn read(&self, body: Incoming) -> Result<Bytes, Failure> {
        self.bodies.read(body).await.map_err(Failure::Body)
    }
}
