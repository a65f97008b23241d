//! Connections for hosts that do not forward: each is an ssh of its own that runs `docker system dial-stdio`.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf,
};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::explain::{explain, quote};
use super::not_started::not_started;
use super::ping;
use super::process::{Ending, LOGIN, Pipes, Process};
use super::stream::Check;
use crate::address::SshAddress;
use crate::budget::BUDGET;
use crate::error::{SshError, SshFault};
use crate::guard::{Guard, NoGuard};

/// The line after which a connection begins, told apart from a shell's own words.
const READY: &str = "dockwright-connection-begins";

/// The beginning of an answer of HTTP.
const ANSWER: &[u8] = b"HTTP/1.";

/// The most logins at once: sshd refuses some from ten on.
const LOGINS: usize = 4;

/// The most connections at once. Each costs the host a process of sshd and one of docker, 34 MB together.
const CONNECTIONS: usize = 32;

/// The most bytes of a shell's words before a connection begins.
const NOISE_BYTES: u64 = 64 * 1024;

/// The time for the end of a process whose output has ended.
const END: Duration = Duration::from_secs(10);

/// The descriptors of a connection: three pipes of ssh, a handle of its process, and a part of the watcher's.
const DESCRIPTORS: u32 = 5;

/// Opens connections, each with a login.
#[derive(Debug)]
pub(super) struct Dialer {
    address: SshAddress,
    /// Ends all processes. It is there while there are connections.
    guard: Mutex<Weak<Guard>>,
    logins: Semaphore,
    free: Arc<Semaphore>,
    beginning: OnceLock<Beginning>,
}

/// The sign by which connections begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// The line of our command.
    Line,
    /// The answer to a ping: whatever the command, the host runs `docker system dial-stdio`.
    Answer,
}

/// A connection through the pipes of a process.
pub(super) struct Dialed {
    /// `None` after this side was shut down.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    _permits: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
    /// Its end would end the process.
    _guard: Arc<Guard>,
}

impl Dialer {
    pub(super) fn new(address: SshAddress) -> Self {
        Dialer {
            address,
            guard: Mutex::default(),
            logins: Semaphore::new(LOGINS),
            free: Arc::new(Semaphore::new(CONNECTIONS)),
            beginning: OnceLock::new(),
        }
    }

    /// Sees that a login leads to an engine, and how it begins.
    pub(super) async fn log_in(address: SshAddress) -> Result<Arc<Self>, SshError> {
        let dialer = Self::new(address);
        let guard = dialer.guard()?;
        let (.., beginning) = dialer.start(&guard, true).await?;
        dialer.beginning.get_or_init(|| beginning);
        Ok(Arc::new(dialer))
    }

    /// Opens a connection, with the check at its end. The delay is the error if the time for it passes meanwhile.
    pub(super) async fn open(&self, delay: &mut Option<io::Error>) -> Result<(Dialed, Check), SshError> {
        let closed = |_| SshError::new(SshFault::Other);
        let late = |fault| Some(io::Error::other(SshError::new(fault)));
        *delay = late(SshFault::Busy);
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(closed)?;
        *delay = Some(BUDGET.shortage());
        let permits = (permit, BUDGET.take(DESCRIPTORS).await);
        *delay = late(SshFault::SlowLogin);
        let _login = self.logins.acquire().await.map_err(closed)?;
        let guard = self.guard()?;
        let pings = self.beginning.get() == Some(&Beginning::Answer);
        let (mut process, stdin, stdout, _) = self.start(&guard, pings).await?;
        let check: Check = Box::new(|has_answer| {
            Box::pin(async move {
                let ending = timeout(END, process.ending()).await.unwrap_or_default();
                check_end(&ending, has_answer)
            })
        });
        Ok((Dialed { stdin: Some(stdin), stdout, _permits: permits, _guard: guard }, check))
    }

    /// The guard of the connections that there are, or a new one.
    fn guard(&self) -> Result<Arc<Guard>, SshError> {
        let mut kept = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(guard) = kept.upgrade() {
            return Ok(guard);
        }
        let guard = Guard::new().map_err(|NoGuard { part, error }| not_started(part, &error))?;
        let guard = Arc::new(guard);
        *kept = Arc::downgrade(&guard);
        Ok(guard)
    }

    /// Logs in, and waits until the connection begins. A ping goes first if nothing else may tell that it has.
    async fn start(&self, guard: &Guard, pings: bool) -> Result<Started, SshError> {
        let command = command(self.address.socket.as_deref());
        let (mut process, Pipes { mut stdin, stdout }) = Process::start(&self.address, guard, &[], &command)?;
        if pings {
            // An ssh that has ended already says why.
            let _ = stdin.write_all(ping::HEAD).await;
        }
        let (mut stdout, mut noise) = (BufReader::new(stdout), Noise::default());
        match timeout(LOGIN, noise.skip(&mut stdout, pings)).await {
            Ok(Some(beginning)) => return Ok((process, stdin, stdout, beginning)),
            Ok(None) => {}
            Err(_) => return Err(SshError { fault: SshFault::SlowLogin, said: quote(&noise.text(&process)) }),
        }
        let ending = timeout(END, process.ending()).await.unwrap_or_default();
        let error = explain(&ending);
        let is_known = ending.is_of_ssh() || noise.has_line || error.fault != SshFault::Other;
        let said = quote(&noise.text(&process));
        Err(if is_known { error } else { SshError { fault: SshFault::NoShell, said } })
    }
}

