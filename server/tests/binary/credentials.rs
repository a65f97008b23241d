//! Stored logins, which the program sends by itself: with the calls that take one, and nowhere else.

use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use crate::support::Stub;
use crate::{dockwright, run_with};

/// The login in a request to a canned engine, and all that the program wrote.
async fn pulled(variables: &[(&str, &str)], options: &[&str]) -> (Option<Value>, String) {
    let mut stub = Stub::start().await;
    let mut command = dockwright(&stub.address);
    command.envs(variables.iter().copied()).stderr(Stdio::piped());
    let audit = tempfile::tempdir().unwrap();
    let audit = audit.path().join("audit");
    let call = ["call", "image_create", r#"{"fromImage":"a.test:1/app","tag":"one"}"#];
    command.args(call).args(options).arg("--audit").arg(&audit);
    let answer = async {
        let request = stub.next().await;
        let login = request
            .header("x-registry-auth")
            .map(|header| serde_json::from_slice(&URL_SAFE.decode(header).unwrap()).unwrap());
        let words = format!("unauthorized: {}", request.header("x-registry-auth").unwrap_or_default());
        request.refuse(500, &json!({ "message": words }).to_string()).await;
        login
    };
    let (output, login) = tokio::join!(command.output(), answer);
    let output = output.unwrap();
    let written = [output.stdout, output.stderr, std::fs::read(audit).unwrap()].concat();
    (login, String::from_utf8(written).unwrap())
}

#[tokio::test]
async fn a_stored_login_is_sent_and_nobody_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = r#"{"auths":{"a.test:1":{"auth":"YWRhOmh1bnRlcjI="}}}"#;
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let variable = r#"{"auths":{"a.test:1":{"auth":"YmVhOmh1bnRlcjI="}}}"#;
    let stored = ("DOCKER_CONFIG", folder.path().to_str().unwrap());
    for (variables, user) in [
        (&[stored][..], Some("ada")),
        (&[stored, ("DOCKER_AUTH_CONFIG", variable)], Some("bea")),
        (&[("DOCKER_AUTH_CONFIG", variable)], Some("bea")),
        (&[], None),
    ] {
        let (login, written) = pulled(variables, &[]).await;
        let expected = user.map(|user| json!({"username": user, "password": "hunter2", "serveraddress": "a.test:1"}));
        assert_eq!(login, expected);
        let sent = if user.is_some() { "a stored login was sent" } else { "no stored login was sent" };
        assert!(written.contains("`docker login a.test:1`") && written.contains(sent), "{written}");
        assert!(!written.contains("hunter2") && !written.contains("eyJ"), "{written}");
    }
    let home = folder.path().join(".docker");
    std::fs::create_dir(&home).unwrap();
    std::fs::rename(folder.path().join("config.json"), home.join("config.json")).unwrap();
    let home = (if cfg!(windows) { "USERPROFILE" } else { "HOME" }, folder.path().to_str().unwrap());
    assert_eq!(pulled(&[home], &[]).await.0.unwrap()["username"], "ada");
    let (login, written) = pulled(&[home], &["--no-credentials"]).await;
    assert!(login.is_none() && !written.contains("docker login a.test:1"), "{written}");
}

#[tokio::test]
async fn nothing_is_read_for_a_call_that_takes_no_login() {
    let mut stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), r#"{"auths":"#).unwrap();
    let config = [("DOCKER_CONFIG", folder.path().to_str().unwrap()), ("DOCKER_HOST", &*stub.address.clone())];
    let answer = async { stub.next().await.answer("[]").await };
    let (output, ()) = tokio::join!(run_with("", &config, &["call", "container_list"]), answer);
    assert!(output.0 == Some(0) && !output.2.contains("config.json"), "{output:?}");
}

/// A folder with a helper `spy`, which `config.json` names, and the variables for it.
#[cfg(unix)]
fn spy(script: &str) -> (tempfile::TempDir, [(&'static str, String); 2]) {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), r#"{"credsStore":"spy"}"#).unwrap();
    let (text, program) = (folder.path().join("text"), folder.path().join("docker-credential-spy"));
    std::fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&text, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Another process writes it: a program cannot be run while it is open for writing.
    assert!(std::process::Command::new("cp").args([&text, &program]).status().unwrap().success());
    let path = folder.path().display().to_string();
    (folder, [("PATH", format!("{path}:/usr/bin:/bin")), ("DOCKER_CONFIG", path)])
}

#[cfg(unix)]
#[tokio::test]
async fn no_helper_is_run_for_an_engine_that_does_not_answer() {
    let answer = r#"{"Username":"ada","Secret":"hunter2"}"#;
    let (folder, variables) = spy(&format!("echo run >> \"${{0%/*}}/log\"\necho '{answer}'"));
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let log = folder.path().join("log");
    let call = ["call", "image_create", r#"{"fromImage":"a.test:1/app","tag":"one"}"#];
    let (_, _, failure) = run_with("tcp://127.0.0.1:1", &variables, &call).await;
    assert!(failure.contains("cannot reach the engine") && !log.exists(), "{failure}");
    assert_eq!(pulled(&variables, &[]).await.0.unwrap()["username"], "ada");
    assert_eq!(std::fs::read_to_string(log).unwrap(), "run\n");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_helper_that_hangs_ends_with_a_server_that_is_killed() {
    let (folder, variables) = spy("sleep 777 & echo $! > \"${0%/*}/pid\"; wait");
    let stub = Stub::start().await;
    let mut command = dockwright(&stub.address);
    command.envs(variables).args(["call", "image_create", r#"{"fromImage":"a.test:1/app","tag":"one"}"#]);
    let mut server = command.spawn().unwrap();
    let id = || std::fs::read_to_string(folder.path().join("pid")).unwrap_or_default();
    while !id().ends_with('\n') {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", id().trim())).unwrap_or_default();
    assert!(!state().is_empty());
    server.kill().await.unwrap();
    for _ in 0..500 {
        if state().is_empty() || state().contains(") Z ") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{}", state());
}
