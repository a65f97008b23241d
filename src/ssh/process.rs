//! One ssh process: an address and a command in, its pipes and its end out.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::not_started::not_started;
use super::words::Words;
use crate::address::SshAddress;
use crate::error::SshError;
use crate::guard::Guard;

/// Options that hold whatever the user's configuration says. ssh asks nothing, ends when the host is silent, says what
/// is wrong, and gives the host nothing but the command.
const OPTIONS: [&str; 10] = [
    "BatchMode=yes",
    "ConnectTimeout=9",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=2",
    "LogLevel=INFO",
    "RemoteCommand=none",
    "PermitLocalCommand=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    // A user's ssh that shares its connection may be used, but this one would outlive its process if it shared its own.
    "ControlMaster=no",
];

/// The most time for a login, whoever waits for it.
pub(super) const LOGIN: Duration = Duration::from_secs(60);

/// The time for the last words of a process that has ended. A proxy that it started may hold the pipe for longer.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A running ssh. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    words: Arc<Words>,
    reader: JoinHandle<()>,
}

/// The standard input and output of a process.
pub(super) struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: ChildStdout,
}

/// The end of a process.
#[derive(Debug, Clone, Default)]
pub(super) struct Ending {
    /// ssh's own failures are 255; else it is the exit code of the command. `None` after a signal.
    pub code: Option<i32>,
    /// The last that was said on its standard error.
    pub words: String,
}

impl Ending {
    /// ssh's exit code for failures of its own.
    const SSH_FAILED: i32 = 255;

    /// Returns true if ssh failed, and not the command.
    pub(super) fn is_of_ssh(&self) -> bool {
        self.code.is_none_or(|code| code == Self::SSH_FAILED)
    }
}

impl Process {
    /// Starts ssh with these arguments in addition, and a command for the host.
    pub(super) fn start(
        address: &SshAddress,
        guard: &Guard,
        arguments: &[&str],
        command: &str,
    ) -> Result<(Self, Pipes), SshError> {
        let mut ssh = Command::new("ssh");
        ssh.arg("-T").args(OPTIONS.iter().flat_map(|option| ["-o", option])).args(arguments);
        if let Some(user) = &address.user {
            ssh.args(["-l", user]);
        }
        if let Some(port) = address.port {
            ssh.args(["-p", &port.to_string()]);
        }
        ssh.args(["--", &address.host, command]);
        // The ssh of a jump host does not hear of BatchMode, and would ask in the terminal.
        ssh.env("SSH_ASKPASS_REQUIRE", "force").env("SSH_ASKPASS", "false");
        ssh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        guard.join(&mut ssh);
        let mut child = ssh.spawn().map_err(|error| not_started("ssh", &error))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            unreachable!("all three are pipes");
        };
        let words = Arc::<Words>::default();
        let reader = tokio::spawn(listen(stderr, Arc::clone(&words)));
        Ok((Process { child, words, reader }, Pipes { stdin, stdout }))
    }

    /// The words on its standard error, as they come.
    pub(super) fn words(&self) -> &Arc<Words> {
        &self.words
    }

    /// Waits for its end.
    pub(super) async fn ending(&mut self) -> Ending {
        let status = self.child.wait().await;
        let _ = timeout(LAST_WORDS, &mut self.reader).await;
        Ending { code: status.ok().and_then(|status| status.code()), words: self.words.text() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn listen(mut stderr: ChildStderr, words: Arc<Words>) {
    let mut buffer = [0; 1024];
    while let Ok(size @ 1..) = stderr.read(&mut buffer).await {
        words.push(&buffer[..size]);
    }
}
