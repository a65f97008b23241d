//! Connections whose protocol the engine has switched.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::engine::{Reaction, json};
use crate::proxied::{OPEN, Proxied, rest, status, until};

const SWITCH: &str = "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n\
                      Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const ATTACH: &str = "POST /v1.51/containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: docker\r\n\
                      Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

#[tokio::test]
async fn bytes_pass_both_ways_and_each_side_ends_by_itself() {
    let proxied = Proxied::start(OPEN, |_| Reaction::Echo(format!("{SWITCH}hello ")));
    let mut stream = proxied.connect().await;
    stream.write_all(ATTACH.as_bytes()).await.unwrap();
    let head = until(&mut stream, "hello ").await;
    assert_eq!(status(&head), 101, "{head}");
    assert!(head.to_lowercase().contains("upgrade: tcp"), "{head}");
    stream.write_all(b"GET /v1.51/evil HTTP/1.1\r\n\r\n").await.unwrap();
    until(&mut stream, "evil HTTP/1.1\r\n\r\n").await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, "bye");
    let seen = proxied.engine.seen();
    assert_eq!((seen.len(), seen[0].header("upgrade")), (1, Some("tcp")));
}

#[tokio::test]
async fn input_that_comes_with_the_request_is_input() {
    let proxied = Proxied::start(OPEN, |_| Reaction::Echo(SWITCH.to_owned()));
    let mut stream = proxied.connect().await;
    let start = "POST /v1.51/exec/a/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\
                 Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}early";
    stream.write_all(start.as_bytes()).await.unwrap();
    until(&mut stream, "early").await;
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, "bye");
}

#[tokio::test]
async fn a_client_that_breaks_off_ends_the_engines_side_and_the_other_way_round() {
    let mut proxied = Proxied::start(OPEN, |_| Reaction::Echo(format!("{SWITCH}hello ")));
    let mut stream = proxied.connect().await;
    stream.write_all(ATTACH.as_bytes()).await.unwrap();
    until(&mut stream, "hello ").await;
    drop(stream);
    proxied.engine.ended().await;

    let proxied = Proxied::start(OPEN, |_| Reaction::Last(format!("{SWITCH}last words")));
    let mut stream = proxied.connect().await;
    stream.write_all(ATTACH.as_bytes()).await.unwrap();
    until(&mut stream, "last words").await;
    // The client holds its own side open, and hears of the end.
    assert_eq!(rest(&mut stream).await, "");
    tokio::time::sleep(Duration::from_secs(6)).await;
    let written = async {
        stream.write_all(b"x").await?;
        stream.write_all(b"x").await
    };
    assert!(written.await.is_err(), "the connection is closed after a while");
}

#[tokio::test]
async fn a_refused_switch_is_an_answer_like_any_other() {
    let proxied = Proxied::start(OPEN, |_| json(409, "{\"message\":\"not running\"}"));
    let mut stream = proxied.connect().await;
    stream.write_all(ATTACH.as_bytes()).await.unwrap();
    let answer = until(&mut stream, "}").await;
    assert!(status(&answer) == 409 && answer.contains("not running"), "{answer}");
}

#[tokio::test]
async fn a_client_that_asks_for_no_switch_gets_the_output_alone() {
    let proxied = Proxied::start(OPEN, |_| Reaction::Echo(format!("{SWITCH}output ")));
    let answer = proxied.ask("POST /v1.51/containers/a/attach?stream=1&stdout=1", "", "").await;
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.contains("output ") && answer.contains("bye"), "{answer}");
}

#[tokio::test]
async fn a_websocket_is_one_only_with_its_whole_handshake() {
    let switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let proxied = Proxied::start(OPEN, move |_| Reaction::Echo(switch.to_owned()));
    let line = "GET /v1.51/containers/a/attach/ws?stream=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n\
                Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    let answer = proxied.send(format!("{line}\r\n")).await;
    assert_eq!(status(&answer), 400, "{answer}");
    let mut stream = proxied.connect().await;
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    stream.write_all(format!("{line}{key}\r\nSec-WebSocket-Protocol: evil\r\n\r\n").as_bytes()).await.unwrap();
    let head = until(&mut stream, "\r\n\r\n").await.to_lowercase();
    assert!(head.contains("101") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    stream.write_all(&[0x81, 0x80, 1, 2, 3, 4]).await.unwrap();
    until(&mut stream, "\u{4}").await;
    let seen = proxied.engine.seen();
    assert_eq!((seen.len(), seen[0].header("sec-websocket-protocol")), (1, None));
}
