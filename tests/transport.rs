//! Bytes that leave the socket and come back, against listeners that speak bytes and not HTTP: every way in which a
//! peer can misbehave, and exactly one request each time.
#![cfg(unix)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dockwright::options::{ContainerRestartOptions, ImageListOptions};
use dockwright::{Engine, Error, Limits, Phase, Version};
use tokio::net::TcpListener;

use peer::{Peer, SHORT, Then, answer, get};

#[path = "support/peer.rs"]
mod peer;

/// The header that every request has.
const AGENT: &str = concat!("user-agent: dockwright/", env!("CARGO_PKG_VERSION"), "\r\n");
const PING: &str = "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: 2\r\n\r\nOK";

#[tokio::test]
async fn the_path_leaves_byte_for_byte() {
    let mut peer = Peer::new(answer("200 OK", "[]"), Then::Stay);
    let path = "/containers/%2e%2e/a//b;c/%252e:@!$&'()*+,=~?filters=%7B%22a%22%3A%5B%5D%7D&x=%20+&y";
    peer.engine().raw(get(path)).await.unwrap().text().await.unwrap();
    assert_eq!(peer.seen(), [format!("GET /v1.51{path} HTTP/1.1\r\n{AGENT}host: docker\r\n\r\n")]);
}

#[tokio::test]
async fn a_body_leaves_with_its_length_and_as_it_is() {
    let mut peer = Peer::new(answer("201 Created", "{}"), Then::Stay);
    let request = http::Request::post("/things").header("content-type", "application/json");
    let request = request.body(Bytes::from_static(b"{\"a\": 1}\n")).unwrap();
    peer.engine().raw(request).await.unwrap().text().await.unwrap();
    let head = "POST /v1.51/things HTTP/1.1\r\ncontent-type: application/json";
    let head = format!("{head}\r\n{AGENT}host: docker\r\ncontent-length: 9");
    assert_eq!(peer.seen(), [format!("{head}\r\n\r\n{{\"a\": 1}}\n")]);
}

#[tokio::test]
async fn tcp_names_its_host() {
    let mut peer = Peer::tcp(async |mut caller| {
        caller.request().await;
        caller.send(PING).await;
    })
    .await;
    let engine = Engine::at(&peer.address).unwrap();
    assert_eq!(engine.api_version().await.unwrap(), Version { major: 1, minor: 51 });
    let host = peer.address.strip_prefix("tcp://").unwrap();
    let expected = format!("GET /_ping HTTP/1.1\r\n{AGENT}host: {host}\r\n\r\n");
    assert_eq!(peer.seen(), [expected]);
}

#[tokio::test]
async fn the_version_is_negotiated_once_for_calls_at_the_same_time() {
    let mut peer = Peer::new(PING, Then::Stay);
    let engine = peer.negotiating();
    let calls = ["/a", "/b", "/c"].map(|path| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.raw(get(path)).await.unwrap().text().await.unwrap() })
    });
    for call in calls {
        assert_eq!(call.await.unwrap(), "OK");
    }
    let mut lines = asked(&mut peer);
    assert_eq!(lines.remove(0), "GET /_ping HTTP/1.1");
    lines.sort();
    assert_eq!(lines, ["/a", "/b", "/c"].map(|path| format!("GET /v1.51{path} HTTP/1.1")));
}

/// A peer at whose address an engine of API 1.51 is, or one of 1.44 while the switch is on.
fn replaced() -> (Peer, Arc<AtomicBool>) {
    let switch = Arc::new(AtomicBool::new(false));
    let is_old = Arc::clone(&switch);
    let peer = Peer::unix(move |mut caller| {
        let is_old = Arc::clone(&is_old);
        async move {
            while let Some(request) = caller.request().await {
                let (version, spoken) =
                    if is_old.load(Ordering::SeqCst) { ("1.44", "/v1.44/") } else { ("1.51", "/v1.51/") };
                let known = request.contains(spoken) || request.contains("/_ping");
                let (status, body) = match known {
                    true => ("200 OK", "[]".to_owned()),
                    false => ("400 Bad Request", too_new(version)),
                };
                caller.send(answer(&format!("{status}\r\nApi-Version: {version}"), &body)).await;
            }
        }
    });
    (peer, switch)
}

