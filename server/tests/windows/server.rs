//! The program as a client starts it on Windows.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::process::Command;

use super::engine::PipeEngine;
use super::lines::Client;

fn dockwright(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright"));
    for variable in ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKWRIGHT_HOST"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn run(variables: &[(&str, &str)], arguments: &[&str]) -> (String, String) {
    let Output { stdout, stderr, .. } = dockwright(variables).args(arguments).output().await.unwrap();
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A profile folder whose docker configuration names a context at this address.
fn profile(address: &str) -> tempfile::TempDir {
    let profile = tempfile::tempdir().unwrap();
    // `printf nas | sha256sum`.
    let id = "047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806";
    let context = profile.path().join(r".docker\contexts\meta").join(id);
    std::fs::create_dir_all(&context).unwrap();
    let meta = json!({ "Name": "nas", "Endpoints": { "docker": { "Host": address } } });
    std::fs::write(context.join("meta.json"), meta.to_string()).unwrap();
    std::fs::write(profile.path().join(r".docker\config.json"), r#"{"currentContext":"nas"}"#).unwrap();
    profile
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn the_default_address_is_the_pipe_of_docker() {
    let empty = tempfile::tempdir().unwrap();
    let (report, _) = run(&[("USERPROFILE", text(empty.path()))], &["doctor"]).await;
    assert!(report.contains("address   npipe:////./pipe/docker_engine (default)"), "{report}");
}

#[tokio::test]
async fn the_context_of_the_profile_folder_is_followed() {
    let pipe = PipeEngine::start();
    let profile = profile(&pipe.address);
    let variables = [("USERPROFILE", text(profile.path()))];
    let (reply, notes) = run(&variables, &["call", "container_list"]).await;
    assert!(reply.contains("web"), "{reply} {notes}");
    let (report, notes) = run(&variables, &["doctor"]).await;
    assert!(report.contains(&format!("{} (context `nas` (currentContext of ", pipe.address)), "{report} {notes}");
    assert!(!report.contains("FAIL"), "{report}");
}

#[tokio::test]
async fn a_session_lists_logs_builds_and_runs_a_command() {
    let pipe = PipeEngine::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Dockerfile"), "FROM busybox\n").unwrap();
    let mut command = dockwright(&[]);
    command.args(["--host", &pipe.address, "--allow-path", text(folder.path())]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut client = Client::new(child.stdout.take().unwrap(), child.stdin.take().unwrap());
    client.initialize("2025-06-18").await;
    for (tool, arguments, expected) in [
        ("container_list", json!({}), "web"),
        ("container_logs", json!({ "id": "web" }), "two"),
        ("image_build", json!({ "t": ["a"], "context": text(folder.path()) }), "got "),
        ("exec_run", json!({ "id": "web", "body": { "Cmd": ["tr", "a-z", "A-Z"] }, "input": "hello" }), "HELLO"),
    ] {
        let result = client.call(tool, arguments).await;
        assert!(result["isError"] == false && result.to_string().contains(expected), "{tool}: {result}");
    }
    // The end of input ends the process.
    drop(client);
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.expect("it ends").unwrap();
    assert!(status.success(), "{status}");
}
