//! Websockets, byte by byte: their handshake, their messages and their end.

use dockwright::options::ContainerAttachWebsocketOptions;
use dockwright::{Duplex, Engine, Error};
use tokio::io::AsyncReadExt;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::peer::{Caller, Peer, Then, answer};
use crate::soon;

/// Kinds of frames (RFC 6455 section 5.2), and the bit of the last one of a message.
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const LAST: u8 = 0x80;

async fn attach(engine: &Engine) -> Result<Duplex, Error> {
    engine.container_attach_websocket("web", &ContainerAttachWebsocketOptions::default()).await
}

/// Agrees to speak websocket.
async fn agree(caller: &mut Caller) {
    let request = caller.request().await.unwrap();
    let key = request.lines().find_map(|line| line.strip_prefix("sec-websocket-key: ")).unwrap();
    caller.send(agreement(&derive_accept_key(key.as_bytes()))).await;
}

fn agreement(accept: &str) -> String {
    let head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket";
    format!("{head}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n")
}

/// A frame as engines send them: short, and not masked.
fn frame(kind: u8, payload: &str) -> Vec<u8> {
    [&[kind, u8::try_from(payload.len()).unwrap()], payload.as_bytes()].concat()
}

/// The next frame of the client, which is short and masked.
async fn received(caller: &mut Caller) -> (u8, Vec<u8>) {
    let header: [u8; 6] = caller.read(6).await.unwrap().try_into().unwrap();
    let [kind, length, mask @ ..] = header;
    assert!((0x80..0x80 + 126).contains(&length), "{length:#x}");
    let payload = caller.read((length - 0x80).into()).await.unwrap();
    (kind, payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect())
}

#[tokio::test]
async fn an_answer_to_another_key_is_refused() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(agreement("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")).await;
        caller.stay().await;
    });
    let error = attach(&peer.engine()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "container_attach_websocket: unexpected answer: the engine does not agree to speak websocket"
    );
    soon(peer.closed.recv()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_one_and_an_answer_without_agreement_is_none() {
    let peer = Peer::new(answer("404 Not Found", r#"{"message":"no such container"}"#), Then::Stay);
    assert!(attach(&peer.engine()).await.unwrap_err().is_not_found());
    let peer = Peer::new(answer("200 OK", "hello"), Then::Stay);
    let error = attach(&peer.engine()).await.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error:?}");
}

#[tokio::test]
async fn messages_come_as_bytes_whole_or_in_fragments() {
    let peer = Peer::unix(async |mut caller| {
        agree(&mut caller).await;
        caller.send(frame(LAST | BINARY, "one ")).await;
        caller.send(frame(BINARY, "tw")).await;
        caller.send(frame(CONTINUATION, "o")).await;
        caller.send(frame(LAST | CONTINUATION, " ")).await;
        caller.send(frame(LAST | TEXT, "three")).await;
        caller.send(frame(LAST | CLOSE, "")).await;
        assert_eq!(received(&mut caller).await.0, LAST | CLOSE);
    });
    let mut connection = attach(&peer.engine()).await.unwrap();
    let mut text = String::new();
    soon(connection.read_to_string(&mut text)).await.unwrap();
    assert_eq!(text, "one two three");
}

#[tokio::test]
async fn a_ping_is_answered_while_output_is_read() {
    let peer = Peer::unix(async |mut caller| {
        agree(&mut caller).await;
        caller.send(frame(LAST | PING, "still there?")).await;
        assert_eq!(received(&mut caller).await, (LAST | PONG, b"still there?".to_vec()));
        caller.send(frame(LAST | BINARY, "answered")).await;
        caller.stay().await;
    });
    let (_stdin, mut output) = attach(&peer.engine()).await.unwrap().split();
    assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "answered");
}

#[tokio::test]
async fn output_comes_as_messages_and_a_close_at_the_end() {
    let peer = Peer::unix(async |mut caller| {
        agree(&mut caller).await;
        let (kind, payload) = received(&mut caller).await;
        assert_eq!(received(&mut caller).await, (LAST | CLOSE, Vec::new()));
        let text = String::from_utf8(payload).unwrap();
        caller.send(frame(LAST | BINARY, &format!("{kind:#x} {text}"))).await;
        caller.send(frame(LAST | CLOSE, "")).await;
    });
    let (mut stdin, mut output) = attach(&peer.engine()).await.unwrap().split();
    stdin.write_all(b"in").await.unwrap();
    stdin.close().await.unwrap();
    assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "0x82 in");
    assert!(soon(output.next()).await.is_none());
}

#[tokio::test]
async fn a_connection_that_is_cut_without_a_close_is_an_interruption() {
    let peer = Peer::unix(async |mut caller| {
        agree(&mut caller).await;
        caller.send(frame(LAST | BINARY, "one")).await;
    });
    let (_stdin, mut output) = attach(&peer.engine()).await.unwrap().split();
    assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "one");
    let error = soon(output.next()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    assert!(output.next().await.is_none());
}

#[tokio::test]
async fn an_invalid_websocket_frame_is_an_error() {
    let peer = Peer::unix(async |mut caller| {
        agree(&mut caller).await;
        caller.send("HTTP/1.1 500 oops\r\n".repeat(10)).await;
        caller.stay().await;
    });
    let mut connection = attach(&peer.engine()).await.unwrap();
    assert!(soon(connection.read_u8()).await.is_err());
}
