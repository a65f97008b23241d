//! An agent with the keys of some files, for one session. The system's programs hold and read them, so every kind of
//! key that ssh knows is known here.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::guard::{Guard, NoGuard};

/// The time in which an agent listens, and in which it takes a key.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause between looks at the socket.
const LOOK: Duration = Duration::from_millis(5);

/// An agent that runs. It ends with its value, and with this process even if that is killed.
#[derive(Debug)]
pub(super) struct KeyAgent {
    guard: Guard,
    _agent: Child,
}

impl KeyAgent {
    /// Starts an agent and adds the keys of these files. The error is the problem.
    pub(super) async fn start(files: &[PathBuf]) -> Result<Self, String> {
        let guard = Guard::new().map_err(|NoGuard { part, error }| format!("{part}: {error}"))?;
        let mut agent = Command::new("ssh-agent");
        // It stays in the foreground, and so in the group that ends with the guard.
        agent.arg("-D").arg("-a").arg(guard.socket()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        guard.join(&mut agent);
        let agent = agent.spawn().map_err(|error| not_started("ssh-agent", &error))?;
        let agent = KeyAgent { guard, _agent: agent };
        let listens = timeout(PATIENCE, async {
            while UnixStream::connect(agent.socket()).await.is_err() {
                sleep(LOOK).await;
            }
        });
        listens.await.map_err(|_| "ssh-agent: it does not listen".to_owned())?;
        for file in files {
            agent.add(file).await?;
        }
        Ok(agent)
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.guard.socket()
    }

    async fn add(&self, file: &Path) -> Result<(), String> {
        let mut add = Command::new("ssh-add");
        add.arg("-q").arg("--").arg(file).env("SSH_AUTH_SOCK", self.socket());
        // Nobody is asked for a passphrase, neither in a terminal nor in a window.
        add.env("SSH_ASKPASS_REQUIRE", "force").env("SSH_ASKPASS", "false");
        add.stdin(Stdio::null()).kill_on_drop(true);
        self.guard.join(&mut add);
        let ended = timeout(PATIENCE, add.output()).await;
        let ended = ended.unwrap_or_else(|_| Err(Error::new(ErrorKind::TimedOut, "no end within ten seconds")));
        let ended = ended.map_err(|error| not_started("ssh-add", &error))?;
        if ended.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let said = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
        Err(match said.is_empty() {
            true => format!("{}: ssh-add takes no key of it; one with a passphrase needs an agent", file.display()),
            false => format!("{}: ssh-add: {said}", file.display()),
        })
    }
}

fn not_started(program: &str, error: &Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{program}: not found; install the client of OpenSSH"),
        _ => format!("{program}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: &Path, passphrase: &str) -> PathBuf {
        let file = folder.join(format!("key{passphrase}"));
        let mut made = std::process::Command::new("ssh-keygen");
        made.args(["-q", "-t", "ed25519", "-N", passphrase, "-f"]).arg(&file);
        assert!(made.status().unwrap().success());
        file
    }

    #[tokio::test]
    async fn an_agent_has_the_keys_of_its_files_and_ends_with_its_value() {
        let folder = tempfile::tempdir().unwrap();
        let agent = KeyAgent::start(&[key(folder.path(), "")]).await.unwrap();
        let mut list = Command::new("ssh-add");
        let listed = list.arg("-l").env("SSH_AUTH_SOCK", agent.socket()).output().await.unwrap();
        assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), 1);
        let socket = agent.socket();
        drop(agent);
        assert!(!socket.exists());
    }

    #[tokio::test]
    async fn a_file_that_is_no_key_or_needs_a_passphrase_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        std::fs::write(&text, "no key").unwrap();
        for (file, problem) in [
            (text, "ssh-add: "),
            (PathBuf::from("/no/such"), "No such file"),
            (key(folder.path(), "passphrase"), "ssh-add"),
        ] {
            let error = KeyAgent::start(std::slice::from_ref(&file)).await.unwrap_err();
            assert!(error.starts_with(&format!("{}: ", file.display())) && error.contains(problem), "{error}");
        }
    }
}
