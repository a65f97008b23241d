//! The program itself: its options, its messages, its audit trail, and its end by a signal.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};

use crate::raw::{call, initialize, list, post, request, rest, send};
use crate::served::TOKEN;
use crate::support::Stub;

struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    address: String,
    token: String,
    _folder: TempDir,
}

fn dockwright(engine: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright"));
    command.env_clear().env("DOCKER_HOST", engine).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    async fn start(engine: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens");
        let mut command = dockwright(engine);
        command.args(["serve", "--listen", "127.0.0.1:0", "--token-file"]).arg(&file).args(arguments);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap();
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split_once("/mcp"));
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).0.to_owned();
        let token = std::fs::read_to_string(&file).unwrap().split_whitespace().nth(1).unwrap().to_owned();
        assert!(line.contains(file.to_str().unwrap()) && line.contains("was made"), "{line}");
        assert!(!line.contains(&token), "{line}");
        Program { child, lines, address, token, _folder: folder }
    }

    fn post(&self, message: &Value) -> String {
        post(message).replace(TOKEN, &self.token)
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(self.child.id().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// The lines on standard error until the end of the program.
    async fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            lines.push(line);
        }
        lines
    }
}

async fn refusal(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = dockwright("tcp://127.0.0.1:1");
    let output = command.args(arguments).envs(variables.iter().copied()).output().await.unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn dangerous_and_useless_options_are_refused_and_told_how_to_mend() {
    let file = "/nonexistent/tokens";
    for (arguments, says) in [
        (&["serve", "--listen", "127.0.0.1:0"][..], "--token-file FILE"),
        (&["--listen", "127.0.0.1:0"], "--token-file FILE"),
        (&["serve", "--listen", "localhost:1", "--token-file", file], "give an IP address and a port"),
        (&["serve", "--listen", "0.0.0.0:0", "--token-file", file], "--tls-cert and --tls-key"),
        (&["serve", "--listen", "[::]:0", "--token-file", file], "--tls-cert and --tls-key"),
        (&["serve", "--listen", "0.0.0.0:0", "--token-file", file, "--insecure-behind-proxy"], "--allow-host"),
        (&["serve", "--listen", "127.0.0.1:0", "--token-file", file, "--tls-cert", "a"], "give both or none"),
        (&["serve", "--listen", "unix:///a", "--token-file", file, "--tls-cert", "a", "--tls-key", "b"], "no TLS"),
        (&["serve", "--listen", "127.0.0.1:0", "--token-file", file, "--tls-cert", "/a", "--tls-key", "/b"], "/a"),
        (&["serve", "--listen", "127.0.0.1:0", "--token-file", file], "--token-file /nonexistent/tokens"),
        (&["serve", "--listen", "127.0.0.1:0", "--token-file", file, "--allow-host", "a/b"], "--allow-host `a/b`"),
        (
            &["serve", "--listen", "127.0.0.1:0", "--token-file", file, "--allow-origin", "null"],
            "--allow-origin `null`",
        ),
        (
            &["serve", "--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2", "--token-file", file],
            "cannot be used multiple",
        ),
        (&["serve", "--sessions"], "--sessions: give --listen too"),
        (&["serve", "--allow-host", "a"], "--allow-host: give --listen too"),
        (&["--token-file", "a"], "--token-file: give --listen too"),
        (&["tools", "--listen", "127.0.0.1:0"], "unexpected argument '--listen'"),
        (&["--lisen", "127.0.0.1:0"], "unexpected argument '--lisen'"),
        (&["serv"], "unrecognized subcommand 'serv'"),
    ] {
        let problem = refusal(arguments, &[]).await;
        assert!(problem.contains(says), "{arguments:?}: {problem}");
    }
    for variable in ["TOKEN_FILE", "TLS_CERT", "TLS_KEY", "ALLOW_HOST", "ALLOW_ORIGIN"] {
        let (name, option) = (format!("DOCKWRIGHT_{variable}"), variable.to_lowercase().replace('_', "-"));
        let problem = refusal(&[], &[(&name, "a")]).await;
        assert!(problem.contains(&format!("--{option}: give --listen too")), "{variable}: {problem}");
        assert!(refusal(&[], &[(&name, "${user_config.a}")]).await.contains("is a placeholder"), "{variable}");
    }
}

#[tokio::test]
async fn an_empty_variable_of_the_listener_is_not_set() {
    for variable in [
        "LISTEN",
        "TOKEN_FILE",
        "TLS_CERT",
        "TLS_KEY",
        "INSECURE_BEHIND_PROXY",
        "ALLOW_HOST",
        "ALLOW_ORIGIN",
        "SESSIONS",
    ] {
        let output = dockwright("tcp://127.0.0.1:1").env(format!("DOCKWRIGHT_{variable}"), "").output().await.unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{variable}: {output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_has_the_name_of_the_token_and_nothing_has_the_token() {
    let mut stub = Stub::start().await;
    let mut program = Program::start(&stub.address, &[]).await;
    assert_eq!(send(&program.address, post(&initialize("2025-06-18"))).await.status, 401);
    let (address, request) = (program.address.clone(), program.post(&list()));
    let answering = tokio::spawn(async move { send(&address, request).await });
    stub.next().await.answer("[]").await;
    assert_eq!(answering.await.unwrap().status, 200);
    program.signal(rustix::process::Signal::TERM);
    let lines = program.rest().await;
    assert!(lines[0].ends_with("a request from 127.0.0.1 had no valid token"), "{lines:?}");
    let begin: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!((&begin["token"], &begin["tool"]), (&json!("first"), &json!("container_list")));
    // A client without a session does not say its name.
    assert_eq!(begin.get("client"), None);
    assert!(!lines.concat().contains(&program.token) && !lines.concat().contains(TOKEN), "{lines:?}");
    assert_eq!(program.child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_calls_and_not_for_idle_clients() {
    let mut stub = Stub::start().await;
    let mut program = Program::start(&stub.address, &[]).await;
    let idle = TcpStream::connect(&program.address).await.unwrap();
    let mut calling = TcpStream::connect(&program.address).await.unwrap();
    let wait = call("container_wait", json!({ "id": "web" }));
    calling.write_all(program.post(&wait).as_bytes()).await.unwrap();
    let asked = stub.next().await;
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(rest(idle).await.status, 0);

    // Others are told to go elsewhere.
    let probe = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let ready = send(&program.address, probe("/readyz")).await;
    assert_eq!((ready.status, ready.header("retry-after")), (503, Some("5")), "{ready:?}");
    assert_eq!(send(&program.address, probe("/healthz")).await.status, 200);
    assert_eq!(send(&program.address, program.post(&list())).await.status, 503);
    assert!(program.child.try_wait().unwrap().is_none());

    asked.answer("{\"StatusCode\":7}").await;
    let reply = rest(calling).await;
    assert!(reply.message()["result"]["content"][0]["text"].as_str().unwrap().contains('7'), "{reply:?}");
    let begun = Instant::now();
    assert_eq!(program.child.wait().await.unwrap().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let lines = program.rest().await;
    assert!(lines.last().unwrap().contains("\"outcome\":\"ok\""), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_do_not_end_are_cut_after_ten_seconds_or_by_a_second_signal() {
    for is_hurried in [false, true] {
        let mut stub = Stub::start().await;
        let mut program = Program::start(&stub.address, &[]).await;
        let mut calling = TcpStream::connect(&program.address).await.unwrap();
        let wait = call("container_wait", json!({ "id": "web" }));
        calling.write_all(program.post(&wait).as_bytes()).await.unwrap();
        let asked = stub.next().await;
        let begun = Instant::now();
        program.signal(rustix::process::Signal::TERM);
        if is_hurried {
            send(&program.address, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
            program.signal(rustix::process::Signal::INT);
        }
        asked.closed().await;
        let code = program.child.wait().await.unwrap().code();
        let (soonest, latest, expected) = if is_hurried { (0, 5, 130) } else { (9, 13, 0) };
        assert_eq!(code, Some(expected));
        let seconds = begun.elapsed().as_secs();
        assert!((soonest..=latest).contains(&seconds), "{seconds} s");
        let lines = program.rest().await;
        assert!(lines.last().unwrap().contains("cancelled by SIGTERM"), "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_closes_streams_that_would_go_on() {
    let stub = Stub::start().await;
    let mut program = Program::start(&stub.address, &["--sessions"]).await;
    let reply = send(&program.address, program.post(&initialize("2025-06-18"))).await;
    let session = reply.header("mcp-session-id").unwrap();
    let mut stream = TcpStream::connect(&program.address).await.unwrap();
    let get = program.post(&json!({})).replacen("POST", "GET", 1);
    let get = get.replacen("Connection: close", &format!("Mcp-Session-Id: {session}"), 1);
    stream.write_all(get.as_bytes()).await.unwrap();
    stream.readable().await.unwrap();
    let begun = Instant::now();
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(rest(stream).await.status, 200);
    assert_eq!(program.child.wait().await.unwrap().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn clients_that_never_read_hold_little_memory() {
    const CLIENTS: usize = 50;
    const EACH_KIB: usize = 1000;
    let program = Program::start("unix:///nonexistent", &[]).await;
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap()
    };
    let tools = request("tools/list", json!({}));
    assert_eq!(send(&program.address, program.post(&tools)).await.status, 200);
    let before = resident();
    let asked = program.post(&tools).replace("Connection: close\r\n", "").repeat(100);
    let mut deaf = Vec::new();
    for _ in 0..CLIENTS {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(1 << 12).unwrap();
        let stream = socket.connect(program.address.parse().unwrap()).await.unwrap();
        stream.writable().await.unwrap();
        // As much as fits: a server that reads no more takes no more.
        assert!(stream.try_write(asked.as_bytes()).unwrap() > 0);
        deaf.push(stream);
    }
    // Whoever reads is answered, after what was asked before.
    for _ in 0..3 {
        assert_eq!(send(&program.address, program.post(&tools)).await.status, 200);
    }
    let more = resident().saturating_sub(before) / CLIENTS;
    assert!(more < EACH_KIB, "{more} KiB each");
}
