//! Answers of the engine on their way to the client, and the words of the proxy where there are none.

use std::time::Duration;

use dockwright::Engine as Client;
use dockwright_server::audit::Audit;
use dockwright_server::http::{Bounds, ListenAddress, Listener, serve};
use dockwright_server::judge::HostFiles;
use dockwright_server::proxy::{PolicyFile, Principal, ProxiedEngine, ProxyService};
use tokio_util::sync::CancellationToken;

use crate::engine::{Reaction, json};
use crate::proxied::{OBSERVE, OPEN, Proxied, status, until};

const JSON: &str = "Content-Type: application/json\r\nContent-Length: 2";

#[tokio::test]
async fn a_call_is_sent_anew_with_the_version_of_the_client() {
    let proxied = Proxied::start(OPEN, |_| json(201, "{\"Id\":\"a\"}"));
    let body = "{ \"Image\" : \"busybox\", \"Tty\":false,\"Unknown\":null}";
    let headers = format!("content-type: application/json\r\nContent-Length: {}\r\nX-Evil: 1", body.len());
    let answer = proxied.ask("POST /v1.44/containers/create?name=web", &headers, body).await;
    assert!(answer.ends_with("{\"Id\":\"a\"}") && status(&answer) == 201, "{answer}");
    let seen = proxied.engine.seen().pop().unwrap();
    assert_eq!(seen.line, "POST /v1.44/containers/create?name=web HTTP/1.1");
    assert_eq!(seen.header("x-evil"), None);
    let sent: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(sent, serde_json::json!({ "Image": "busybox", "Tty": false }));
}

#[tokio::test]
async fn refusals_of_the_engine_are_passed_on_as_they_are() {
    let proxied = Proxied::start(OPEN, |_| json(409, "{\"message\":\"name in use\"}"));
    let answer = proxied.ask("POST /v1.51/containers/create", JSON, "{}").await;
    assert!(status(&answer) == 409 && answer.ends_with("{\"message\":\"name in use\"}"), "{answer}");
    let proxied = Proxied::start(OPEN, |_| Reaction::Answer("HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()));
    let answer = proxied.ask("POST /v1.51/containers/a/start", "", "").await;
    assert_eq!(status(&answer), 304, "{answer}");
}

#[tokio::test]
async fn clients_negotiate_a_version_that_is_understood() {
    let proxied = Proxied::start(OBSERVE, |_| {
        Reaction::Answer(
            "HTTP/1.1 200 OK\r\nApi-Version: 1.99\r\nOstype: linux\r\nDocker-Experimental: false\r\n\
             Builder-Version: 2\r\nSet-Cookie: a\r\nContent-Length: 0\r\n\r\n"
                .to_owned(),
        )
    });
    let answer = proxied.ask("HEAD /_ping", "", "").await.to_lowercase();
    for header in [
        &format!("api-version: {}\r\n", dockwright::API_VERSION),
        "ostype: linux\r\n",
        "docker-experimental: false\r\n",
        "builder-version: 1\r\n",
    ] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
    assert!(!answer.contains("set-cookie"), "{answer}");
}

#[tokio::test]
async fn what_is_denied_says_why_and_what_is_not_understood_too() {
    let proxied = Proxied::start(OBSERVE, |_| json(200, "[]"));
    for (line, headers, body, expected, words) in [
        ("POST /containers/create", JSON, "{}", 403, "denied by allow: container_create is not among the operations"),
        ("GET /nonsense", "", "", 400, "denied by request: no operation of API"),
        ("GET /v1.99/info", "", "", 400, "the API version 1.99 is not known"),
        ("GET /containers/json?madness=1", "", "", 400, "unknown parameter `madness`"),
        ("POST /containers/create", JSON, "{]", 400, "is not plain JSON"),
        ("POST /containers/a/attach", "Connection: Upgrade\r\nUpgrade: h2c", "", 400, "Upgrade: tcp"),
        ("POST /containers/a/attach?stdin=1", "", "", 400, "input needs the headers"),
    ] {
        let answer = proxied.ask(line, headers, body).await;
        assert_eq!(status(&answer), expected, "{line}: {answer}");
        let message: serde_json::Value = serde_json::from_str(answer.lines().last().unwrap()).unwrap();
        assert!(message["message"].as_str().unwrap().contains(words), "{line}: {answer}");
    }
    let large = format!("Content-Type: application/json\r\nContent-Length: {}", 5 << 20);
    let answer = proxied.ask("POST /containers/create", &large, "{}").await;
    assert_eq!(status(&answer), 413, "{answer}");
    assert_eq!(proxied.engine.seen().len(), 0);
}

#[tokio::test]
async fn an_engine_that_is_gone_is_told_in_plain_words_without_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, socket) = (folder.path().join("policy"), folder.path().join("proxy.sock"));
    std::fs::write(&policy, OBSERVE).unwrap();
    let file = PolicyFile::open(&policy).unwrap();
    let client = Client::at("unix:///nonexistent/secret.sock").unwrap();
    let engine = ProxiedEngine::new(client, None, HostFiles::elsewhere());
    let audit = Audit::to_writer(std::io::sink());
    let principal = Principal::new("agent".to_owned(), file.policy(), None, engine, audit);
    let listener = Listener::bind(&ListenAddress::Unix(socket.clone())).unwrap();
    let drain = CancellationToken::new();
    tokio::spawn(serve(listener, Bounds::default(), ProxyService::new(principal, drain.clone()), drain));
    let mut stream = tokio::net::UnixStream::connect(&socket).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let answer = until(&mut stream, "}").await;
    assert!(status(&answer) == 502 && answer.contains("is it running?") && !answer.contains("secret"), "{answer}");
}

