//! Engines behind ssh: an address in, connections out. It uses the system's ssh, and so its configuration, agent, jump
//! hosts and known hosts. One login carries all connections of an engine. It knows no HTTP.
//!
//! The socket of the host is forwarded. A host that does not forward, and every host on Windows, is reached as the
//! docker CLI does: a login for each connection, which runs `docker system dial-stdio`.

mod dialer;
mod explain;
#[cfg_attr(windows, path = "ssh/windows.rs")]
mod guard;
mod login;
mod ping;
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is forwarded there"))]
mod process;
mod route;
#[cfg(unix)]
mod session;
mod stream;
#[cfg(unix)]
mod transcript;
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is forwarded there"))]
mod words;

use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, Semaphore};

use crate::address::SshAddress;
use crate::connection::Connection;
use crate::error::{SshError, SshFault};
use login::{Carrier, Login};
use stream::CheckedStream;

pub use route::SshRoute;

/// The most connections of one engine at once: ssh has two descriptors for each, and mostly 1024 in all.
const CONNECTIONS: usize = 200;

/// The ssh of one engine. It logs in when the first connection is wanted, and again when the host was lost.
#[derive(Debug)]
pub(crate) struct Link {
    free: Arc<Semaphore>,
    /// Locked for the time of a login, so that there is one at a time.
    login: Arc<Mutex<Login>>,
}

impl Link {
    pub(crate) fn new(address: SshAddress) -> Self {
        Link { free: Arc::new(Semaphore::new(CONNECTIONS)), login: Arc::new(Mutex::new(Login::new(address))) }
    }

    /// The way in which the engine was reached last; `None` also while a login is under way.
    pub(crate) fn route(&self) -> Option<SshRoute> {
        self.login.try_lock().ok()?.route()
    }

    /// Opens a connection, after a login if there is none. A fault on the way is an [`SshError`] within the error.
    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Connection>> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(io::Error::other)?;
        let carrier = self.carrier().await.map_err(io::Error::other)?;
        let (stream, check) = match carrier.open().await {
            // ssh has just ended, or somebody removed its socket. Nothing was sent.
            Err(_) if !carrier.is_usable() => self.carrier().await.map_err(io::Error::other)?.open().await?,
            opened => opened?,
        };
        Ok(Box::new(CheckedStream::new(stream, check, permit)))
    }

    /// The opener of connections. Calls that wait for a login share its outcome, and one that gives up does not end it
    /// for the others.
    async fn carrier(&self) -> Result<Carrier, SshError> {
        let since = Instant::now();
        let mut login = Arc::clone(&self.login).lock_owned().await;
        if let Some(carrier) = login.carrier() {
            return Ok(carrier);
        }
        if let Some(failure) = login.failure_since(since) {
            return Err(failure);
        }
        let attempt = tokio::spawn(async move { login.log_in().await });
        attempt.await.unwrap_or_else(|error| Err(SshError { fault: SshFault::Other, said: error.to_string() }))
    }
}