/// The words with which an engine refuses newer versions.
fn too_new(version: &str) -> String {
    format!(r#"{{"message":"client version 1.51 is too new. Maximum supported API version is {version}"}}"#)
}

/// The first lines of all requests to the peer.
fn asked(peer: &mut Peer) -> Vec<String> {
    peer.seen().iter().map(|request| request.lines().next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn another_engine_at_the_address_is_asked_for_its_version_and_a_call_that_it_refused_is_sent_again() {
    let (mut peer, is_old) = replaced();
    let engine = peer.negotiating();
    engine.raw(get("/a")).await.unwrap().text().await.unwrap();
    assert_eq!(engine.known_api_version(), Some(Version { major: 1, minor: 51 }));
    is_old.store(true, Ordering::SeqCst);
    engine.raw(get("/b")).await.unwrap().text().await.unwrap();
    assert_eq!(engine.known_api_version(), Some(Version { major: 1, minor: 44 }));
    is_old.store(false, Ordering::SeqCst);
    // An engine that knows newer versions knows this one too; the next call uses the newest.
    let newer = engine.clone().with_api_version(Version { major: 1, minor: 51 });
    newer.raw(get("/c")).await.unwrap().text().await.unwrap();
    let expected = ["/_ping", "/v1.51/a", "/v1.51/b", "/_ping", "/v1.44/b", "/v1.51/c"];
    assert_eq!(asked(&mut peer), expected.map(|path| format!("GET {path} HTTP/1.1")));
}

#[tokio::test]
async fn a_call_that_another_engine_refused_is_judged_by_its_version_before_it_is_sent_again() {
    let (mut peer, is_old) = replaced();
    let engine = peer.negotiating();
    let options = ImageListOptions::default().manifests(true);
    engine.image_list(&options).await.unwrap();
    is_old.store(true, Ordering::SeqCst);
    let error = engine.image_list(&options).await.unwrap_err();
    assert_eq!(error.to_string(), "image_list: `manifests` needs API 1.47, and 1.44 is spoken with this engine");
    let expected = ["/_ping", "/v1.51/images/json?manifests=true", "/v1.51/images/json?manifests=true", "/_ping"];
    assert_eq!(asked(&mut peer), expected.map(|path| format!("GET {path} HTTP/1.1")));
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_final_though_the_version_changed() {
    let mut peer = Peer::unix(|mut caller| async move {
        while let Some(request) = caller.request().await {
            let answer = match request.contains("/_ping") {
                true => answer("200 OK\r\nApi-Version: 1.51", "OK"),
                false => answer("400 Bad Request\r\nApi-Version: 1.44", r#"{"message":"restarted halfway"}"#),
            };
            caller.send(&answer).await;
        }
    });
    let error = peer.negotiating().container_restart("web", &ContainerRestartOptions::default()).await.unwrap_err();
    assert!(error.to_string().ends_with("restarted halfway"), "{error}");
    assert_eq!(asked(&mut peer), ["GET /_ping HTTP/1.1", "POST /v1.51/containers/web/restart HTTP/1.1"]);
}

#[tokio::test]
async fn the_newest_version_that_both_know_is_used() {
    for (engine, expected) in [("1.41", Some("1.41")), ("1.99", Some(dockwright::API_VERSION)), ("1.40", None)] {
        let ping = format!("200 OK\r\nApi-Version: {engine}");
        let peer = Peer::new(answer(&ping, "OK"), Then::Stay);
        match (peer.negotiating().api_version().await, expected) {
            (Ok(version), Some(expected)) => assert_eq!(version.to_string(), expected),
            (Err(error @ Error::TooOld { .. }), None) => {
                let text = error.to_string();
                assert!(text.contains(engine) && text.contains("1.41") && text.contains("unix:///"), "{text}");
            }
            (other, _) => panic!("{engine}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_failed_negotiation_is_not_remembered() {
    let peer = Peer::new(PING, Then::Stay);
    let elsewhere = peer.socket.with_extension("moved");
    std::fs::rename(&peer.socket, &elsewhere).unwrap();
    let engine = peer.negotiating();
    assert!(engine.api_version().await.unwrap_err().is_unreachable());
    std::fs::rename(&elsewhere, &peer.socket).unwrap();
    assert!(engine.api_version().await.is_ok());
}

#[tokio::test]
async fn a_server_that_is_no_engine_is_not_taken_for_one() {
    let peer = Peer::new(answer("200 OK", "hello"), Then::Stay);
    let error = peer.negotiating().raw(get("/a")).await.unwrap_err();
    assert!(matches!(error, Error::NoEngine { .. }) && error.to_string().contains("another HTTP server"), "{error}");
}

#[tokio::test]
async fn a_missing_socket_is_named() {
    let engine = Engine::at("unix:///nowhere/docker.sock").unwrap();
    let error = engine.raw(get("/a")).await.unwrap_err();
    assert!(error.is_unreachable() && error.is_retryable());
    let text = error.to_string();
    assert!(text.starts_with("cannot reach the engine at unix:///nowhere/docker.sock: No such file"), "{text}");
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = Engine::at(&format!("tcp://127.0.0.1:{port}")).unwrap().raw(get("/a")).await.unwrap_err();
    assert!(error.is_unreachable(), "{error:?}");
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let mut peer = Peer::new(answer("200 OK", "[]"), Then::Stay);
    let engine = peer.engine();
    for _ in 0..3 {
        engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
        // The connection returns to the pool in a task of its own.
        tokio::task::yield_now().await;
    }
    assert_eq!((peer.seen().len(), peer.connections.load(Ordering::Relaxed)), (3, 1));
}

#[tokio::test]
async fn a_request_on_a_new_connection_is_never_sent_again() {
    let mut peer = Peer::new("", Then::Close);
    let error = peer.engine().raw(get("/a")).await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { operation: "raw", .. }), "{error:?}");
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test]
async fn every_request_carries_the_headers_of_the_engine_below_its_base_path() {
    let mut peer = Peer::tcp(async |mut caller| {
        while caller.request().await.is_some() {
            caller.send(PING).await;
        }
    })
    .await;
    let (name, value) = (http::HeaderName::from_static("x-meta"), http::HeaderValue::from_static("1"));
    let engine = Engine::at(&format!("{}/api/endpoints/1/docker/", peer.address)).unwrap();
    engine.with_header(name, value).raw(get("/a")).await.unwrap().text().await.unwrap();
    let seen = peer.seen();
    for (request, path) in seen.iter().zip(["/_ping", "/v1.51/a"]) {
        assert!(request.starts_with(&format!("GET /api/endpoints/1/docker{path} HTTP/1.1\r\n")), "{request}");
        assert!(request.contains("x-meta: 1\r\n") && request.contains("user-agent: dockwright/"), "{request}");
    }
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn an_abstract_socket_is_reached_by_its_name() {
    let name = format!("dockwright-{}", std::process::id());
    let listener = tokio::net::UnixListener::bind(format!("\0{name}")).unwrap();
    let answered = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_buf(&mut Vec::with_capacity(4096)).await.unwrap();
        stream.write_all(PING.as_bytes()).await.unwrap();
    });
    let engine = Engine::at(&format!("unix://@{name}")).unwrap();
    assert_eq!(engine.api_version().await.unwrap(), Version { major: 1, minor: 51 });
    answered.await.unwrap();
}

#[tokio::test]
async fn a_stale_connection_is_replaced_without_the_caller_noticing() {
    let mut peer = Peer::new(answer("200 OK", "[]"), Then::Close);
    let engine = peer.engine();
    for _ in 0..20 {
        engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
        // Long enough for the peer to close, which it does without a word.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(peer.seen().len(), 20);
}

#[tokio::test]
async fn garbage_is_not_http() {
    let mut peer = Peer::new("SSH-2.0-OpenSSH_9.6\r\n\r\n", Then::Close);
    let error = peer.engine().raw(get("/a")).await.unwrap_err();
    assert!(error.to_string().starts_with("raw: unexpected answer: not HTTP"), "{error}");
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test]
async fn a_body_that_ends_early_is_an_interruption() {
    let peer = Peer::new("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2", Then::Close);
    let error = peer.engine().raw(get("/a")).await.unwrap().json::<serde_json::Value>().await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }) && error.is_retryable(), "{error:?}");
    let peer = Peer::new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n", Then::Close);
    let error = peer.engine().raw(get("/a")).await.unwrap().bytes().await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
}

#[tokio::test]
async fn a_peer_that_never_answers_is_left_after_the_limit() {
    let mut peer = Peer::new("", Then::Stay);
    let error = peer.impatient().raw(get("/a")).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, limit: SHORT, .. }), "{error:?}");
    assert_eq!(error.to_string(), "raw: no answer within 150ms");
    peer.closed.recv().await.unwrap();
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test]
async fn a_peer_that_stops_in_the_body_is_left_after_the_limit() {
    let mut peer = Peer::new("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2", Then::Stay);
    let error = peer.impatient().raw(get("/a")).await.unwrap().text().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::Idle, .. }), "{error:?}");
    peer.closed.recv().await.unwrap();
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    let mut peer = Peer::new("", Then::Stay);
    let engine = peer.engine();
    let call = tokio::spawn(async move { engine.raw(get("/a")).await.map(|_| ()) });
    peer.requests.recv().await.unwrap();
    call.abort();
    peer.closed.recv().await.unwrap();
}