#[tokio::test]
async fn a_stream_is_passed_on_piece_by_piece_and_ends_with_the_client() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut proxied = Proxied::start(OBSERVE, move |_| Reaction::Hold(format!("{head}5\r\nfirst\r\n")));
    let mut stream = proxied.connect().await;
    let request = b"GET /v1.51/events HTTP/1.1\r\nHost: docker\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    until(&mut stream, "first").await;
    drop(stream);
    proxied.engine.ended().await;
}

#[tokio::test]
async fn a_call_that_waits_ends_with_the_client() {
    let mut proxied = Proxied::start(OPEN, |_| Reaction::Hold(String::new()));
    let mut stream = proxied.connect().await;
    let request = b"POST /v1.51/containers/prune HTTP/1.1\r\nHost: docker\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    while proxied.engine.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(stream);
    proxied.engine.ended().await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_does_not_look_whole() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    let proxied = Proxied::start(OBSERVE, move |_| Reaction::Last(head.to_owned()));
    let answer = proxied.ask("GET /v1.51/events", "", "").await;
    assert!(answer.contains("first") && !answer.contains("\r\n0\r\n"), "{answer}");
    let lost = Proxied::start(OPEN, |_| Reaction::Last(String::new()));
    let answer = lost.ask("POST /v1.51/containers/create", JSON, "{}").await;
    assert!(status(&answer) == 502 && answer.contains("ended the connection before"), "{answer}");
    assert_eq!(lost.engine.seen().len(), 1, "a request that may have been read is not sent again");
}

#[tokio::test]
async fn values_of_the_environment_are_hidden_where_the_policy_says_so() {
    let answer = "{\"Config\":{\"Env\":[\"TOKEN=secret\"],\"Labels\":{}}}";
    for (policy, is_hidden) in [(OBSERVE, true), (OPEN, false)] {
        let proxied = Proxied::start(policy, move |_| json(200, answer));
        let answer = proxied.ask("GET /v1.51/containers/a/json", "", "").await;
        assert_eq!((status(&answer), answer.contains("secret")), (200, !is_hidden), "{answer}");
    }
}
