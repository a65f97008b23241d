//! `dockwright doctor`, and addresses at which something other than an engine listens.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::support::{Stub, listener};
use crate::{NOWHERE, dockwright, run, run_with};

/// The program's doctor at an engine of this version, which answers `GET /version` twice, and `GET /info` once.
async fn examined(version: &str) -> (Option<i32>, String) {
    let mut stub = Stub::speaking(version).await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move {
        for _ in 0..3 {
            stub.next().await.answer(r#"{"Version":"28"}"#).await;
        }
    });
    let (code, report, _) = run(&address, &["doctor"]).await;
    engine.await.unwrap();
    (code, report)
}

#[tokio::test]
async fn the_doctor_says_what_works_and_what_to_do_about_the_rest() {
    let (code, report, _) = run("unix:///nowhere/docker.sock", &["doctor"]).await;
    assert_eq!(code, Some(1));
    for said in ["ok    exposure", "ok    address", "FAIL  socket", "start the engine", "ok    protocol"] {
        assert!(report.contains(said), "{said}: {report}");
    }
    assert_eq!(report.matches("FAIL").count(), 1, "{report}");
    let (code, report) = examined(dockwright::API_VERSION).await;
    assert!(code == Some(0) && report.contains("ok    protocol  initialize, tools/list"), "{report}");
    assert!(report.contains("tools/call of \"system_version\""), "{report}");
    for (version, said) in [
        ("1.99", "and the engine 1.99"),
        ("1.54", "tools and arguments are newer than the engine (`dockwright tools --since 1.54`"),
    ] {
        let (code, report) = examined(version).await;
        assert!(code == Some(0) && report.contains(said), "{report}");
    }
}

#[tokio::test]
async fn an_engine_that_wants_a_newer_version_is_no_engine_to_speak_with() {
    let refusal =
        r#"{"message":"client version 1.55 is too old. Minimum supported API version is 1.56, please upgrade"}"#;
    let mut stub = Stub::speaking("1.60").await;
    let address = stub.address.clone();
    let engine = tokio::spawn(async move { stub.next().await.refuse(400, refusal).await });
    let (code, report, _) = run(&address, &["doctor"]).await;
    engine.await.unwrap();
    assert!(code == Some(1) && !report.contains("ok    version") && report.contains("FAIL  version"), "{report}");
    assert!(report.contains("1.56") && report.contains("update dockwright"), "{report}");
    assert_eq!(report.matches("FAIL").count(), 1, "{report}");
}

#[tokio::test]
async fn the_address_comes_with_the_setting_that_names_it() {
    let (_, report, _) = run(NOWHERE, &["doctor"]).await;
    assert!(report.contains("address   tcp://127.0.0.1:1 (DOCKER_HOST)\n"), "{report}");
    let (_, report, _) = run("tcp://127.0.0.1:2", &["doctor", "--host", NOWHERE]).await;
    assert!(report.contains("address   tcp://127.0.0.1:1 (--host)\n"), "{report}");
    let (_, report, _) = run_with("tcp://127.0.0.1:2", &[("DOCKWRIGHT_HOST", NOWHERE)], &["doctor"]).await;
    assert!(report.contains("address   tcp://127.0.0.1:1 (DOCKWRIGHT_HOST)\n"), "{report}");
    let (_, report, _) = run_with("", &[], &["doctor"]).await;
    assert!(report.contains("address   unix:///var/run/docker.sock (default)\n"), "{report}");

    let folder = nas();
    let config = ("DOCKER_CONFIG", folder.path().to_str().unwrap());
    for (host, set, arguments, origin) in [
        ("", ("DOCKER_CONTEXT", "nas"), &["doctor"][..], "DOCKER_CONTEXT"),
        ("tcp://127.0.0.1:2", ("DOCKWRIGHT_CONTEXT", "nas"), &["doctor"], "DOCKWRIGHT_CONTEXT"),
        ("tcp://127.0.0.1:2", ("DOCKER_CONTEXT", "x"), &["doctor", "--context", "nas"], "--context"),
        ("tcp://127.0.0.1:2", ("DOCKER_CONTEXT", "x"), &["-c", "nas", "doctor"], "--context"),
    ] {
        let (_, report, _) = run_with(host, &[config, set], arguments).await;
        assert!(report.contains(&format!("address   tcp://127.0.0.1:1 (context `nas` ({origin}))\n")), "{report}");
    }
    let (_, report, _) = run_with("", &[config], &["-H", "tcp://127.0.0.1:3", "doctor"]).await;
    assert!(report.contains("address   tcp://127.0.0.1:3 (--host)\n"), "{report}");
}

/// A configuration directory of the docker CLI with the context `nas`.
fn nas() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // `printf nas | sha256sum`.
    let id = "047de0f543c7e3596bb6dbd0e65f2c30357720a63eca423f08c52fae314f6806";
    let meta = folder.path().join("contexts/meta").join(id);
    std::fs::create_dir_all(&meta).unwrap();
    let context = r#"{"Name":"nas","Endpoints":{"docker":{"Host":"tcp://127.0.0.1:1"}}}"#;
    std::fs::write(meta.join("meta.json"), context).unwrap();
    folder
}

#[tokio::test]
async fn two_names_of_an_engine_are_refused() {
    let (code, stdout, stderr) = run(NOWHERE, &["-H", NOWHERE, "-c", "nas", "call", "container_list"]).await;
    assert!(code == Some(1) && stdout.is_empty() && stderr.contains("--host and --context"), "{stderr}");
}

