//! The audit trail of the program: its lines, their file, and the signals that end it in the middle of a call.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::support::{Client, Stub, text};
use crate::{NOWHERE, dockwright, run};

/// A server with an audit file, which has a session.
async fn serve(host: &str, file: &Path, options: &[&str]) -> (Child, Client) {
    let mut command = dockwright(host);
    command.arg("--audit").arg(file).args(options).stdin(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut client = Client::new(child.stdout.take().unwrap(), child.stdin.take().unwrap());
    client.initialize("2025-06-18").await;
    (child, client)
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The lines of an event in a file.
fn lines(file: &Path, event: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON"));
    lines.filter(|line: &Value| line["event"] == event).collect()
}

async fn kill(child: &mut Child, signal: &str) -> (Option<i32>, String) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-s", signal, &id]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.expect("it ends").unwrap();
    let mut stderr = String::new();
    tokio::io::AsyncReadExt::read_to_string(child.stderr.as_mut().unwrap(), &mut stderr).await.unwrap();
    (status.code(), stderr)
}

#[tokio::test]
async fn lines_say_who_asks_for_what_by_names_and_hold_no_values() {
    let home = home();
    let file = home.path().join("audit");
    let body = json!({ "Image": "nginx:1.27", "Cmd": ["hunter2"], "Env": ["A=hunter2"],
        "HostConfig": { "Privileged": true, "Binds": ["/hunter2:/a"] }, "Labels": { "hunter2": "" } });
    let arguments = json!({ "name": "web", "body": body }).to_string();
    for _ in 0..2 {
        run(NOWHERE, &["call", "container_create", &arguments, "--audit", file.to_str().unwrap()]).await;
    }
    run(NOWHERE, &["call", "container_stop", r#"{"id":"web"}"#, "--audit", file.to_str().unwrap()]).await;
    assert!(!std::fs::read_to_string(&file).unwrap().contains("hunter2"));
    let (begins, ends) = (lines(&file, "begin"), lines(&file, "end"));
    assert_eq!((begins.len(), ends.len()), (3, 3), "calls of several processes are in one file");
    assert_ne!(begins[0]["call"], begins[1]["call"]);
    let asks = [
        "name",
        "body.Image",
        "body.Cmd",
        "body.Env",
        "body.HostConfig.Privileged",
        "body.HostConfig.Binds",
        "body.Labels",
    ];
    assert_eq!(begins[0]["asks"], json!(asks));
    assert_eq!((&begins[0]["image"], &begins[0]["engine"]), (&json!("nginx:1.27"), &json!(NOWHERE)));
    assert!(begins[0]["client"].as_str().unwrap().starts_with("dockwright call "));
    for (begin, end) in begins.iter().zip(&ends) {
        assert_eq!((&begin["call"], &begin["tool"]), (&end["call"], &end["tool"]));
        assert!(end["outcome"] == "failed" && end["bytes"].as_u64() > Some(20) && end["ms"].is_u64(), "{end}");
    }
    assert_eq!(ends[2]["target"], "web");
    assert_eq!(ends[0]["facets"], json!(["privileged", "binds", "runs_code"]));
}

#[tokio::test]
async fn a_call_of_a_client_is_told_with_its_name_and_the_id_of_the_object() {
    let home = home();
    let file = home.path().join("audit");
    let mut stub = Stub::start().await;
    let (_child, mut client) = serve(&stub.address, &file, &[]).await;
    let body = json!({ "Image": "a" });
    let arguments = json!({ "name": "container_create", "arguments": { "body": body } });
    client.request("tools/call", arguments).await;
    let request = stub.next().await;
    assert_eq!((lines(&file, "begin").len(), lines(&file, "end").len()), (1, 0), "told before it is sent");
    let id = "5".repeat(64);
    request.answer(&json!({ "Id": id, "Warnings": [] }).to_string()).await;
    let answer = client.next().await;
    let end = &lines(&file, "end")[0];
    assert_eq!((&end["id"], &end["outcome"]), (&json!(id), &json!("ok")));
    assert_eq!(end["bytes"], text(&answer["result"]).len());
    assert_eq!(lines(&file, "begin")[0]["client"], "test 1");
}

#[tokio::test]
async fn each_signal_that_ends_the_program_in_a_call_ends_the_lines_of_the_call() {
    for (signal, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let home = home();
        let file = home.path().join("audit");
        let mut stub = Stub::start().await;
        let (mut child, mut client) = serve(&stub.address, &file, &[]).await;
        let wait = json!({ "name": "container_wait", "arguments": { "id": "web" } });
        client.request("tools/call", wait).await;
        let _wait = stub.next().await;
        let pull = json!({ "name": "image_create", "arguments": { "fromImage": "a", "detach": true } });
        client.ask("tools/call", pull).await;
        let _pull = stub.next().await;
        let (exit, stderr) = kill(&mut child, signal).await;
        assert_eq!(exit, Some(code), "{stderr}");
        assert!(stderr.contains("cuts calls that ran detached: image_create-1 (0 s)"), "{stderr}");
        let ends = lines(&file, "end");
        let cut: Vec<_> = ends.iter().filter(|end| end["outcome"] == format!("cancelled by SIG{signal}")).collect();
        assert_eq!((lines(&file, "begin").len(), ends.len(), cut.len()), (3, 3, 2), "{ends:?}");
        for tool in ["container_wait", "image_create"] {
            assert!(cut.iter().any(|end| end["tool"] == tool), "{signal}: {ends:?}");
        }
        assert!(cut.iter().any(|end| end["work"] == "image_create-1"), "{ends:?}");
    }
}

#[tokio::test]
async fn a_program_that_is_killed_leaves_the_line_before_the_call() {
    let home = home();
    let file = home.path().join("audit");
    let mut stub = Stub::start().await;
    let (mut child, mut client) = serve(&stub.address, &file, &[]).await;
    client.request("tools/call", json!({ "name": "container_wait", "arguments": { "id": "web" } })).await;
    let _wait = stub.next().await;
    kill(&mut child, "KILL").await;
    let begin = &lines(&file, "begin")[0];
    assert_eq!((&begin["tool"], &begin["target"]), (&json!("container_wait"), &json!("web")));
    assert!(lines(&file, "end").is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_and_refuses_calls_only_if_the_lines_are_required() {
    let full = Path::new("/dev/full");
    let engine = async |stub: &mut Stub| stub.next().await.answer("[]").await;
    for required in [false, true] {
        let mut stub = Stub::start().await;
        let options: &[&str] = if required { &["--audit-required"] } else { &[] };
        let (mut child, mut client) = serve(&stub.address, full, options).await;
        client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
        if !required {
            engine(&mut stub).await;
        }
        let result = client.next().await["result"].take();
        assert_eq!(result["isError"], required, "{result}");
        let refusal = "container_list: not begun, because no call may be without its audit line";
        assert_eq!(text(&result).starts_with(refusal), required, "{result}");
        let (_, stderr) = kill(&mut child, "TERM").await;
        let told = "dockwright: --audit /dev/full: audit lines cannot be written: No space left on device";
        assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
    }
}

#[tokio::test]
async fn the_file_is_its_owners_and_lies_where_no_call_reaches_it() {
    use std::os::unix::fs::PermissionsExt;
    let (home, allowed) = (home(), home());
    let (file, folder) = (home.path().join("audit"), allowed.path().to_str().unwrap());
    run(NOWHERE, &["call", "system_ping", "--audit", file.to_str().unwrap()]).await;
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let below = allowed.path().join("audit");
    for option in ["--allow-write", "--allow-path"] {
        for command in [&["serve"][..], &["call", "system_ping"]] {
            let options = ["--audit", below.to_str().unwrap(), option, folder];
            let (code, _, stderr) = run(NOWHERE, &[command, &options].concat()).await;
            assert!(code == Some(1) && stderr.contains("could read or replace the file"), "{stderr}");
            assert!(!below.exists());
        }
    }
    let (code, _, stderr) = run(NOWHERE, &["--audit-required", "call", "system_ping"]).await;
    assert!(code == Some(1) && stderr.contains("give the file of the audit trail with --audit"), "{stderr}");
}

#[tokio::test]
async fn a_policy_can_require_the_trail_and_its_lines_have_the_rule() {
    let home = home();
    let [policy, file] = ["policy.toml", "audit"].map(|name| home.path().join(name));
    std::fs::write(&policy, "preset = \"observe\"\naudit = \"required\"\n").unwrap();
    let policy = policy.to_str().unwrap();
    let (code, _, stderr) = run(NOWHERE, &["--policy", policy, "call", "container_list"]).await;
    assert!(code == Some(1) && stderr.contains("the policy requires an audit trail"), "{stderr}");
    let (_, _, stderr) = run(NOWHERE, &["--policy", policy, "--audit", "/dev/full", "call", "container_list"]).await;
    assert!(stderr.contains("not begun, because no call may be without its audit line"), "{stderr}");
    let audited = ["--policy", policy, "--audit", file.to_str().unwrap(), "call", "container_stop", r#"{"id":"web"}"#];
    run(NOWHERE, &audited).await;
    let end = &lines(&file, "end")[0];
    assert_eq!((&end["outcome"], &end["rule"]), (&json!("refused: not exposed"), &json!("allow")));
}
