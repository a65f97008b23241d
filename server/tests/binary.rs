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
    run_with(host, &[], arguments).await
}

async fn run_with(host: &str, variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = dockwright(host);
    let output = command.envs(variables.iter().copied()).args(arguments).output().await.unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The variables of all settings, and if each is a list.
fn variables() -> Vec<(String, bool)> {
    let command = <dockwright_server::settings::Settings as clap::Args>::augment_args(clap::Command::new("settings"));
    let variable = |argument: &clap::Arg| {
        Some((argument.get_env()?.to_str()?.to_owned(), argument.get_value_delimiter().is_some()))
    };
    command.get_arguments().filter_map(variable).collect()
}

#[tokio::test]
async fn an_empty_variable_is_not_set_whatever_it_sets() {
    let unset = run(NOWHERE, &["call", "container_list"]).await;
    assert!(unset.2.contains("tcp://127.0.0.1:1"), "{unset:?}");
    let variables = variables();
    assert!(variables.len() >= 15 && variables.iter().filter(|(_, list)| *list).count() >= 6, "{variables:?}");
    for (variable, is_list) in &variables {
        let blank: &[&str] = if *is_list { &["", " ", ",", ", ,"] } else { &["", " "] };
        for value in blank
            .iter()
            .map(|value| if variable.contains("ALLOW_") { value.replace(',', ":") } else { value.to_string() })
        {
            let set = run_with(NOWHERE, &[(variable.as_str(), value.as_str())], &["call", "container_list"]).await;
            assert_eq!(set, unset, "{variable}={value:?}");
        }
    }
    let docker = ["HOST", "CONTEXT", "CONFIG", "TLS", "TLS_VERIFY", "CERT_PATH", "API_VERSION"];
    for variable in docker.map(|name| format!("DOCKER_{name}")) {
        let set = [("DOCKWRIGHT_HOST", NOWHERE), (variable.as_str(), "")];
        assert_eq!(run_with("", &set, &["call", "container_list"]).await, unset, "{variable}");
    }
    let (code, _, stderr) = run_with("", &[], &["call", "container_list"]).await;
    assert!(code == Some(1) && stderr.contains("unix:///var/run/docker.sock"), "{stderr}");
}

#[tokio::test]
async fn empty_items_of_a_list_are_left_out_and_an_empty_list_as_an_argument_is_refused() {
    let volumes = run(NOWHERE, &["tools", "--tags", "Volume"]).await;
    for set in ["Volume,", ",Volume", "Volume,,"] {
        assert_eq!(run_with(NOWHERE, &[("DOCKWRIGHT_TAGS", set)], &["tools"]).await, volumes);
    }
    let folder = format!(":{}:", std::env::temp_dir().display());
    let (code, _, stderr) = run_with(NOWHERE, &[("DOCKWRIGHT_ALLOW_PATH", folder.as_str())], &["tools"]).await;
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for empty in ["--tags=", "--tools=", "--exclude-tags=", "--host=", "--audit="] {
        let (code, stdout, stderr) = run(NOWHERE, &["tools", empty]).await;
        assert!(code != Some(0) && stdout.is_empty() && !stderr.is_empty(), "{empty}: {stdout}");
    }
}

#[tokio::test]
async fn a_placeholder_that_a_client_left_in_a_setting_is_refused() {
    let placeholder = "${user_config.value}";
    let names = variables().into_iter().filter(|(_, is_list)| *is_list).map(|(name, _)| name);
    for variable in names.chain(["DOCKWRIGHT_HOST", "DOCKWRIGHT_AUDIT", "DOCKER_TLS_VERIFY"].map(str::to_owned)) {
        let (code, _, stderr) = run_with(NOWHERE, &[(variable.as_str(), placeholder)], &["serve"]).await;
        assert!(
            code == Some(1) && stderr.contains(&variable) && stderr.contains("placeholder"),
            "{variable}: {stderr}"
        );
    }
    let (code, _, stderr) = run(NOWHERE, &["--tags=Container,${user_config.tags}", "tools"]).await;
    assert!(
        code == Some(1) && stderr.starts_with("dockwright: --tags (DOCKWRIGHT_TAGS): `${user_config.tags}`"),
        "{stderr}"
    );
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
    assert_eq!(data[0]["Names"], json!(["/web"]), "{stdout}");
    assert!(!stderr.is_empty() && stderr.lines().all(|line| line.starts_with("dockwright: ")), "{stderr}");

    let (code, stdout, stderr) =
        answered("\u{1}\0\0\0\0\0\0\u{8}one\ntwo\n", &["call", "container_logs", r#"{"id":"web"}"#]).await;
    assert_eq!((code, stdout.as_str()), (Some(0), "one\ntwo\n"), "{stderr}");
    let (code, stdout, stderr) = answered("", &["call", "container_start", r#"{"id":"web"}"#]).await;
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", "dockwright: ok\n"));

    let (code, stdout, stderr) = run(NOWHERE, &["call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stdout.is_empty() && stderr.contains("cannot reach the engine"), "{stderr}");
    let (code, _, stderr) = run(NOWHERE, &["call", "container_stop", "web"]).await;
    assert!(code == Some(1) && stderr.contains("JSON object"), "{stderr}");
    let (code, _, stderr) = run(NOWHERE, &["--read-only", "call", "container_stop", r#"{"id":"web"}"#]).await;
    assert!(code == Some(1) && stderr.contains("read-only"), "{stderr}");
}

/// Runs the program at an engine that gives this answer.
async fn answered(body: &'static str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut stub = Stub::start().await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move { stub.next().await.answer(body).await });
    let outcome = run(&address, arguments).await;
    engine.await.unwrap();
    outcome
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
