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
