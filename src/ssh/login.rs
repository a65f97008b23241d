//! Finds the way to an engine: forwards its socket, else dials for each connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::dialer::Dialer;
use super::route::SshRoute;
#[cfg(unix)]
use super::session::Session;
use super::stream::Check;
use crate::address::SshAddress;
use crate::budget::SharedPermit;
use crate::connection::Connection;
use crate::error::SshError;

/// The time after which a host that did not forward is asked again: its engine or its sshd may be set up anew.
const DIALER: Duration = Duration::from_secs(5 * 60);

/// The last login of an engine.
#[derive(Debug)]
pub(super) struct Login {
    address: SshAddress,
    /// The session that forwards, or one that is open and may forward later.
    #[cfg(unix)]
    session: Option<Arc<Session>>,
    /// The socket to forward.
    #[cfg(unix)]
    socket: String,
    /// The dialer in place of a session, and the time of that choice.
    dialer: Option<(Arc<Dialer>, Instant)>,
    failure: Option<(Instant, SshError)>,
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
            Carrier::Session(session) => session.is_usable(),
            Carrier::Dialer(_) => true,
        }
    }

    /// Opens a connection, with the check at its end. The delay is the error if the time for it passes meanwhile.
    pub(super) async fn open(&self, delay: &mut Option<io::Error>) -> io::Result<(Box<dyn Connection>, Check)> {
        match self {
            #[cfg(unix)]
            Carrier::Session(session) => {
                let (stream, check) = session.open(delay).await?;
                Ok((Box::new(stream), check))
            }
            Carrier::Dialer(dialer) => {
                let (stream, check) = dialer.open(delay).await.map_err(io::Error::other)?;
                Ok((Box::new(stream), check))
            }
        }
    }
}

impl Login {
    pub(super) fn new(address: SshAddress) -> Self {
        Login {
            #[cfg(unix)]
            session: None,
            #[cfg(unix)]
            socket: address.socket.clone().unwrap_or_else(|| crate::address::DEFAULT_SOCKET.to_owned()),
            address,
            dialer: None,
            failure: None,
        }
    }

    /// The opener of connections, if it still works.
    pub(super) fn carrier(&self) -> Option<Carrier> {
        #[cfg(unix)]
        if let Some(session) = self.session.as_ref().filter(|session| session.is_usable()) {
            return Some(Carrier::Session(Arc::clone(session)));
        }
        let (dialer, chosen) = self.dialer.as_ref()?;
        (chosen.elapsed() < DIALER).then(|| Carrier::Dialer(Arc::clone(dialer)))
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

    /// Returns true if there is a session that needs no other login.
    pub(super) fn is_open(&self) -> bool {
        #[cfg(unix)]
        let is_open = self.session.as_ref().is_some_and(|session| session.is_open());
        #[cfg(not(unix))]
        let is_open = false;
        is_open
    }

    /// Logs in, and sees that an engine answers.
    pub(super) async fn log_in(&mut self, permits: Option<SharedPermit>) -> Result<Carrier, SshError> {
        let outcome = self.find_carrier(permits).await;
        if let Err(failure) = &outcome {
            self.failure = Some((Instant::now(), failure.clone()));
        }
        outcome
    }

    #[cfg(unix)]
    async fn find_carrier(&mut self, permits: Option<SharedPermit>) -> Result<Carrier, SshError> {
        let refusal = match self.forward(permits).await? {
            Ok(session) => return Ok(self.choose_session(session)),
            Err(refusal) => refusal,
        };
        let dialed = self.dial().await;
        let carrier = dialed.map_err(|error| SshError { said: format!("{}; {refusal}", error.said), ..error })?;
        // The engine may have been away for the first question and back for the dialer.
        if let Some(session) = self.session.take()
            && session.check_forward().await.is_ok()
        {
            return Ok(self.choose_session(session));
        }
        Ok(carrier)
    }

    #[cfg(not(unix))]
    async fn find_carrier(&mut self, _permits: Option<SharedPermit>) -> Result<Carrier, SshError> {
        self.dial().await
    }

    #[cfg(unix)]
    fn choose_session(&mut self, session: Arc<Session>) -> Carrier {
        self.dialer = None;
        self.session = Some(Arc::clone(&session));
        Carrier::Session(session)
    }

    /// Chooses the dialer. One that has worked before is not tried again: its next connection says what is wrong.
    async fn dial(&mut self) -> Result<Carrier, SshError> {
        let dialer = match self.dialer.take() {
            Some((dialer, _)) => dialer,
            None => Dialer::log_in(self.address.clone()).await?,
        };
        self.dialer = Some((Arc::clone(&dialer), Instant::now()));
        Ok(Carrier::Dialer(dialer))
    }

    /// Forwards the socket. The inner error is the reason for which it cannot be forwarded.
    #[cfg(unix)]
    async fn forward(&mut self, permits: Option<SharedPermit>) -> Result<Result<Arc<Session>, String>, SshError> {
        let session = match self.session_of_socket(permits).await? {
            Ok(session) => session,
            Err(reason) => return Ok(Err(reason)),
        };
        let checked = session.check_forward().await;
        // Even if there is no engine the login is good, and is asked again before the next call.
        self.session = Some(Arc::clone(&session));
        Ok(checked.map(|()| session))
    }

    /// A session that forwards the socket which the docker CLI there uses. Only the first login can tell which that is,
    /// so there may be a second.
    #[cfg(unix)]
    async fn session_of_socket(
        &mut self,
        permits: Option<SharedPermit>,
    ) -> Result<Result<Arc<Session>, String>, SshError> {
        let mut is_second = false;
        loop {
            if !crate::guard::is_plain(self.socket.as_ref()) {
                return Ok(Err(format!("ssh cannot forward the path {}", self.socket)));
            }
            let session = match self.session.take().filter(|session| session.is_open()) {
                Some(session) => session,
                None => match Session::log_in(&self.address, &self.socket, permits.clone()).await? {
                    Ok(session) => session,
                    Err(reason) => return Ok(Err(reason)),
                },
            };
            let Some(host) = session.docker_host().await else { return Ok(Ok(session)) };
            match host.strip_prefix("unix://").filter(|socket| socket.starts_with('/')) {
                None => return Ok(Err(format!("docker there uses {host}"))),
                Some(socket) if socket == self.socket => return Ok(Ok(session)),
                Some(socket) if is_second => {
                    return Ok(Err(format!("docker there used {} at one login, {socket} at the next", self.socket)));
                }
                Some(socket) => socket.clone_into(&mut self.socket),
            }
            is_second = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_dialer_is_chosen_for_a_while() {
        let address = crate::address::parse("address", "ssh://nas").unwrap();
        let crate::address::Address::Ssh(address) = address else { unreachable!() };
        let mut login = Login::new(address.clone());
        assert!(login.carrier().is_none());
        login.dialer = Some((Arc::new(Dialer::new(address)), Instant::now()));
        assert_eq!(login.route(), Some(SshRoute::DialStdio));
        tokio::time::advance(DIALER).await;
        assert!(login.carrier().is_none());
        // The host still does not forward.
        login.dial().await.unwrap();
        assert_eq!(login.route(), Some(SshRoute::DialStdio));
    }
}
