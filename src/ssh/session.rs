//! One login: an ssh that forwards the engine's socket for as long as its session lasts. The session runs `cat`, whose
//! echo tells that the host is still there. A forward without a session would delay small packets.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::process::ChildStdin;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::explain::{explain, quote};
use super::not_started::not_started;
use super::ping;
use super::process::{Ending, LOGIN, Process};
use super::stream::Check;
use super::transcript::{ECHO, Transcript, command, follow};
use super::use_count::UseCount;
use super::words::Words;
use crate::address::SshAddress;
use crate::budget::{BUDGET, Closed, Idle, SharedPermit};
use crate::error::{SshError, SshFault};
use crate::guard::{Guard, NoGuard};

/// The time for the first word of a session after the login. An account that runs a command of its own says none.
const SILENCE: Duration = Duration::from_secs(3);

/// The time for the docker CLI there to name its socket.
const NAMING: Duration = Duration::from_secs(3);

/// The time for the end of a process whose output has ended.
const END: Duration = Duration::from_secs(1);

/// The pause while ssh has more new connections than it has taken.
const BUSY: Duration = Duration::from_millis(5);

/// The pause between looks at the socket, which ssh makes after the login.
const LOOK: Duration = Duration::from_millis(20);

/// A login that forwards a socket. Dropping it logs out.
#[derive(Debug)]
pub(super) struct Session {
    /// The local end of the forward.
    socket: PathBuf,
    /// `None` once the session was closed.
    running: Mutex<Option<Running>>,
    /// The one connection that the permits of the session include.
    first: Arc<Semaphore>,
    uses: UseCount,
    transcript: watch::Receiver<Transcript>,
    /// The time until which docker may name its socket; `None` if it is not asked.
    naming: Option<Instant>,
    words: Arc<Words>,
    is_in_doubt: AtomicBool,
    is_discarded: AtomicBool,
}

/// The processes of a session, and its permits for their descriptors.
#[derive(Debug)]
struct Running {
    /// Ends the process, and removes the socket.
    _guard: Guard,
    input: ChildStdin,
    /// The number of lines that were written to the input.
    lines: u64,
    _permits: Option<SharedPermit>,
}

/// A use of a session, until it is dropped.
struct Use(Arc<Session>);

impl Session {
    /// Logs in, and forwards a socket of the host. The inner error is the reason for which it does not forward.
    pub(super) async fn log_in(
        address: &SshAddress,
        socket: &str,
        permits: Option<SharedPermit>,
    ) -> Result<Result<Arc<Self>, String>, SshError> {
        let guard = Guard::new().map_err(|NoGuard { part, error }| not_started(part, &error))?;
        let forward = format!("{}:{socket}", guard.socket().display());
        let asks = address.socket.is_none();
        // An ssh that shared its connection would keep the forward.
        let arguments = ["-o", "ControlPath=none", "-o", "StreamLocalBindUnlink=yes", "-L", &forward];
        let (process, pipes) = Process::start(address, &guard, &arguments, &command(asks))?;
        let mut session = Session {
            socket: guard.socket(),
            words: Arc::clone(process.words()),
            transcript: follow(process, pipes.stdout),
            running: Mutex::new(Some(Running { _guard: guard, input: pipes.stdin, lines: 0, _permits: permits })),
            first: Arc::new(Semaphore::new(1)),
            uses: UseCount::default(),
            naming: None,
            is_in_doubt: AtomicBool::new(false),
            is_discarded: AtomicBool::new(false),
        };
        let ready = session.ready().await?;
        session.naming = asks.then(|| Instant::now() + NAMING);
        Ok(ready.map(|()| Arc::new(session)))
    }