/// A connection that has begun: its process, its input and output, and the sign of its beginning.
type Started = (Process, ChildStdin, BufReader<ChildStdout>, Beginning);

/// The words of a host before a connection begins.
#[derive(Debug, Default)]
struct Noise {
    bytes: Vec<u8>,
    /// True once our command has begun, so that the rest is docker's.
    has_line: bool,
}

impl Noise {
    /// Reads until the connection begins; after a ping, to the end of its answer. `None` if the output ended before.
    async fn skip(&mut self, stdout: &mut (impl AsyncBufRead + Unpin), pinged: bool) -> Option<Beginning> {
        while !self.has_line {
            let line = self.next_line(stdout).await?;
            if line.ends_with(READY.as_bytes()) {
                self.has_line = true;
            } else if pinged && line.starts_with(ANSWER) {
                while !self.next_line(stdout).await?.is_empty() {}
                return Some(Beginning::Answer);
            }
        }
        if pinged {
            // An engine that takes its time has taken the connection.
            let answer = async {
                while !self.next_line(stdout).await?.is_empty() {}
                Some(())
            };
            if let Ok(answer) = timeout(ping::ANSWER, answer).await {
                answer?;
            }
        }
        Some(Beginning::Line)
    }

    /// The next line, without the white space at its end. `None` also if there is too much noise.
    async fn next_line(&mut self, stdout: &mut (impl AsyncBufRead + Unpin)) -> Option<&[u8]> {
        let (start, room) = (self.bytes.len(), NOISE_BYTES.saturating_sub(self.bytes.len() as u64));
        match stdout.take(room).read_until(b'\n', &mut self.bytes).await {
            Ok(1..) => Some(self.bytes[start..].trim_ascii_end()),
            _ => None,
        }
    }

    /// These words, and those on standard error.
    fn text(&self, process: &Process) -> String {
        format!("{}\n{}", String::from_utf8_lossy(&self.bytes), process.words().text())
    }
}

/// The command of a connection, for any shell that knows `&&`; cmd.exe does too.
fn command(socket: Option<&str>) -> String {
    let host = socket.map(|path| format!(" --host {}", quoted(&format!("unix://{path}"))));
    format!("echo {READY}&& docker{} system dial-stdio", host.unwrap_or_default())
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Sees that a connection ended by itself, and not with ssh or docker.
fn check_end(ending: &Ending, has_answer: bool) -> io::Result<()> {
    if ending.code == Some(0) {
        return Ok(());
    }
    let error = explain(ending);
    // The engine was not reached, so it has read nothing.
    if !has_answer && matches!(error.fault, SshFault::NoDocker | SshFault::NoSocket | SshFault::SocketDenied) {
        return Err(io::Error::other(error));
    }
    let error = SshError { fault: SshFault::Lost, ..error };
    Err(io::Error::new(io::ErrorKind::ConnectionReset, error.to_string()))
}

impl AsyncRead for Dialed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stdout).poll_read(context, into)
    }
}

impl AsyncWrite for Dialed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stdin {
            Some(stdin) => Pin::new(stdin).poll_write(context, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stdin {
            Some(stdin) => Pin::new(stdin).poll_flush(context),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Closes the pipe, of which ssh and docker make the end of this side.
    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stdin = None;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_the_shell_there() {
        assert_eq!(command(None), format!("echo {READY}&& docker system dial-stdio"));
        let command = command(Some("/a b/it's;$(x).sock"));
        assert!(command.ends_with(r"docker --host 'unix:///a b/it'\''s;$(x).sock' system dial-stdio"), "{command}");
    }

    #[tokio::test]
    async fn a_connection_begins_with_our_line_or_with_the_answer_to_a_ping() {
        let head = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n\r\n";
        for (pinged, output, beginning) in [
            (false, format!("Welcome\nto-{READY}\r\n"), Some(Beginning::Line)),
            (false, format!("Welcome\n{head}"), None),
            (true, format!("Welcome\n{READY}\n{head}"), Some(Beginning::Line)),
            (true, format!("Welcome\n{head}"), Some(Beginning::Answer)),
            (true, format!("{READY}\nHTTP/1.1 200"), None),
            (true, "x".repeat(100_000), None),
        ] {
            let (mut output, mut noise) = (output.as_bytes(), Noise::default());
            assert_eq!(noise.skip(&mut output, pinged).await, beginning);
            assert!(output.is_empty() || beginning.is_none() && noise.bytes.len() as u64 == NOISE_BYTES);
        }
    }

    #[test]
    fn only_a_docker_that_did_not_reach_the_engine_has_opened_nothing() {
        let end = |code, words: &str, has_answer| {
            let ending = Ending { code, words: words.to_owned() };
            check_end(&ending, has_answer).map_err(|error| error.get_ref().is_some_and(|error| error.is::<SshError>()))
        };
        let unreached = "failed to open the raw stream connection: dial unix /d.sock: connect: no such file";
        assert_eq!(end(Some(0), "", false), Ok(()));
        assert_eq!(end(Some(1), unreached, false), Err(true));
        assert_eq!(end(Some(127), "docker: not found", false), Err(true));
        assert_eq!(end(Some(1), unreached, true), Err(false));
        assert_eq!(end(Some(255), "Connection to nas closed by remote host.", false), Err(false));
        assert_eq!(end(None, "", true), Err(false));
    }
}
