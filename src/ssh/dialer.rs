//! Connections for hosts that do not forward: each is an ssh of its own that runs `docker system dial-stdio`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader, ReadBuf};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::explain::{explain, quote};
use super::guard::Guard;
use super::ping;
use super::process::{Ending, LOGIN, Pipes, Process};
use super::stream::Check;
use crate::address::SshAddress;
use crate::error::{SshError, SshFault};

/// The line after which a connection begins, told apart from a shell's own words.
const READY: &str = "dockwright-connection-begins";

/// The most logins at once: sshd refuses some from ten on.
const LOGINS: usize = 4;

/// The most connections at once. Each costs the host a process of sshd and one of docker, 34 MB together.
const CONNECTIONS: usize = 32;

/// The most bytes of a shell's words before a connection begins.
const NOISE_BYTES: u64 = 64 * 1024;

/// The time for the end of a process whose output has ended.
const END: Duration = Duration::from_secs(10);

/// Opens connections, each with a login.
#[derive(Debug)]
pub(super) struct Dialer {
    address: SshAddress,
    /// Ends all processes.
    guard: Guard,
    logins: Semaphore,
    free: Arc<Semaphore>,
}

/// A connection through the pipes of a process.
pub(super) struct Dialed {
    /// `None` after this side was shut down.
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    _permit: OwnedSemaphorePermit,
    /// Kept, since the end of its guard would end the process.
    _dialer: Arc<Dialer>,
}

impl Dialer {
    pub(super) fn new(address: SshAddress) -> Result<Self, SshError> {
        let guard = Guard::new()?;
        Ok(Dialer { address, guard, logins: Semaphore::new(LOGINS), free: Arc::new(Semaphore::new(CONNECTIONS)) })
    }

    /// Sees if a connection leads to an engine.
    pub(super) async fn check_dial(self: &Arc<Self>) -> Result<(), SshError> {
        let (mut stream, mut process) = self.dial().await?;
        let is_there = ping::reaches_engine(&mut stream).await;
        if matches!(is_there, Ok(true)) {
            return Ok(());
        }
        let ending = timeout(END, process.ending()).await;
        Err(explain(&ending.unwrap_or_default()))
    }

    /// Opens a connection, with the check at its end.
    pub(super) async fn open(self: &Arc<Self>) -> Result<(Dialed, Check), SshError> {
        let (stream, mut process) = self.dial().await?;
        let check: Check = Box::new(|has_answer| {
            Box::pin(async move {
                let ending = timeout(END, process.ending()).await.unwrap_or_default();
                check_end(&ending, has_answer)
            })
        });
        Ok((stream, check))
    }

    async fn dial(self: &Arc<Self>) -> Result<(Dialed, Process), SshError> {
        let closed = |_| SshError { fault: SshFault::Other, said: String::new() };
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(closed)?;
        let _login = self.logins.acquire().await.map_err(closed)?;
        let command = command(self.address.socket.as_deref());
        let (mut process, Pipes { stdin, stdout }) = Process::start(&self.address, &self.guard, &[], &command)?;
        let mut stdout = BufReader::new(stdout);
        match timeout(LOGIN, skip_noise(&mut stdout)).await.unwrap_or_else(|_| Err(String::new())) {
            Ok(()) => {
                let dialer = Arc::clone(self);
                Ok((Dialed { stdin: Some(stdin), stdout, _permit: permit, _dialer: dialer }, process))
            }
            Err(noise) => {
                let ending = timeout(END, process.ending()).await.unwrap_or_default();
                let is_of_ssh = ending.is_of_ssh();
                let said = quote(&format!("{noise}\n{}", ending.words));
                Err(if is_of_ssh { explain(&ending) } else { SshError { fault: SshFault::NoShell, said } })
            }
        }
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

/// Reads until the connection begins. The error is what came instead.
async fn skip_noise(stdout: &mut BufReader<ChildStdout>) -> Result<(), String> {
    let (mut noise, mut lines) = (Vec::new(), stdout.take(NOISE_BYTES));
    loop {
        let start = noise.len();
        match lines.read_until(b'\n', &mut noise).await {
            Ok(1..) if noise[start..].trim_ascii_end().ends_with(READY.as_bytes()) => return Ok(()),
            Ok(1..) => {}
            _ => return Err(String::from_utf8_lossy(&noise).into_owned()),
        }
    }
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
