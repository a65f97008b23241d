//! The program itself: its options, its messages, its socket, SIGHUP and its end.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, Command};

use crate::engine::{Engine, json};
use crate::proxied::{OBSERVE, rest, status};

fn dockwright(engine: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright"));
    command.env_clear().env("DOCKER_HOST", engine).kill_on_drop(true).arg("proxy");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn refusal(arguments: &[&str]) -> String {
    let output = dockwright("unix:///nonexistent").args(arguments).output().await.unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn dangerous_and_useless_options_are_refused_and_told_how_to_mend() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.toml"), folder.path().join("bad.toml"));
    std::fs::write(&good, OBSERVE).unwrap();
    std::fs::write(&bad, "preset = \"observe\"\nnonsense = 1").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let all = ["--tls-cert", "a", "--tls-key", "b", "--tls-client-ca", "c"];
    for (arguments, says) in [
        (vec![], "--listen: give the address"),
        (vec!["--listen", "127.0.0.1:0"], "preset = \"observe\""),
        (vec!["--listen", "0.0.0.0:0", "--policy", good], "everybody on the network could use the engine"),
        (vec!["--listen", "127.0.0.1:0", "--policy", good, "--tls-cert", "a", "--tls-key", "b"], "give all or none"),
        ([&["--listen", "unix:///a", "--policy", good][..], &all].concat(), "a unix socket has no TLS"),
        ([&["--listen", "127.0.0.1:0", "--policy", good][..], &all].concat(), "--tls-cert, --tls-key: "),
        (vec!["--listen", "127.0.0.1:0", "--policy", bad], "bad.toml: line 2, column 1"),
        (vec!["--listen", "127.0.0.1:0", "--policy", "/nonexistent.toml"], "/nonexistent.toml: "),
        (
            vec!["--listen", "127.0.0.1:0,127.0.0.2:0,127.0.0.3:0", "--policy", good, "--policy", good],
            "3 listeners and 2 policies",
        ),
        (vec!["--listen", "127.0.0.1:0", "--policy", good, "--read-only"], "--read-only is for MCP"),
        (vec!["--listen", "127.0.0.1:0", "--policy", good, "--engine", "a=tcp://a,b=tcp://b"], "for one engine"),
        (vec!["--listen", "unix://a", "--policy", good], "the path of a socket must be absolute"),
    ] {
        let says_really = refusal(&arguments).await;
        assert!(says_really.contains(says), "{arguments:?}: {says_really}");
    }
}

/// The program, until it is dropped.
pub struct Program {
    pub child: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Program {
    pub fn start(engine: &Engine, arguments: &[&str]) -> Self {
        let mut command = dockwright(&format!("unix://{}", engine.socket.display()));
        let mut child = command.args(arguments).args(["--audit", "/dev/null"]).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Program { child, lines }
    }

    /// The next line on standard error.
    pub async fn line(&mut self) -> String {
        let line = tokio::time::timeout(Duration::from_secs(20), self.lines.next_line()).await;
        line.expect("a line comes").unwrap().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap(), signal).unwrap();
    }
}

/// The status of the answer to a request.
pub async fn ask(socket: &Path, line: &str) -> u16 {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    status(&rest(&mut stream).await)
}

#[tokio::test]
async fn each_listener_has_its_policy_sighup_reads_them_anew_and_sigterm_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::start(folder.path(), |_| json(200, "{}"));
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
    write("looks.toml", OBSERVE);
    write("all.toml", "preset = \"open\"");
    let listen = |name: &str| format!("unix://{}", path(name).display());
    let mut program = Program::start(
        &engine,
        &[
            "--listen",
            &listen("a.sock"),
            "--policy",
            path("looks.toml").to_str().unwrap(),
            "--listen",
            &listen("b.sock"),
            "--policy",
            path("all.toml").to_str().unwrap(),
        ],
    );
    for name in ["a.sock", "b.sock"] {
        let line = program.line().await;
        assert!(line.contains(name), "{line}");
        assert_eq!(std::fs::metadata(path(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let prune = "POST /v1.51/containers/prune";
    assert_eq!((ask(&path("a.sock"), prune).await, ask(&path("b.sock"), prune).await), (403, 200));
    write("looks.toml", "preset = \"open\"");
    write("all.toml", "nonsense");
    program.signal(Signal::HUP);
    let line = program.line().await;
    assert!(line.contains("all.toml: line 1") && line.contains("stay as they were"), "{line}");
    assert_eq!((ask(&path("a.sock"), prune).await, ask(&path("b.sock"), prune).await), (403, 200));
    write("all.toml", OBSERVE);
    program.signal(Signal::HUP);
    let line = program.line().await;
    assert!(line.contains("2 of the policies changed"), "{line}");
    assert_eq!((ask(&path("a.sock"), prune).await, ask(&path("b.sock"), prune).await), (200, 403));
    program.signal(Signal::TERM);
    let end = tokio::time::timeout(Duration::from_secs(15), program.child.wait()).await.expect("it ends").unwrap();
    assert_eq!(end.code(), Some(0));
    assert!(!path("a.sock").exists() && !path("b.sock").exists());
}

#[tokio::test]
async fn tcp_says_who_can_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::start(folder.path(), |_| json(200, "[]"));
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, OBSERVE).unwrap();
    let mut program = Program::start(&engine, &["--listen", "127.0.0.1:0", "--policy", policy.to_str().unwrap()]);
    let line = program.line().await;
    assert!(line.contains("proxy at 127.0.0.1:") && line.contains("EVERY user and program of this machine"), "{line}");
}
