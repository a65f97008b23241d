//! `dockwright policy`: its answers, and the codes that it ends with.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;

use super::{NOWHERE, Value, dockwright, json};

const POLICY: &str = r#"
preset = "develop"
[own]
label = "dockwright.owner=agent-1"
[images]
allow = ["busybox:*"]
[binds]
allow = ["/srv/proj"]
"#;

fn policy(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

async fn run(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = dockwright(NOWHERE).arg("policy").args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that needs no input may have ended.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().await.unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

async fn check(file: &Path, more: &[&str], input: &str) -> (Option<i32>, String, String) {
    run(&[&["check", file.to_str().unwrap()], more].concat(), input).await
}

#[tokio::test]
async fn a_request_is_decided_and_the_code_tells_how() {
    let (_folder, file) = policy(POLICY);
    let create = |body: &str| format!("POST /v1.51/containers/create\n{body}");
    for (input, code, expected) in [
        ("GET /version".to_owned(), 0, "system_version: allowed\n"),
        (
            "GET /v1.51/containers/json HTTP/1.1\r\nHost: d\r\n\r\n".to_owned(),
            0,
            "container_list: allowed with these changes\n  filters.label = [\"dockwright.owner=agent-1\"]  (own)\n",
        ),
        (
            create(r#"{"Image":"busybox","HostConfig":{"Binds":["/etc:/h"]}}"#),
            1,
            "container_create: denied by binds: /etc is not below /srv/proj\n",
        ),
        (create(r#"{"Image":"busybox","Image":"x"}"#), 1, "denied by request: the body is not plain JSON: "),
        (
            "GET /v1.51/containers/web/json".to_owned(),
            3,
            "container_inspect: depends on the engine, which -H or -c names\n  container web\n",
        ),
    ] {
        let (status, stdout, stderr) = check(&file, &[], &input).await;
        assert_eq!((status, stderr.as_str()), (Some(code), ""), "{input}");
        assert!(stdout.starts_with(expected), "{stdout}");
    }
    let (status, stdout, _) = check(&file, &["--json"], "GET /info").await;
    let verdict: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((status, &verdict["decision"], &verdict["rule"]), (Some(1), &json!("denied"), &json!("allow")));
    let call = ["--tool", "container_create", r#"{"body":{"Image":"busybox","HostConfig":{"Privileged":true}}}"#];
    let (status, stdout, _) = check(&file, &call, "").await;
    assert!(status == Some(1) && stdout.starts_with("container_create: denied by privileged: "), "{stdout}");
}

#[tokio::test]
async fn a_denied_look_has_a_status_over_http_alone() {
    let (_folder, file) = policy(POLICY);
    let told = "its sender is told: ";
    let (status, stdout, _) = check(&file, &[], "GET /v1.51/secrets/s").await;
    assert!(status == Some(1) && stdout.contains(&format!("{told}404 denied by allow: ")), "{stdout}");
    let call = ["--tool", "secret_inspect", r#"{"id":"s"}"#];
    let (status, stdout, _) = check(&file, &call, "").await;
    assert!(status == Some(1) && stdout.contains("denied by allow: ") && !stdout.contains(told), "{stdout}");
    let (_, stdout, _) = check(&file, &[&["--json"][..], &call].concat(), "").await;
    let verdict: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&verdict["decision"], &verdict["status"]), (&json!("denied"), &Value::Null));
}

#[tokio::test]
async fn a_policy_is_good_or_the_place_of_its_fault_is_told() {
    let (_folder, file) = policy(POLICY);
    let (status, stdout, _) = check(&file, &[], "").await;
    assert!(
        status == Some(0) && stdout.contains("is good: preset develop, owner dockwright.owner=agent-1"),
        "{stdout}"
    );
    assert!(stdout.contains(" operations can pass; ") && stdout.contains("warning: binds: "), "{stdout}");
    let (_folder, bad) = policy("preset = \"open\"\n[bind]\n");
    let (_folder2, good) = policy(POLICY);
    for (file, more, input, expected) in [
        (&bad, [].as_slice(), "", "line 2, column 2: unknown key `bind`; did you mean `binds`?"),
        (&PathBuf::from("/nowhere.toml"), &[], "", "/nowhere.toml: "),
        (&good, &[], "nonsense", "not a request of HTTP: "),
        (&good, &["--tool", "container_crate"], "", "no tool is `container_crate`; did you mean `container_create`"),
        (&good, &["--tool", "exec_run"], "", "exec_run makes several requests; check those that it is made of: "),
    ] {
        let (status, stdout, stderr) = check(file, more, input).await;
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[tokio::test]
async fn a_policy_is_shown_by_what_can_pass_in_lines_of_a_terminal() {
    let (_folder, file) = policy(POLICY);
    let (status, stdout, _) = run(&["show", file.to_str().unwrap()], "").await;
    assert_eq!(status, Some(0));
    for part in ["preset develop, owner ", "binds         /srv/proj, and all below", "never pass", "warning       "] {
        assert!(stdout.contains(part), "{stdout}");
    }
    assert!(stdout.lines().all(|line| line.chars().count() < 80), "{stdout}");
    let (_, stdout, _) = run(&["show", "observe", "--json"], "").await;
    let shown: Value = serde_json::from_str(&stdout).unwrap();
    let fate = |name: &str| shown["operations"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    assert_eq!(fate("container_list").unwrap()["passes"], true);
    assert_eq!(fate("container_start").unwrap()["rule"], "allow");
}

#[tokio::test]
async fn a_preset_is_printed_as_a_policy_to_begin_with() {
    for preset in ["observe", "operate", "develop", "open"] {
        let (status, text, _) = run(&["preset", preset], "").await;
        let (_folder, file) = policy(&text);
        assert_eq!((status, check(&file, &[], "").await.0), (Some(0), Some(0)), "{text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_policy_is_learned_from_what_passes() {
    let mut stub = super::Stub::start().await;
    let (folder, file) = policy("preset = \"open\"");
    let listen = format!("unix://{}", folder.path().join("learn.sock").display());
    let file = file.to_str().unwrap();
    let learn = |more: &[&str]| {
        let mut command = dockwright(&stub.address);
        command.args(["policy", "learn", file, "--listen", &listen]).args(more);
        command
    };
    let refused = learn(&[]).output().await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("this file was not learned; --force replaces it"));
    let mut child = learn(&["--force"]).spawn().unwrap();
    let mut words = tokio::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut words, &mut line).await.unwrap();
    assert!(line.contains("open, to learn"), "{line}");
    let client = dockwright::Engine::at(&listen).unwrap();
    let listed =
        tokio::spawn(async move { client.call(&dockwright::operations::CONTAINER_LIST).json::<Value>().await });
    while !listed.is_finished() {
        let Ok(request) = tokio::time::timeout(std::time::Duration::from_millis(500), stub.next()).await else {
            continue;
        };
        request.answer("[]").await;
    }
    assert_eq!(listed.await.unwrap().unwrap(), json!([]));
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    child.wait().await.unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.starts_with("# Learned by dockwright from ") && text.contains("\"container_list\",  # once, "),
        "{text}"
    );
    assert_eq!(check(Path::new(file), &[], "POST /v1.51/containers/prune").await.0, Some(1));
    assert_eq!(check(Path::new(file), &[], "GET /v1.51/containers/json").await.0, Some(0));
}
