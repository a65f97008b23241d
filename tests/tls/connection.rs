//! Traffic over an encrypted connection: several requests, streams, and both directions apart.

use dockwright::models::ExecStartRequest;
use dockwright::options::ContainerLogsOptions;
use dockwright::{Engine, Error, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::rustls::ALL_VERSIONS;

use crate::certificates::{Authority, folder};
use crate::peer::{self, CHUNKED, Caller, END, Peer, get};
use crate::{answering, config, soon};

const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/// A peer that serves each connection so, and an engine that trusts it.
async fn both<Served: Future<Output = ()> + Send>(
    serve: impl Fn(Caller) -> Served + Clone + Send + Sync + 'static,
) -> (Peer, Engine) {
    let authority = Authority::new();
    let peer = Peer::tls(config(&authority.server(&["127.0.0.1"]), None, ALL_VERSIONS), serve).await;
    let tls = Tls::from_folder(folder(Some(&authority), None).path()).unwrap();
    let engine = peer::engine(&peer.address).with_tls(tls);
    (peer, engine)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let authority = Authority::new();
    let mut peer = answering(&authority.server(&["127.0.0.1"])).await;
    let tls = Tls::from_folder(folder(Some(&authority), None).path()).unwrap();
    let engine = peer::engine(&peer.address).with_tls(tls);
    for _ in 0..3 {
        engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!((peer.seen().len(), peer.connections.load(std::sync::atomic::Ordering::Relaxed)), (3, 1));
}

#[tokio::test]
async fn closing_stdin_leaves_output_open() {
    let (_peer, engine) = both(async |mut caller: Caller| {
        caller.request().await;
        caller.send(UPGRADED).await;
        let input = caller.rest().await;
        caller.send([b"got ", &input[..]].concat()).await;
        caller.end().await;
    })
    .await;
    let mut connection = engine.exec_start("e1", &ExecStartRequest::default()).await.unwrap();
    connection.write_all(b"in").await.unwrap();
    connection.shutdown().await.unwrap();
    let mut output = String::new();
    soon(connection.read_to_string(&mut output)).await.unwrap();
    assert_eq!(output, "got in");
}

#[tokio::test]
async fn the_chunks_of_logs_are_joined() {
    let (_peer, engine) = both(async |mut caller: Caller| {
        if caller.call().await.is_none() {
            return;
        }
        caller.send(CHUNKED).await;
        for line in ["one\n", "two\n", "three\n"] {
            let length = u8::try_from(line.len()).unwrap();
            caller.chunk([&[1, 0, 0, 0, 0, 0, 0, length], line.as_bytes()].concat()).await;
        }
        caller.send(END).await;
        caller.end().await;
    })
    .await;
    let options = ContainerLogsOptions::default().stdout(true);
    let mut output = soon(engine.container_logs("web", &options)).await.unwrap();
    let mut text = String::new();
    while let Some(piece) = soon(output.next()).await {
        text += std::str::from_utf8(&piece.unwrap().bytes).unwrap();
    }
    assert_eq!(text, "one\ntwo\nthree\n");
}

#[tokio::test]
async fn an_end_without_a_word_is_told_from_one_that_was_meant() {
    for meant in [true, false] {
        let (_peer, engine) = both(move |mut caller: Caller| async move {
            caller.request().await;
            caller.send("HTTP/1.1 200 OK\r\n\r\nhalf of it").await;
            if meant {
                caller.end().await;
            }
        })
        .await;
        let text = soon(engine.raw(get("/a")).await.unwrap().text()).await;
        match text {
            Ok(text) => assert!(meant && text == "half of it"),
            Err(error) => {
                assert!(!meant && matches!(error, Error::Interrupted { .. }));
                let expected = "raw: the connection was lost: it ended abruptly, as when the engine dies";
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}
