//! One login: an ssh that forwards the engine's socket for as long as its session lasts. The session runs `cat`, whose
//! echo tells that the host is still there. A forward without a session would delay small packets.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::process::ChildStdin;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use super::explain::{explain, quote};
use super::guard::Guard;
use super::ping;
use super::process::{Ending, LOGIN, Process};
use super::stream::Check;
use super::transcript::{Transcript, command, follow};
use super::words::Words;
use crate::address::SshAddress;
use crate::error::{SshError, SshFault};

/// The time for the end of a process whose output has ended.
const END: Duration = Duration::from_secs(1);

/// The pause while ssh has more new connections than it has taken.
const BUSY: Duration = Duration::from_millis(5);

/// A login that forwards a socket. Dropping it logs out.
#[derive(Debug)]
pub(super) struct Session {
    /// Ends the process, and removes the socket.
    guard: Guard,
    /// The input of the session, and the number of lines that were written to it.
    input: Mutex<(ChildStdin, u64)>,
    transcript: watch::Receiver<Transcript>,
    words: Arc<Words>,
    is_in_doubt: AtomicBool,
    is_discarded: AtomicBool,
}

impl Session {
    /// Logs in, and forwards a socket of the host.
    pub(super) async fn log_in(address: &SshAddress, socket: &str) -> Result<Self, SshError> {
        let guard = Guard::new()?;
        let forward = format!("{}:{socket}", guard.socket().display());
        // An ssh that shared its connection would keep the forward.
        let arguments = ["-o", "ControlPath=none", "-o", "StreamLocalBindUnlink=yes", "-L", &forward];
        let (process, pipes) = Process::start(address, &guard, &arguments, &command())?;
        let words = Arc::clone(process.words());
        let transcript = follow(process, pipes.stdout);
        let session = Session {
            guard,
            input: Mutex::new((pipes.stdin, 0)),
            transcript,
            words,
            is_in_doubt: AtomicBool::new(false),
            is_discarded: AtomicBool::new(false),
        };
        session.ready().await?;
        Ok(session)
    }

    async fn ready(&self) -> Result<(), SshError> {
        let mut transcript = self.transcript.clone();
        let is_ready = match timeout(LOGIN, transcript.wait_for(|now| now.is_ready || now.is_over)).await {
            Ok(now) => now.is_ok_and(|now| now.is_ready),
            Err(_) => {
                let said = format!("no login within {LOGIN:?}; {}", self.quote());
                return Err(SshError { fault: SshFault::Silent, said });
            }
        };
        if !is_ready {
            let ending = self.ending().await;
            return Err(if ending.is_of_ssh() { explain(&ending) } else { self.no_shell() });
        }
        // The forward stands before the session begins, or never.
        if self.guard.socket().exists() { Ok(()) } else { Err(SshError { fault: SshFault::Other, said: self.quote() }) }
    }

    /// The error of an account that ended the session by itself.
    fn no_shell(&self) -> SshError {
        let said = format!("{}\n{}", self.transcript.borrow().noise, self.words.text());
        SshError { fault: SshFault::NoShell, said: quote(&said) }
    }

    /// The address that the docker CLI there uses, if there is one.
    pub(super) fn docker_host(&self) -> Option<String> {
        self.transcript.borrow().docker_host.clone()
    }

    /// Returns false once the host is gone.
    pub(super) fn is_open(&self) -> bool {
        !self.is_discarded.load(Ordering::Relaxed) && !self.transcript.borrow().is_over
    }

    /// Returns true if the host did not take the last connections to the socket.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.is_in_doubt.load(Ordering::Relaxed)
    }

    /// Sees if the forwarded socket leads to an engine. The error is ssh's reason.
    pub(super) async fn check_forward(&self) -> Result<(), String> {
        self.words.take_unopened();
        let is_forwarded = match self.connect().await {
            Ok(mut stream) => ping::reaches_engine(&mut stream).await,
            Err(error) => Err(error),
        };
        self.is_in_doubt.store(!matches!(is_forwarded, Ok(true)), Ordering::Relaxed);
        let problem = match is_forwarded {
            Ok(true) => return Ok(()),
            Ok(false) => "the forwarded connection was closed".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(self.words.unopened().await.unwrap_or(problem))
    }

    /// Opens a connection to the socket of the host. A session whose socket has nobody who listens is given up.
    pub(super) async fn connect(&self) -> io::Result<UnixStream> {
        use io::ErrorKind::{ConnectionRefused, ConnectionReset, NotFound, WouldBlock};
        loop {
            match UnixStream::connect(self.guard.socket()).await {
                Err(error) if error.kind() == WouldBlock => sleep(BUSY).await,
                Err(error) => {
                    let is_gone = matches!(error.kind(), ConnectionRefused | ConnectionReset | NotFound);
                    self.is_discarded.fetch_or(is_gone, Ordering::Relaxed);
                    return Err(error);
                }
                Ok(stream) => return Ok(stream),
            }
        }
    }

    /// The check at the end of a connection.
    pub(super) fn check(self: &Arc<Self>) -> Check {
        let session = Arc::clone(self);
        Box::new(move |has_answer| Box::pin(async move { session.check_end(has_answer).await }))
    }

    /// Sees that a connection ended by itself, and not because the host is gone.
    async fn check_end(&self, has_answer: bool) -> io::Result<()> {
        let problem = if !self.is_alive().await {
            SshError { fault: SshFault::Lost, said: quote(&self.ending().await.words) }.to_string()
        } else if !has_answer && let Some(line) = self.words.unopened().await {
            self.is_in_doubt.store(true, Ordering::Relaxed);
            format!("ssh did not reach the engine's socket: {}", quote(&line))
        } else {
            return Ok(());
        };
        Err(io::Error::new(io::ErrorKind::ConnectionReset, problem))
    }

    /// Waits for an echo, or for the end.
    async fn is_alive(&self) -> bool {
        let number = {
            let mut input = self.input.lock().await;
            if input.0.write_all(b"\n").await.is_err() {
                return false;
            }
            input.1 += 1;
            input.1
        };
        let mut transcript = self.transcript.clone();
        let now = transcript.wait_for(|now| now.is_over || now.echoes >= number).await;
        now.is_ok_and(|now| !now.is_over)
    }

    /// The end of the process, once the session is over.
    async fn ending(&self) -> Ending {
        let mut transcript = self.transcript.clone();
        let ending = match timeout(END, transcript.wait_for(|now| now.ending.is_some())).await {
            Ok(Ok(now)) => now.ending.clone(),
            _ => None,
        };
        ending.unwrap_or_else(|| Ending { code: None, words: self.words.text() })
    }

    fn quote(&self) -> String {
        quote(&self.words.text())
    }
}
