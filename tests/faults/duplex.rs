//! Connections that the engine gives up to both sides, and those that it does not.

use std::sync::Arc;

use dockwright::models::ExecStartRequest;
use dockwright::options::ContainerAttachOptions;
use dockwright::{Duplex, Engine, Error, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};

use crate::peer::{Caller, Peer, answer};
use crate::{frame, soon};

const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

async fn exec(engine: &Engine) -> Result<Duplex, Error> {
    // Without the flag, the exec would be asked first.
    engine.exec_start("e1", &ExecStartRequest::default().tty(false)).await
}

#[tokio::test]
async fn a_start_that_does_not_say_if_there_is_a_terminal_asks_and_says_so() {
    for (tty, detach, expected) in
        [(true, false, Some(Source::Terminal)), (false, false, Some(Source::Stdout)), (true, true, None)]
    {
        let engine = Engine::canned(move |request| match request.uri().path() {
            "/exec/e1/json" => http::Response::new(format!(r#"{{"ProcessConfig":{{"tty":{tty}}}}}"#).into()),
            _ => {
                let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
                assert_eq!(body["Tty"] == true, tty && !detach);
                http::Response::new(if detach { "".into() } else { frame("out").into() })
            }
        });
        let mut body = ExecStartRequest::default();
        if detach {
            body = body.detach(true);
        }
        let mut output = engine.exec_start("e1", &body).await.unwrap().into_output();
        assert_eq!(output.next().await.map(|piece| piece.unwrap().source), expected);
    }
}

/// A peer that hands its connection over, and begins with this output in the same packet.
fn upgrading(output: Vec<u8>) -> Peer {
    Peer::unix(move |mut caller: Caller| {
        let answer = [UPGRADED.as_bytes(), &output].concat();
        async move {
            caller.request().await;
            caller.send(answer).await;
            let input = caller.rest().await;
            caller.send(frame([b"got ", &input[..]].concat())).await;
        }
    })
}

#[tokio::test]
async fn output_in_the_packet_of_the_head_is_not_lost() {
    let peer = upgrading(frame("first"));
    let (_stdin, mut output) = exec(&peer.engine()).await.unwrap().split();
    let first = soon(output.next()).await.unwrap().unwrap();
    assert_eq!((first.source, &first.bytes[..]), (Source::Stdout, &b"first"[..]));
}

#[tokio::test]
async fn closing_stdin_reaches_the_peer_and_what_it_writes_after_that_arrives() {
    for tcp in [false, true] {
        let serve = async |mut caller: Caller| {
            caller.request().await;
            caller.send(UPGRADED).await;
            let input = caller.rest().await;
            caller.send(frame([b"got ", &input[..]].concat())).await;
        };
        let peer = if tcp { Peer::tcp(serve).await } else { Peer::unix(serve) };
        let (mut stdin, mut output) = exec(&peer.engine()).await.unwrap().split();
        stdin.write_all(b"in").await.unwrap();
        stdin.close().await.unwrap();
        assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "got in");
        assert!(soon(output.next()).await.is_none());
    }
}

#[tokio::test]
async fn the_bytes_can_be_read_and_written_as_they_are() {
    let peer = upgrading(Vec::new());
    let mut connection = exec(&peer.engine()).await.unwrap();
    connection.write_all(b"in").await.unwrap();
    connection.shutdown().await.unwrap();
    let mut bytes = Vec::new();
    soon(connection.read_to_end(&mut bytes)).await.unwrap();
    assert_eq!(bytes, frame("got in"));
}

#[tokio::test]
async fn a_refused_upgrade_is_a_refusal() {
    for (status, message) in [("404 Not Found", "no such exec"), ("500 Internal Server Error", "cannot attach")] {
        let peer = Peer::new(answer(status, &format!("{{\"message\":\"{message}\"}}")), crate::peer::Then::Stay);
        let error = exec(&peer.engine()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("exec_start: {}: {message}", &status[..3]));
        let error = peer.engine().container_attach("web", &ContainerAttachOptions::default()).await.unwrap_err();
        assert!(error.to_string().ends_with(&format!("{}: {message}", &status[..3])), "{error}");
    }
}

#[tokio::test]
async fn an_answer_instead_of_an_upgrade_can_be_read_and_not_written_to() {
    let text = String::from_utf8(frame("detached")).unwrap();
    let peer = Peer::new(answer("200 OK", &text), crate::peer::Then::Stay);
    let (mut stdin, mut output) = exec(&peer.engine()).await.unwrap().split();
    let error = stdin.write_all(b"in").await.unwrap_err();
    assert!(error.to_string().contains("the engine answered and kept the connection"), "{error}");
    assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "detached");
    assert!(soon(output.next()).await.is_none());
}

