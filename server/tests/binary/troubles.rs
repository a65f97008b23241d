//! The README's table of troubles: the doctor says every phrase of it.

use serde_json::json;
use tokio::net::TcpListener;

use crate::clients::{examined, home};
use crate::support::{Stub, listener};
use crate::{NOWHERE, run, run_with};

const README: &str = include_str!("../../../README.md");

/// Faults that need another user or a server of ssh. `make test-reach` provokes those of ssh.
const SOURCES: [&str; 2] = [include_str!("../../../src/error/ssh.rs"), include_str!("../../src/cli/doctor/socket.rs")];

/// The phrases in the first cells of the table. One that is in brackets, like a shell's, is not the doctor's.
fn phrases() -> Vec<&'static str> {
    let table = README.split("\n| it says | what to do |\n").nth(1).unwrap();
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').nth(1).unwrap().trim()).filter(|cell| !cell.starts_with('('));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[tokio::test]
async fn the_doctor_says_every_phrase_of_the_readme() {
    let web = listener("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_address = format!("tcp://{}", silent.local_addr().unwrap());
    let mut old = Stub::speaking("1.41").await;
    let old_address = old.address.clone();
    tokio::spawn(async move {
        loop {
            old.next().await.answer(r#"{"Version":"20"}"#).await;
        }
    });

    let mut said = String::new();
    for host in
        [NOWHERE, "unix:///nowhere/docker.sock", "tcp://nowhere.invalid:2375", &web, &silent_address, &old_address]
    {
        said += &run(host, &["doctor"]).await.1;
    }
    said += &run_with("", &[("DOCKER_CONTEXT", "nas")], &["doctor"]).await.1;
    said += &run_with(NOWHERE, &[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/nowhere")], &["doctor"]).await.1;
    for servers in [
        None,
        Some(json!({ "other": { "command": "other" } })),
        Some(json!({ "docker": { "command": "/nowhere/dockwright" } })),
        Some(json!({ "docker": { "command": "dockwright" } })),
    ] {
        let files = servers.map(|servers| (".claude.json", json!({ "mcpServers": servers }).to_string()));
        said += &examined(home(files.as_slice()).path(), "claude-code").await.1;
    }

    let phrases = phrases();
    assert!(phrases.len() > 15, "{phrases:?}");
    let unsaid: Vec<_> = phrases
        .iter()
        .filter(|phrase| !said.contains(**phrase) && !SOURCES.iter().any(|text| words(text).contains(**phrase)))
        .collect();
    assert!(unsaid.is_empty(), "the doctor does not say {unsaid:?}:\n{said}");
}

/// A source's text, with literals that go on in a second line joined.
fn words(source: &str) -> String {
    source.split("\\\n").map(str::trim_start).collect()
}