#[tokio::test]
async fn a_plain_connection_to_another_host_is_warned_of_and_never_called_ok() {
    // An address for documentation, at which nothing answers.
    const REMOTE: &str = "tcp://192.0.2.1:2375";
    let (_, report, _) = run(REMOTE, &["doctor"]).await;
    assert!(report.contains(&format!("warn  tls       {REMOTE} is not encrypted")), "{report}");
    assert!(!report.contains("ok    tls"), "{report}");
    let (code, _, stderr) = run(REMOTE, &["serve"]).await;
    assert!(code == Some(0) && stderr.contains(&format!("warning: {REMOTE} is not encrypted")), "{stderr}");
    let (_, _, stderr) = run(NOWHERE, &["serve"]).await;
    assert!(!stderr.contains("warning"), "{stderr}");
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read_is_warned_of_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), "{ // }").unwrap();
    let config = ("DOCKER_CONFIG", folder.path().to_str().unwrap());
    let (_, report, _) = run_with(NOWHERE, &[config], &["doctor"]).await;
    assert!(report.contains("ok    address") && report.contains("warn  config"), "{report}");
    let (code, _, stderr) = run_with(NOWHERE, &[config], &["serve"]).await;
    assert!(code == Some(0) && stderr.contains("config.json: key must be a string"), "{stderr}");
}

#[tokio::test]
async fn a_silent_port_takes_the_doctor_five_seconds_and_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    let begun = Instant::now();
    let (code, report, _) = run(&address, &["doctor"]).await;
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    assert_eq!((code, report.matches("FAIL").count()), (Some(1), 1), "{report}");
    assert!(report.contains(&format!("FAIL  version   no Docker engine answers at {address}: ")), "{report}");
    assert!(report.contains("ok    protocol  initialize and tools/list"), "{report}");
}

#[tokio::test]
async fn an_address_without_an_engine_is_what_every_failure_speaks_of() {
    let page = "Content-Type: text/html\r\nContent-Length: 23\r\n\r\n<html>\nNo <b>!</b>\n</html";
    let http = |status: &str| format!("HTTP/1.1 {status}\r\n{page}");
    let tls = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    for (answer, problem, remedy) in [
        (tls.to_owned(), "HTTPS server", "DOCKER_TLS_VERIFY=1"),
        ("\u{15}\u{3}\u{1}\0\u{2}\u{2}F".to_owned(), "not HTTP", "one with TLS"),
        (http("200 OK"), "without the header Api-Version", "another HTTP server"),
        (http("404 Not Found"), "status 404: a web page", "another HTTP server"),
        (http("400 Bad Request"), "status 400: a web page", "another HTTP server"),
        (http("302 Found"), "status 302", "another HTTP server"),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), "not HTTP", "another service"),
        (http("502 Bad Gateway"), "status 502: a web page", "a proxy is there"),
        (http("503 Service Unavailable"), "status 503: a web page", "a proxy is there"),
        (String::new(), "closed the connection without an answer", "another service"),
    ] {
        let address = listener(answer.clone()).await;
        let (code, _, failure) = run(&address, &["call", "container_inspect", r#"{"id":"web"}"#]).await;
        assert_eq!(code, Some(1));
        let (_, report, _) = run(&address, &["doctor"]).await;
        assert_eq!(report.matches("FAIL").count(), 1, "{report}");
        for text in [&failure, &report] {
            assert!(text.contains(&address) && text.contains(problem) && text.contains(remedy), "{answer}: {text}");
            for wrong in
                ["correct the arguments", "list the objects", "repeat the call", "page not found", "call again"]
            {
                assert!(!text.contains(wrong), "{wrong}: {text}");
            }
        }
        // Without a negotiation, the call itself meets the listener.
        let variables = [("DOCKER_API_VERSION", "1.47")];
        let (_, _, failure) = run_with(&address, &variables, &["call", "container_list"]).await;
        for wrong in ["correct the arguments", "list the objects", "its log says more"] {
            assert!(!failure.contains(wrong), "{wrong}: {failure}");
        }
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_port_without_tls_is_not_a_problem_of_certificates() {
    let address = listener("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".to_owned()).await;
    let variables = [("DOCKER_TLS", "1"), ("DOCKER_CERT_PATH", "/nowhere")];
    let (_, _, failure) = run_with(&address, &variables, &["call", "container_list"]).await;
    assert!(failure.contains(&address) && failure.contains("correct the address or its port"), "{failure}");
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
async fn the_logins_that_calls_send_are_named_without_their_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let config = r#"{"auths":{"a.test":{"auth":"YWRhOmh1bnRlcjI="}},"credHelpers":{"b.test":"no-such"}}"#;
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let config = ("DOCKER_CONFIG", folder.path().to_str().unwrap());
    let (_, report, _) = run_with(NOWHERE, &[config], &["doctor"]).await;
    let line = "warn  logins    a.test; docker-credential-no-such: no such program on PATH\n";
    assert!(report.contains(line) && !report.contains("hunter2"), "{report}");
    let (_, report, _) = run_with("tcp://192.0.2.1:1", &[config], &["doctor"]).await;
    assert!(report.contains("a.test; calls send them unencrypted"), "{report}");
    let (_, report, _) = run_with(NOWHERE, &[config], &["doctor", "--no-credentials"]).await;
    assert!(report.contains("ok    logins    stored logins are not sent (--no-credentials)\n"), "{report}");
}