#[tokio::test]
async fn a_connection_is_closed_when_it_is_dropped_or_both_its_halves_are() {
    let (input_sender, mut input) = mpsc::unbounded_channel();
    let write = Arc::new(Notify::new());
    let told = write.clone();
    let mut peer = Peer::unix(move |mut caller: Caller| {
        let (input, told) = (input_sender.clone(), told.clone());
        async move {
            caller.request().await;
            caller.send(UPGRADED).await;
            tokio::select! {
                () = told.notified() => caller.send(frame("out")).await,
                bytes = caller.read(2) => drop(bytes.map(|bytes| input.send(bytes))),
            }
            caller.stay().await;
        }
    });
    let engine = peer.engine();
    drop(exec(&engine).await.unwrap());
    soon(peer.closed.recv()).await.unwrap();

    let (stdin, mut output) = exec(&engine).await.unwrap().split();
    drop(stdin);
    write.notify_one();
    assert_eq!(soon(output.next()).await.unwrap().unwrap().bytes, "out", "one half keeps it open");
    drop(output);
    soon(peer.closed.recv()).await.unwrap();

    let (mut stdin, output) = exec(&engine).await.unwrap().split();
    drop(output);
    stdin.write_all(b"in").await.unwrap();
    assert_eq!(soon(input.recv()).await.unwrap(), b"in", "and so does the other");
    drop(stdin);
    soon(peer.closed.recv()).await.unwrap();
}

#[tokio::test]
async fn writing_to_a_connection_that_is_lost_fails() {
    let peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(UPGRADED).await;
    });
    let (mut stdin, _output) = exec(&peer.engine()).await.unwrap().split();
    let write = async {
        loop {
            if let Err(error) = stdin.write_all(&[0; 1000]).await {
                return error;
            }
        }
    };
    let error = soon(write).await;
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
}

#[tokio::test]
async fn closing_the_stdin_of_a_terminal_types_the_end_and_its_output_goes_on() {
    // The first key passes on the line that has begun, the second ends the input.
    for (input, typed) in [("", "\x04"), ("one\n", "one\n\x04"), ("one\ntw", "one\ntw\x04\x04"), ("\x04", "\x04\x04")] {
        let peer = Peer::unix(async move |mut caller: Caller| {
            caller.request().await;
            caller.send(UPGRADED).await;
            let read = caller.read(typed.len()).await.unwrap_or_default();
            tokio::select! {
                _ = caller.rest() => {}
                () = tokio::time::sleep(crate::peer::SHORT) => {
                    caller.send([b"got ", &read[..]].concat()).await;
                }
            }
        });
        let body = ExecStartRequest::default().tty(true);
        let (mut stdin, mut output) = peer.engine().exec_start("e1", &body).await.unwrap().split();
        stdin.write_all(input.as_bytes()).await.unwrap();
        stdin.close().await.unwrap();
        let answer = soon(output.next()).await.expect("its output is not lost").unwrap();
        assert_eq!(answer.text(), format!("got {typed}"));
    }
}
