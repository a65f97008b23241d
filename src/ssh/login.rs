//! Finds the way to an engine: forwards its socket, else dials for each connection.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::dialer::Dialer;
use super::route::SshRoute;
#[cfg(unix)]
use super::session::Session;
use super::stream::Check;
use crate::address::SshAddress;
use crate::connection::Connection;
use crate::error::SshError;

/// The last login of an engine.
#[derive(Debug)]
pub(super) struct Login {
    address: SshAddress,
    carrier: Option<Carrier>,
    failure: Option<(Instant, SshError)>,
    /// The socket to forward.
    #[cfg(unix)]
    socket: String,
}

/// The opener of connections.
#[derive(Debug, Clone)]
pub(super) enum Carrier {
    #[cfg(unix)]
    Session(Arc<Session>),
    Dialer(Arc<Dialer>),
}

impl Carrier {
    /// Returns false if it must log in again, or see if there still is an engine.
    pub(super) fn is_usable(&self) -> bool {
        match self {
            #[cfg(unix)]
            Carrier::Session(session) => session.is_open() && !session.is_in_doubt(),
            Carrier::Dialer(_) => true,
        }
    }

    /// Opens a connection, with the check at its end.
    pub(super) async fn open(&self) -> io::Result<(Box<dyn Connection>, Check)> {
        match self {
            #[cfg(unix)]
            Carrier::Session(session) => Ok((Box::new(session.connect().await?), session.check())),
            Carrier::Dialer(dialer) => {
                let (stream, check) = dialer.open().await.map_err(io::Error::other)?;
                Ok((Box::new(stream), check))
            }
        }
    }
}

impl Login {
    pub(super) fn new(address: SshAddress) -> Self {
        Login {
            #[cfg(unix)]
            socket: address.socket.clone().unwrap_or_else(|| crate::address::DEFAULT_SOCKET.to_owned()),
            address,
            carrier: None,
            failure: None,
        }
    }

    /// The opener of connections, if it still works.
    pub(super) fn carrier(&self) -> Option<Carrier> {
        self.carrier.clone().filter(Carrier::is_usable)
    }

    /// The failure of a login that ended since then.
    pub(super) fn failure_since(&self, since: Instant) -> Option<SshError> {
        self.failure.as_ref().filter(|(at, _)| *at >= since).map(|(_, failure)| failure.clone())
    }

    /// The way of the last login, if it still works.
    pub(super) fn route(&self) -> Option<SshRoute> {
        Some(match self.carrier()? {
            #[cfg(unix)]
            Carrier::Session(_) => SshRoute::Forward { socket: self.socket.clone() },
            Carrier::Dialer(_) => SshRoute::DialStdio,
        })
    }

    /// Logs in, and sees that an engine answers.
    pub(super) async fn log_in(&mut self) -> Result<Carrier, SshError> {
        let outcome = self.find_carrier().await;
        match &outcome {
            Ok(carrier) => self.carrier = Some(carrier.clone()),
            Err(failure) => self.failure = Some((Instant::now(), failure.clone())),
        }
        outcome
    }

    #[cfg(unix)]
    async fn find_carrier(&mut self) -> Result<Carrier, SshError> {
        let refusal = match self.forward().await? {
            Ok(session) => return Ok(Carrier::Session(session)),
            Err(refusal) => refusal,
        };
        let carrier = self.dial().await;
        carrier.map_err(|error| SshError { said: format!("{}; {refusal}", error.said), ..error })
    }

    #[cfg(not(unix))]
    async fn find_carrier(&mut self) -> Result<Carrier, SshError> {
        self.dial().await
    }

    async fn dial(&self) -> Result<Carrier, SshError> {
        let dialer = Arc::new(Dialer::new(self.address.clone())?);
        dialer.check_dial().await?;
        Ok(Carrier::Dialer(dialer))
    }

    /// Forwards the socket. The inner error is the reason for which it cannot be forwarded.
    #[cfg(unix)]
    async fn forward(&mut self) -> Result<Result<Arc<Session>, String>, SshError> {
        use super::guard::is_plain;
        use crate::error::SshFault;

        if !is_plain(self.socket.as_ref()) {
            return Ok(Err(format!("ssh cannot forward the path {}", self.socket)));
        }
        let session = match self.carrier.take() {
            Some(Carrier::Session(session)) if session.is_open() => session,
            _ => match Session::log_in(&self.address, &self.socket).await {
                Ok(session) => Arc::new(session),
                Err(error) if error.fault == SshFault::NoShell => return Ok(Err(error.said)),
                Err(error) => return Err(error),
            },
        };
        match session.docker_host().filter(|_| self.address.socket.is_none()) {
            Some(host) if host != format!("unix://{}", self.socket) => match host.strip_prefix("unix://") {
                // The docker CLI there uses another socket, so this login cannot be used. The next can.
                Some(socket) if socket.starts_with('/') => {
                    self.socket = socket.to_owned();
                    drop(session);
                    return Box::pin(self.forward()).await;
                }
                _ => return Ok(Err(format!("docker there uses {host}"))),
            },
            _ => {}
        }
        match session.check_forward().await {
            Ok(()) => Ok(Ok(session)),
            Err(reason) => {
                // The login is good, and is asked again before the next call.
                self.carrier = Some(Carrier::Session(session));
                Ok(Err(reason))
            }
        }
    }
}