#[tokio::test]
async fn dropping_an_answer_closes_its_connection() {
    let mut peer = Peer::new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", Then::Stay);
    let mut reply = peer.engine().raw(get("/a")).await.unwrap();
    assert_eq!(reply.chunk().await.unwrap().unwrap(), "a");
    drop(reply);
    peer.closed.recv().await.unwrap();
}

#[tokio::test]
async fn an_answer_beyond_the_limit_of_bytes_is_left() {
    let mut peer =
        Peer::new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n", Then::Stay);
    let engine = peer.engine().with_limits(Limits::default().answer_bytes(9));
    let error = engine.raw(get("/a")).await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.to_string(), "raw: the answer is larger than 9 bytes");
    peer.closed.recv().await.unwrap();
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_where_it_pointed() {
    let mut peer =
        Peer::new("HTTP/1.1 301 Moved Permanently\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", Then::Stay);
    let error = peer.engine().raw(get("/a?secret=1")).await.unwrap_err();
    assert_eq!(error.to_string(), "raw: 301: redirected to /elsewhere, which is not followed");
    assert!(matches!(error, Error::Api { endpoint, .. } if endpoint == "GET /a"));
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test]
async fn a_refusal_to_head_has_no_body_and_is_understood() {
    let head = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n";
    let peer = Peer::new(head, Then::Stay);
    let request = http::Request::head("/a").body(Bytes::new()).unwrap();
    let error = peer.engine().raw(request).await.unwrap_err();
    assert_eq!(error.to_string(), "raw: 404: Not Found");
}

#[tokio::test]
async fn a_refusal_that_stops_in_its_body_still_has_its_status() {
    let peer = Peer::new("HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\nname in use", Then::Stay);
    let error = peer.impatient().raw(get("/a")).await.unwrap_err();
    assert!(error.is_conflict() && error.to_string() == "raw: 409: name in use", "{error}");
}

#[tokio::test]
async fn a_connection_that_does_not_open_in_time_is_unreachable() {
    // An address of a network that exists only in documentation (RFC 5737): nothing answers, or no route leads there.
    let limits = Limits::default().connect(SHORT);
    let engine = Engine::at("tcp://192.0.2.1:2375").unwrap().with_limits(limits);
    assert!(engine.raw(get("/a")).await.unwrap_err().is_unreachable());
}

#[tokio::test]
async fn only_a_path_can_be_asked_raw() {
    let peer = Peer::new(PING, Then::Stay);
    for uri in ["http://elsewhere/a", "*"] {
        let error = peer.engine().raw(get(uri)).await.unwrap_err();
        assert!(matches!(error, Error::Argument { .. }), "{uri}: {error:?}");
    }
}
