//! The program alone: in a terminal, where a person reads it, and behind a pipe, where a client speaks. And the step
//! that the doctor says is next.

use std::fs;
use std::path::Path;

use serde_json::json;
#[cfg(target_os = "linux")]
use {std::process::Stdio, tokio::process::Command};

use crate::support::Stub;
use crate::{NOWHERE, dockwright, serve};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dockwright");

/// Runs the program with these arguments in a terminal of its own. Its output and its messages come together.
#[cfg(target_os = "linux")]
async fn in_a_terminal(host: &str, arguments: &str) -> (Option<i32>, String) {
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &format!("'{PROGRAM}' {arguments}"), "/dev/null"]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("DOCKER_HOST", host).stdin(Stdio::null());
    let output = command.output().await.expect("`script` of util-linux is here");
    (output.status.code(), String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n"))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn in_a_terminal_the_program_says_what_it_is_and_how_a_client_gets_it() {
    let (code, said) = in_a_terminal(NOWHERE, "").await;
    assert_eq!(code, Some(2), "{said}");
    for words in [
        "an MCP server through which a model can use your Docker engine",
        "tcp://127.0.0.1:1 (DOCKER_HOST), which does not answer: `dockwright doctor` says why",
        "dockwright install CLIENT",
        "claude-code, claude-desktop, cursor, vscode, codex, gemini, zed, windsurf",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let mut stub = Stub::speaking("1.51").await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move { stub.next().await.answer(r#"{"Version":"28"}"#).await });
    let (code, said) = in_a_terminal(&address, "--read-only").await;
    engine.abort();
    assert!(
        code == Some(2) && said.contains(&format!("{address} (DOCKER_HOST), which answers with API 1.51")),
        "{said}"
    );
    let (code, said) = in_a_terminal(NOWHERE, "--engine a=unix:///a --engine b=unix:///b").await;
    assert!(code == Some(2) && said.contains("Engines:           2; `dockwright doctor` checks them"), "{said}");
    let (code, said) = in_a_terminal(NOWHERE, "--tags Imag").await;
    assert!(code == Some(1) && said.contains("did you mean `Image`?"), "{said}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_command_serve_serves_in_a_terminal_too() {
    // The terminal's input ends at once.
    let (code, said) = in_a_terminal(NOWHERE, "serve").await;
    assert!(code == Some(0) && said.contains("waiting for an MCP client to send JSON-RPC"), "{said}");
}

#[tokio::test]
async fn behind_a_pipe_the_program_serves() {
    let (mut child, mut client) = serve(NOWHERE);
    client.initialize("2025-06-18").await;
    assert!(client.ask("tools/list", json!({})).await["tools"].as_array().unwrap().len() > 80);
    client.close().await;
    assert!(child.wait().await.unwrap().success());
}

/// The doctor's last line at an engine that answers, with this home.
async fn last_line(home: &Path) -> (Option<i32>, String) {
    let mut stub = Stub::speaking(dockwright::API_VERSION).await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move {
        for _ in 0..3 {
            stub.next().await.answer(r#"{"Version":"28"}"#).await;
        }
    });
    let mut command = dockwright(&address);
    let output = command.env("HOME", home).current_dir(home).arg("doctor").output().await.unwrap();
    engine.await.unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), report.lines().last().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_doctor_ends_with_the_next_step_of_each_state() {
    let next = |client: &str| format!("next  client    none starts this server yet: run `dockwright install {client}`");
    let home = tempfile::tempdir().unwrap();
    assert_eq!(last_line(home.path()).await, (Some(0), next("claude-code")), "no client is here");
    fs::create_dir(home.path().join(".gemini")).unwrap();
    assert_eq!(last_line(home.path()).await, (Some(0), next("gemini")), "this one is");
    fs::create_dir(home.path().join(".cursor")).unwrap();
    assert_eq!(last_line(home.path()).await, (Some(0), next("cursor")), "of two the first");
    let file = home.path().join(".cursor/mcp.json");
    for text in ["{", "{}", r#"{ "mcpServers": { "docker": { "command": "docker", "args": ["mcp"] } } }"#] {
        fs::write(&file, text).unwrap();
        assert_eq!(last_line(home.path()).await, (Some(0), next("cursor")), "{text}");
    }
    let connected = json!({ "mcpServers": { "d": { "command": PROGRAM, "args": ["serve"] } } });
    fs::write(&file, connected.to_string()).unwrap();
    let (code, last) = last_line(home.path()).await;
    assert!(code == Some(0) && last.starts_with("ok    protocol"), "{last}");

    // Of an engine that does not answer, the remedy comes first.
    fs::remove_file(&file).unwrap();
    let mut command = dockwright("unix:///nowhere/docker.sock");
    let output = command.env("HOME", home.path()).current_dir(home.path()).arg("doctor").output().await.unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && !report.contains("next  "), "{report}");
}
