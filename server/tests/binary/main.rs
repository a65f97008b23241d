//! The program as a client starts it: standard input and output, the environment, exit codes.

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod audit;
mod clients;
mod credentials;
mod doctor;
mod engines;
mod first_contact;
#[cfg(unix)]
mod install;
#[cfg(unix)]
mod odd_files;
mod policy;
mod settings;
#[cfg(unix)]
mod troubles;

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Client, Stub, text};
use tokio::process::{Child, Command};

/// An address at which nothing listens.
const NOWHERE: &str = "tcp://127.0.0.1:1";

fn dockwright(host: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright"));
    command.env_clear().env("DOCKER_HOST", host).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn serve(host: &str) -> (Child, Client) {
    let mut child = dockwright(host).stdin(Stdio::piped()).spawn().unwrap();
    let client = Client::new(child.stdout.take().unwrap(), child.stdin.take().unwrap());
    (child, client)
}

async fn run(host: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    run_with(host, &[], arguments).await
}

async fn run_with(host: &str, variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = dockwright(host);
    let output = command.envs(variables.iter().copied()).args(arguments).output().await.unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn everything_is_listed_while_the_engine_is_down_and_works_once_it_is_up() {
    let address = Stub::start().await.address.clone();
    let (_child, mut client) = serve(NOWHERE);
    client.initialize("2025-06-18").await;
    assert!(client.ask("tools/list", json!({})).await["tools"].as_array().unwrap().len() > 80);
    drop(client);

    // The port is free again as soon as the stub's task is gone, which ends with the runtime only: another is taken.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let later = format!("tcp://{}", free.local_addr().unwrap());
    drop(free);
    assert_ne!(address, later);
    let (_child, mut client) = serve(&later);
    client.initialize("2025-06-18").await;
    let result = client.call("container_list", json!({})).await;
    assert!(result["isError"] == true && text(&result).contains("start the engine"), "{result}");
    let mut stub = Stub::start_at(&later).await;
    client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
    stub.next().await.answer("[]").await;
    assert_eq!(client.next().await["result"]["isError"], false);
}

#[tokio::test]
async fn the_end_of_the_input_ends_the_process_within_two_seconds_whatever_runs() {
    let mut stub = Stub::start().await;
    let (mut child, mut client) = serve(&stub.address);
    client.initialize("2025-06-18").await;
    client.request("tools/call", json!({ "name": "container_wait", "arguments": { "id": "web" } })).await;
    let waiting = stub.next().await;
    let begun = Instant::now();
    client.close().await;
    assert!(child.wait().await.unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    waiting.closed().await;
}

#[tokio::test]
async fn a_client_that_says_nothing_is_no_failure() {
    let (mut child, mut client) = serve(NOWHERE);
    client.close().await;
    assert!(child.wait().await.unwrap().success());
}

#[tokio::test]
async fn call_prints_data_on_stdout_and_notes_and_failures_on_stderr() {
    let listed = r#"[{"Id":"0a1b","Names":["/web"],"ImageID":"sha256:00"}]"#;
    let (code, stdout, stderr) = answered(listed, &["call", "container_list", r#"{"all":true}"#]).await;
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    let data: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(data[0]["Names"], json!(["web"]), "{stdout}");
    assert!(!stderr.is_empty() && stderr.lines().all(|line| line.starts_with("dockwright: ")), "{stderr}");

    let (code, stdout, stderr) =
        answered("\u{1}\0\0\0\0\0\0\u{8}one\ntwo\n", &["call", "container_logs", r#"{"id":"web"}"#]).await;
    assert_eq!((code, stdout.as_str()), (Some(0), "one\ntwo\n"), "{stderr}");
    let (code, stdout, stderr) = answered("", &["call", "container_delete", r#"{"id":"web"}"#]).await;
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", "dockwright: done\n"));

    let (code, stdout, stderr) = run(NOWHERE, &["call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stdout.is_empty() && stderr.contains("cannot reach the engine"), "{stderr}");
    assert!(!stderr.contains("\"tool\""), "no audit line: {stderr}");
    let (code, _, stderr) = run(NOWHERE, &["call", "container_stop", "web"]).await;
    assert!(code == Some(1) && stderr.contains("JSON object"), "{stderr}");
    let (code, _, stderr) = run(NOWHERE, &["--read-only", "call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stderr.contains("read-only"), "{stderr}");
}

/// Runs the program at an engine that gives this answer, and knows a container that runs without a terminal.
async fn answered(body: &'static str, arguments: &[&str]) -> (Option<i32>, String, String) {
    const CONTAINER: &str = r#"{"Id":"0a1b","Config":{"Tty":false},"State":{"Running":false}}"#;
    let mut stub = Stub::start().await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move {
        loop {
            let request = stub.next().await;
            let is_inspect = request.endpoint.contains("/containers/web/json");
            request.answer(if is_inspect { CONTAINER } else { body }).await;
        }
    });
    let outcome = run(&address, arguments).await;
    engine.abort();
    outcome
}

#[tokio::test]
async fn a_name_that_does_not_exist_stops_the_start_with_the_nearest() {
    for arguments in [["--tags", "Contaner", "serve"], ["--exclude-tools", "container_lst", "tools"]] {
        let (code, stdout, stderr) = run(NOWHERE, &arguments).await;
        assert!(code == Some(1) && stdout.is_empty() && stderr.contains("did you mean `"), "{stderr}");
    }
}

#[tokio::test]
async fn tools_are_shown_to_people_programs_and_documents() {
    let (code, table, _) = run(NOWHERE, &["tools"]).await;
    assert!(code == Some(0) && table.contains("Container: ") && table.contains("container_list"), "{table}");
    let (_, json, _) = run(NOWHERE, &["tools", "--json", "--read-only"]).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["tools"].as_array().unwrap().iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
    let (_, markdown, _) = run(NOWHERE, &["tools", "--markdown"]).await;
    assert!(markdown.contains("## Container\n") && markdown.contains("| `container_list` | reads |"), "{markdown}");
    let (_, newer, _) = run(NOWHERE, &["tools", "--since", "1.47"]).await;
    assert!(newer.contains("1.55  image_attestations\n") && !newer.contains("1.47"), "{newer}");
    assert!(newer.contains("container_create           body.HostConfig.Mounts.Type: image\n"), "{newer}");
}

#[tokio::test]
async fn every_command_explains_itself_its_own_options_first() {
    for (command, first) in [
        ("serve", "--help"),
        ("tools", "--markdown"),
        ("call", "TOOL"),
        ("doctor", "--help"),
        ("completions", "SHELL"),
        ("install", "--scope"),
        ("uninstall", "--scope"),
    ] {
        let (code, help, _) = run(NOWHERE, &[command, "--help"]).await;
        let own = help.find(first).unwrap();
        let server = help.find("Server options:").unwrap();
        let global = help.find("--read-only").unwrap();
        assert!(code == Some(0) && own < server && server < global, "{command}: {help}");
        assert!(!help.contains("image_prune"), "names are completed and not listed: {help}");
    }
    let (code, help, _) = run(NOWHERE, &["--help"]).await;
    assert!(code == Some(0) && help.contains("Server options:") && help.contains("--read-only"), "{help}");
}

#[tokio::test]
async fn shells_complete_commands_options_tools_and_tags() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = run(NOWHERE, &["completions", shell]).await;
        assert_eq!(code, Some(0));
        for word in ["exclude-tools", "doctor", "container_list", "container_run", "Container", "Swarm"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        let check = script.split(" -l tool ").nth(1).is_some_and(|rest| rest.contains("container_list"));
        assert!(shell != "fish" || check, "{shell}");
        let call = script.lines().any(|line| line.contains("call") && line.contains("container_list"));
        assert!(shell != "fish" || call, "{shell}");
    }
    for arguments in [["call", "container_lst"], ["--tags=Contaner", "tools"]] {
        let (code, _, stderr) = run(NOWHERE, &arguments).await;
        assert!(code == Some(1) && stderr.contains("did you mean `"), "{stderr}");
    }
}
