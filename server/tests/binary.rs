//! The program as a client starts it: standard input and output, the environment, exit codes.

mod support;

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
    let Output { status, stdout, stderr } = dockwright(host).args(arguments).output().await.unwrap();
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
async fn call_prints_the_reply_or_says_what_failed_and_leaves_an_audit_line() {
    let mut stub = Stub::start().await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move { stub.next().await.answer(r#"[{"Id":"0a1b","Names":["/web"]}]"#).await });
    let (code, stdout, stderr) = run(&address, &["call", "container_list", r#"{"all":true}"#]).await;
    assert!(code == Some(0) && stdout.contains("web"), "{stdout}{stderr}");
    let line: Value = serde_json::from_str(&stderr).unwrap();
    assert_eq!((&line["tool"], &line["outcome"]), (&json!("container_list"), &json!("ok")));
    engine.await.unwrap();

    let (code, stdout, stderr) = run(NOWHERE, &["call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stdout.is_empty() && stderr.contains("cannot reach the engine"), "{stderr}");
    let (code, _, stderr) = run(NOWHERE, &["call", "container_stop", "web"]).await;
    assert!(code == Some(1) && stderr.contains("JSON object"), "{stderr}");
    let (code, _, stderr) = run(NOWHERE, &["--read-only", "call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stderr.contains("read-only"), "{stderr}");
}

#[tokio::test]
async fn an_audit_file_grows_and_holds_no_arguments_but_the_target() {
    let file = std::env::temp_dir().join(format!("dockwright-audit-{}", std::process::id()));
    let audit = file.to_str().unwrap();
    let body = r#"{"id":"web","body":{"Cmd":["hunter2"]}}"#;
    for _ in 0..2 {
        run(NOWHERE, &["call", "container_exec", body, "--audit", audit]).await;
    }
    let lines = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains(r#""target":"web""#) && !lines.contains("hunter2"), "{lines}");
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
async fn the_doctor_says_what_works_and_what_to_do_about_the_rest() {
    let (code, report, _) = run("unix:///nowhere/docker.sock", &["doctor"]).await;
    assert_eq!(code, Some(1));
    for said in ["ok    exposure", "ok    address", "FAIL  socket", "start the engine", "FAIL  protocol"] {
        assert!(report.contains(said), "{said}: {report}");
    }
    let mut stub = Stub::start().await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move { stub.next().await.answer(r#"{"Version":"28"}"#).await });
    let (code, report, _) = run(&address, &["doctor"]).await;
    assert!(code == Some(0) && report.contains("ok    protocol"), "{report}");
    engine.await.unwrap();
    for (version, said) in [
        ("1.99", "and the engine 1.99"),
        ("1.54", "tools and arguments are newer than the engine (`dockwright tools --since 1.54`"),
    ] {
        let mut stub = Stub::speaking(version).await;
        let address = stub.address.clone();
        let engine = tokio::spawn(async move { stub.next().await.answer(r#"{"Version":"28"}"#).await });
        let (code, report, _) = run(&address, &["doctor"]).await;
        assert!(code == Some(0) && report.contains(said), "{report}");
        engine.await.unwrap();
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn the_doctor_says_how_the_way_to_the_engine_is_encrypted() {
    let doctor = async |variables: &[(&str, &str)]| {
        let output = dockwright(NOWHERE).envs(variables.iter().copied()).arg("doctor").output().await.unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let report = doctor(&[]).await;
    assert!(report.contains("ok    tls       none: set DOCKER_TLS_VERIFY=1"), "{report}");
    let report = doctor(&[("DOCKER_TLS", "1"), ("DOCKER_CERT_PATH", "/nowhere")]).await;
    assert!(report.contains("ok    tls       the engine's certificate is not verified"), "{report}");
    let report = doctor(&[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/nowhere")]).await;
    assert!(report.contains("FAIL  address   /nowhere/ca.pem: No such file or directory"), "{report}");
    assert!(report.contains("(DOCKER_TLS_VERIFY asks for TLS)"), "{report}");
    let report = doctor(&[("DOCKWRIGHT_HOST", NOWHERE), ("DOCKER_TLS", "1"), ("DOCKER_CERT_PATH", "/nowhere")]).await;
    assert!(report.contains("ok    tls       the engine's certificate is not verified"), "{report}");
}

#[tokio::test]
async fn every_command_explains_itself_and_completions_know_them() {
    for command in
        [&["--help"][..], &["serve", "--help"], &["tools", "--help"], &["call", "--help"], &["doctor", "--help"]]
    {
        let (code, help, _) = run(NOWHERE, command).await;
        assert!(code == Some(0) && help.contains("--read-only"), "{command:?}: {help}");
    }
    let (_, script, _) = run(NOWHERE, &["completions", "bash"]).await;
    assert!(script.contains("--exclude-tools") && script.contains("doctor"));
}