    async fn ready(&self) -> Result<Result<(), String>, SshError> {
        let mut transcript = self.transcript.clone();
        let silence = async {
            // The forward stands before the session begins, or never.
            while !self.socket.exists() {
                sleep(LOOK).await;
            }
            sleep(SILENCE).await;
        };
        let is_ready = tokio::select! {
            now = transcript.wait_for(|now| now.is_ready || now.is_over) => now.is_ok_and(|now| now.is_ready),
            () = silence => return Ok(Err(self.said("the session does not begin"))),
            () = sleep(LOGIN) => {
                let said = format!("no login within {LOGIN:?}; {}", quote(&self.words.text()));
                return Err(SshError { fault: SshFault::Silent, said });
            }
        };
        if !is_ready {
            let ending = self.ending().await;
            return if ending.is_of_ssh() { Err(explain(&ending)) } else { Ok(Err(self.said(""))) };
        }
        // The user's configuration may say ClearAllForwardings.
        Ok(if self.socket.exists() { Ok(()) } else { Err(self.said("ssh made no forward")) })
    }

    /// A problem, and the last words of the host's shell and of ssh.
    fn said(&self, problem: &str) -> String {
        quote(&format!("{problem}\n{}\n{}", self.transcript.borrow().noise, self.words.text()))
    }

    /// The address that the docker CLI there uses, if it is asked and names one.
    pub(super) async fn docker_host(&self) -> Option<String> {
        let mut transcript = self.transcript.clone();
        let named = timeout_at(self.naming?, transcript.wait_for(|now| now.is_asked || now.is_over)).await;
        named.ok()?.ok()?.docker_host.clone()
    }

    /// Returns false once the session is closed or the host is gone.
    pub(super) fn is_open(&self) -> bool {
        !self.is_discarded.load(Ordering::Relaxed) && !self.transcript.borrow().is_over
    }

    /// Returns false also if the host did not take the last connections to the socket.
    pub(super) fn is_usable(&self) -> bool {
        self.is_open() && !self.is_in_doubt.load(Ordering::Relaxed)
    }

    /// Sees if the forwarded socket leads to an engine. The error is ssh's reason.
    pub(super) async fn check_forward(self: &Arc<Self>) -> Result<(), String> {
        let is_forwarded = match self.begin_use() {
            Ok(_use) => match self.connect().await {
                Ok(mut stream) => ping::reaches_engine(&mut stream).await,
                Err(error) => Err(error),
            },
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

    /// Opens a connection to the socket of the host, with the check at its end. The delay is the error if the time for
    /// it passes meanwhile.
    pub(super) async fn open(self: &Arc<Self>, delay: &mut Option<io::Error>) -> io::Result<(UnixStream, Check)> {
        let permit = match Arc::clone(&self.first).try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => {
                *delay = Some(BUDGET.shortage());
                BUDGET.take(1).await
            }
        };
        *delay = Some(io::Error::other(SshError::new(SshFault::Silent)));
        let used = self.begin_use()?;
        let stream = self.connect().await?;
        let check: Check = Box::new(move |has_answer| {
            Box::pin(async move {
                // Both end with the connection.
                let _permit = permit;
                used.0.check_end(has_answer).await
            })
        });
        Ok((stream, check))
    }

    fn begin_use(self: &Arc<Self>) -> io::Result<Use> {
        let is_open = self.uses.begin();
        is_open.then(|| Use(Arc::clone(self))).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Connects to the forwarded socket. A session whose socket has nobody who listens is given up.
    async fn connect(&self) -> io::Result<UnixStream> {
        use io::ErrorKind::{ConnectionRefused, ConnectionReset, NotFound, WouldBlock};
        loop {
            match UnixStream::connect(&self.socket).await {
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
            let mut running = self.running.lock().await;
            let Some(running) = &mut *running else { return false };
            if running.input.write_all(ECHO.as_bytes()).await.is_err() {
                return false;
            }
            running.lines += 1;
            running.lines
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
}

impl Idle for Session {
    fn is_idle_since(&self, number: u64) -> bool {
        self.uses.is_idle_since(number)
    }

    fn close(&self, number: u64) -> Closed {
        let closed = self.uses.close(number);
        if closed == Closed::Yes {
            self.is_discarded.store(true, Ordering::Relaxed);
            // Only a use locks it for longer, and there is none.
            if let Ok(mut running) = self.running.try_lock() {
                *running = None;
            }
        }
        closed
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        if let Some(number) = self.0.uses.end() {
            BUDGET.add_idle(&self.0, number);
        }
    }
}
