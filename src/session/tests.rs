//! Calls as an engine makes them, over a connection in memory.

mod streams;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::methods::{HEALTH, LOGIN, SECRET};
use super::*;
use crate::body::Body;
use crate::credentials::Login;
use crate::grpc::frame;
use crate::protobuf::Message;

type Client = http2::SendRequest<Body>;

/// An engine on the other end of a session.
async fn engine(session: Session) -> (Client, OpenSession) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let open = session.start(near);
    let (client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(far)).await.unwrap();
    tokio::spawn(connection);
    (client, open)
}

/// Calls a method. The first message of the answer without its prefix, and the end.
async fn call(client: &mut Client, method: &str, message: &[u8]) -> (Bytes, HeaderMap) {
    let body = Body::from(frame(message));
    let call = Request::post(format!("http://localhost{method}")).body(body).unwrap();
    let answer = client.send_request(call).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/grpc");
    let headers = answer.headers().clone();
    let body = answer.into_body().collect().await.unwrap();
    let end = body.trailers().cloned().unwrap_or(headers);
    let mut bytes = body.to_bytes();
    (if bytes.len() >= 5 { bytes.split_off(5) } else { bytes }, end)
}

fn question(text: &str) -> Bytes {
    Message::default().bytes(1, text.as_bytes()).finish()
}

#[tokio::test]
async fn a_secret_is_given_by_its_id_and_an_unknown_one_is_not_found() {
    let (mut client, _open) = engine(Session::new("a").secret("npm", Secret::bytes("hunter2"))).await;
    let (answer, end) = call(&mut client, HEALTH, b"").await;
    assert_eq!((&answer[..], &end["grpc-status"]), (&b"\x08\x01"[..], &"0".parse().unwrap()));
    let (answer, end) = call(&mut client, SECRET, &question("npm")).await;
    assert_eq!((&answer[..], &end["grpc-status"]), (&b"\x0a\x07hunter2"[..], &"0".parse().unwrap()));
    let (answer, end) = call(&mut client, SECRET, &question("other")).await;
    assert_eq!((answer.len(), &end["grpc-status"]), (0, &"5".parse().unwrap()));
    let (_, end) = call(&mut client, LOGIN, &question("a:1")).await;
    assert_eq!(end["grpc-status"], "12", "no logins were given");
    let (_, end) = call(&mut client, SECRET, b"\x0a\x7f").await;
    assert_eq!(end["grpc-status"], "3");
}

#[tokio::test]
async fn each_registry_gets_its_own_login() {
    let logins = Credentials::none()
        .with_login("docker.io", Login::password("ada", "hub"))
        .with_login("a:1", Login::identity_token("token"));
    let session = Session::new("a").credentials(logins);
    assert_eq!(session.methods(), [HEALTH, LOGIN]);
    let (mut client, _open) = engine(session).await;
    for (host, login) in
        [("registry-1.docker.io", &b"\x0a\x03ada\x12\x03hub"[..]), ("a:1", b"\x12\x05token"), ("b:2", b"")]
    {
        assert_eq!(call(&mut client, LOGIN, &question(host)).await.0, login, "{host}");
    }
}

#[tokio::test]
async fn a_session_that_is_dropped_closes_its_connection() {
    let (mut client, open) = engine(Session::new("a")).await;
    call(&mut client, HEALTH, b"").await;
    drop(open);
    tokio::time::timeout(std::time::Duration::from_secs(5), async {
        while client.ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_secret_that_cannot_be_read_is_known_before_the_build() {
    let large = Secret::bytes(vec![0; 512_001]);
    for (secret, problem) in [
        (Secret::file("/no/such"), "/no/such: No such file"),
        (Secret::env("DOCKWRIGHT_NO_SUCH"), "no variable DOCKWRIGHT_NO_SUCH"),
        (large, "more than 512000 bytes"),
    ] {
        let session = Session::new("a").secret("id", secret);
        assert!(!format!("{session:?}").contains(session.id()));
        let error = session.check().await.unwrap_err().to_string();
        assert!(error.contains("`id`") && error.contains(problem), "{error}");
    }
}
