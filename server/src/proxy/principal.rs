//! Clients of one listener: their name, their policy, and what bounds them.

use std::sync::Arc;

use dockwright::bytes::Bytes;
use dockwright_policy::Policy;
use http_body::Body;
use hyper::body::Incoming;
use tokio::sync::{Semaphore, watch};

use super::engine::ProxiedEngine;
use super::failure::Failure;
use crate::audit::Audit;
use crate::http::{BoundedLog, Hosts, read_body};

/// The most bytes of a body that is small.
const SMALL_BYTES: u64 = 64 << 10;
/// The most bodies that are read at a time, but for small ones: what they take of memory has a bound.
const LARGE_BODIES: usize = 8;

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
    large_bodies: Semaphore,
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
        let large_bodies = Semaphore::new(LARGE_BODIES);
        Principal { name, policy, hosts, engine, audit, log: BoundedLog::default(), large_bodies }
    }

    /// Reads a body that is judged.
    pub(super) async fn read(&self, body: Incoming) -> Result<Bytes, Failure> {
        let is_small = body.size_hint().upper().is_some_and(|bytes| bytes <= SMALL_BYTES);
        let _place = match is_small {
            true => None,
            false => Some(self.large_bodies.acquire().await.map_err(|_| Failure::Drained)?),
        };
        read_body(body).await.map_err(Failure::Body)
    }
}
