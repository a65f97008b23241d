//! The lines of a session: a mark, then echoes, and among them the address of the engine that the docker CLI there
//! uses. Everything before the mark is a shell's greeting.

use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader};
use tokio::process::ChildStdout;
use tokio::sync::watch;
use tokio::time::timeout;

use super::process::{Ending, Process};

const READY: &str = "dockwright-session-is-ready";
/// The beginning of the line that names docker's address, and the line after it. A host may run the command within
/// quotes of its own, which end those around this one, so it has no white space.
const DOCKER_HOST: &str = "dockwright-docker-uses=";
const ASKED: &str = "dockwright-docker-was-asked";
/// A line that comes back while the host is there. Docker's words may come before it on the line, if they have no end.
pub(super) const ECHO: &str = "dockwright-echo\n";

/// The most bytes of a line that are kept.
const LINE_BYTES: usize = 512;

/// The time for the last lines of a process that has ended.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The state of a session.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    pub is_ready: bool,
    /// The address that the docker CLI there uses.
    pub docker_host: Option<String>,
    /// True once docker has named it, or has failed to.
    pub is_asked: bool,
    /// The last line before the session began.
    pub noise: String,
    /// The number of lines that came back.
    pub echoes: u64,
    /// True once the session has ended, a moment before the process has.
    pub is_over: bool,
    pub ending: Option<Ending>,
}

/// The command of a session, for any shell that knows quotes. Docker may be asked for the engine of its current
/// context, of which `DOCKER_HOST` is one. Nothing waits for its answer there.
pub(super) fn command(asks: bool) -> String {
    let docker =
        format!(r#"docker context inspect --format "{DOCKER_HOST}{{{{.Endpoints.docker.Host}}}}" 2>/dev/null"#);
    let ask = if asks { format!("({docker}; echo {ASKED}) </dev/null & ") } else { String::new() };
    format!("exec sh -c 'echo {READY}; {ask}exec cat'")
}

/// Follows a session to the end of its process, which ends with the returned receiver's sender.
pub(super) fn follow(mut process: Process, stdout: ChildStdout) -> watch::Receiver<Transcript> {
    let (sender, receiver) = watch::channel(Transcript::default());
    tokio::spawn(async move {
        let lines = sender.clone();
        let mut reader = tokio::spawn(async move {
            let mut stdout = BufReader::new(stdout);
            while let Some(line) = next_line(&mut stdout).await {
                lines.send_modify(|transcript| transcript.hear(line));
            }
            lines.send_modify(|transcript| transcript.is_over = true);
        });
        let ending = process.ending().await;
        let _ = timeout(LAST_LINES, &mut reader).await;
        sender.send_modify(|transcript| {
            transcript.is_over = true;
            transcript.ending = Some(ending);
        });
    });
    receiver
}

impl Transcript {
    fn hear(&mut self, line: String) {
        match () {
            () if line.ends_with(READY) => self.is_ready = true,
            () if !self.is_ready => self.noise = line,
            () if line.ends_with(ECHO.trim_end()) => self.echoes += 1,
            () if line.ends_with(ASKED) => self.is_asked = true,
            () => match line.strip_prefix(DOCKER_HOST) {
                Some(host) if !host.is_empty() => self.docker_host = Some(host.to_owned()),
                _ => {}
            },
        }
    }
}

/// The next line, without the white space at its end. A longer one than is kept loses its beginning.
async fn next_line(lines: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    loop {
        let piece = lines.fill_buf().await.ok()?;
        if piece.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', piece);
        let taken = end.map_or(piece.len(), |end| end + 1);
        line.extend_from_slice(&piece[..taken]);
        lines.consume(taken);
        line.drain(..line.len().saturating_sub(LINE_BYTES));
        if end.is_some() {
            return Some(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(text: &str) -> Transcript {
        let (mut transcript, mut lines) = (Transcript::default(), text.as_bytes());
        while let Some(line) = next_line(&mut lines).await {
            transcript.hear(line);
        }
        transcript
    }

    #[tokio::test]
    async fn a_session_is_told_from_the_greeting_of_a_shell() {
        let long = "x".repeat(100_000);
        for greeting in ["", "Welcome\n", "Welcome ", "see https://wiki\r\n", &long] {
            let docker = format!("hm{ECHO}{DOCKER_HOST}unix:///var/run/docker.sock\r\n{ASKED}\r\n");
            let transcript = heard(&format!("{greeting}{READY}\r\n{docker}{ECHO}")).await;
            assert!(transcript.is_ready && transcript.is_asked, "{greeting}");
            assert_eq!(transcript.docker_host.as_deref(), Some("unix:///var/run/docker.sock"));
            assert_eq!(transcript.echoes, 2);
        }
        let transcript = heard(&format!("{READY}\n{ECHO}hm{ASKED}\n")).await;
        assert!(transcript.is_ready && transcript.is_asked && transcript.docker_host.is_none());
        assert_eq!(transcript.echoes, 1);
        let transcript = heard("This account is\nnot available.\n").await;
        assert!(!transcript.is_ready && transcript.noise == "not available.");
    }
}
