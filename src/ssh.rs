//! Engines behind ssh: an address in, connections out. It uses the system's ssh, and so its configuration, agent, jump
//! hosts and known hosts. One login carries all connections of an engine. It knows no HTTP.
//!
//! The socket of the host is forwarded. A host that does not forward, and every host on Windows, is reached as the
//! docker CLI does: a login for each connection, which runs `docker system dial-stdio`.

mod dialer;
mod explain;
mod login;
mod not_started;
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is forwarded there"))]
mod ping;
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is forwarded there"))]
mod process;
mod route;
#[cfg(unix)]
mod session;
mod stream;
#[cfg(unix)]
mod transcript;
#[cfg(unix)]
mod use_count;
#[cfg_attr(not(unix), allow(dead_code, reason = "nothing is forwarded there"))]
mod words;

use std::io;
use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::Instant;

use crate::address::SshAddress;
use crate::budget::BUDGET;
use crate::connection::Connection;
use crate::error::{SshError, SshFault};
use login::{Carrier, Login};
use stream::CheckedStream;

pub use route::SshRoute;

/// The most connections of one engine at once: ssh has two descriptors for each, and mostly 1024 in all.
const CONNECTIONS: usize = 200;

/// The descriptors of a login that forwards, and of its first connection: a watcher's pipe and ssh's three, a handle of
/// each of the two processes, and the connection. The login of a dialer takes no more, and gives them back.
const LOGIN_DESCRIPTORS: u32 = 7;

/// The ssh of one engine. It logs in when the first connection is wanted, and again when the host was lost.
#[derive(Debug)]
pub(crate) struct Link {
    free: Arc<Semaphore>,
    /// Locked for the time of a login, so that there is one at a time.
    login: Arc<Mutex<Login>>,
    /// Its end ends a login that is under way.
    alive: watch::Sender<()>,
}

impl Link {
    pub(crate) fn new(address: SshAddress) -> Self {
        Link {
            free: Arc::new(Semaphore::new(CONNECTIONS)),
            login: Arc::new(Mutex::new(Login::new(address))),
            alive: watch::Sender::new(()),
        }
    }

    /// The way in which the engine was reached last; `None` also while a login is under way.
    pub(crate) fn route(&self) -> Option<SshRoute> {
        self.login.try_lock().ok()?.route()
    }

    /// Opens a connection, after a login if there is none. A fault on the way is an [`SshError`] within the error. The
    /// delay is the error if the time for it passes meanwhile.
    pub(crate) async fn connect(&self, delay: &mut Option<io::Error>) -> io::Result<Box<dyn Connection>> {
        *delay = Some(io::Error::other(SshError::new(SshFault::Busy)));
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(io::Error::other)?;
        let carrier = self.carrier(delay).await.map_err(io::Error::other)?;
        let (stream, check) = match carrier.open(delay).await {
            // ssh has just ended, or somebody removed its socket. Nothing was sent.
            Err(_) if !carrier.is_usable() => self.carrier(delay).await.map_err(io::Error::other)?.open(delay).await?,
            opened => opened?,
        };
        Ok(Box::new(CheckedStream::new(stream, check, permit)))
    }

    /// The opener of connections. Calls that wait for a login share its outcome, and one that gives up does not end it
    /// for the others.
    async fn carrier(&self, delay: &mut Option<io::Error>) -> Result<Carrier, SshError> {
        let since = Instant::now();
        let slow = || Some(io::Error::other(SshError::new(SshFault::SlowLogin)));
        *delay = slow();
        let mut login = Arc::clone(&self.login).lock_owned().await;
        if let Some(carrier) = login.carrier() {
            return Ok(carrier);
        }
        if let Some(failure) = login.failure_since(since) {
            return Err(failure);
        }
        let permits = if login.is_open() {
            None
        } else {
            *delay = Some(BUDGET.shortage());
            BUDGET.take(LOGIN_DESCRIPTORS).await.map(Arc::new)
        };
        *delay = slow();
        let mut alive = self.alive.subscribe();
        let attempt = tokio::spawn(async move {
            tokio::select! {
                outcome = login.log_in(permits) => outcome,
                // Nobody waits for it, now or later.
                _ = alive.changed() => Err(SshError::new(SshFault::Lost)),
            }
        });
        attempt.await.unwrap_or_else(|error| Err(SshError { fault: SshFault::Other, said: error.to_string() }))
    }
}
