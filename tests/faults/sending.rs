//! Bodies that fail, lie about their length, or are refused before they are sent: never sent twice, never taken for
//! whole.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dockwright::options::ImageLoadOptions;
use dockwright::{Body, Engine, Error};
use tokio::sync::mpsc;

use crate::peer::{Caller, END, Peer, answer, get};
use crate::soon;

async fn load(engine: &Engine, body: Body) -> Result<(), Error> {
    engine.image_load(body, &ImageLoadOptions::default()).await.map(drop)
}

/// As much as there is room for, and more.
fn endless() -> Body {
    Body::reader(tokio::io::repeat(b'x'))
}

/// Refuses after a little of the body, in two packets, without reading the rest.
async fn refuse_early(mut caller: Caller) {
    caller.head().await;
    caller.read(1024).await;
    let refusal = answer("404 Not Found", r#"{"message":"no such thing"}"#);
    let (head, body) = refusal.split_at(refusal.len() - 10);
    caller.send(head).await;
    caller.send(body).await;
}

/// On several threads, where the peer can close between the client's looking for an answer and its next write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_while_the_body_is_sent_is_what_the_call_returns() {
    for peer in [Peer::unix(refuse_early), Peer::tcp(refuse_early).await] {
        let engine = peer.engine();
        for _ in 0..300 {
            let error = soon(load(&engine, endless())).await.unwrap_err();
            assert_eq!(error.to_string(), "image_load: 404: no such thing");
        }
        assert_eq!(peer.connections.load(Ordering::Relaxed), 300);
    }
}

/// Reads a little of the body and closes.
async fn close_early(mut caller: Caller) {
    caller.head().await;
    caller.read(1024).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_while_the_body_is_sent_is_an_interruption() {
    for peer in [Peer::unix(close_early), Peer::tcp(close_early).await] {
        let error = soon(load(&peer.engine(), endless())).await.unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_of_which_a_part_was_read_is_never_sent_again() {
    // On a connection that was used before, where a request that was not yet written is sent on another one.
    let peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(answer("200 OK", "[]")).await;
        caller.head().await;
        caller.read(1024).await;
    });
    let engine = peer.engine();
    let begun = Arc::new(AtomicUsize::new(0));
    for round in 1..=20 {
        engine.raw(get("/a")).await.unwrap().bytes().await.unwrap();
        tokio::task::yield_now().await;
        let begun_again = begun.clone();
        let body = Body::writer(move |out| {
            begun_again.fetch_add(1, Ordering::Relaxed);
            (0..10_000).try_for_each(|_| out.write_all(&[0; 1000]))
        });
        let error = soon(load(&engine, body)).await.unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
        assert_eq!((peer.connections.load(Ordering::Relaxed), begun.load(Ordering::Relaxed)), (round, round));
    }
}

/// A peer that reports the beginning of a request, and then all of its bytes.
fn receiving() -> (Peer, mpsc::UnboundedReceiver<Vec<u8>>) {
    let (sender, received) = mpsc::unbounded_channel();
    let peer = Peer::unix(move |mut caller: Caller| {
        let sender = sender.clone();
        async move {
            let mut begin = caller.head().await.unwrap().into_bytes();
            begin.extend(caller.read(1000).await.unwrap());
            sender.send(begin).unwrap();
            sender.send(caller.rest().await).unwrap();
        }
    });
    (peer, received)
}

/// A body of which much is written before it ends as the sender says.
fn ending() -> (std::sync::mpsc::Sender<io::Result<()>>, Body) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let body = Body::writer(move |out| {
        out.write_all(&[b'x'; 100_000])?;
        receiver.recv().expect("the test says how it ends")
    });
    (sender, body)
}

#[tokio::test]
async fn a_body_that_fails_ends_the_call_and_the_request_does_not_look_whole() {
    let (peer, mut received) = receiving();
    let (end, body) = ending();
    let engine = peer.engine();
    let call = tokio::spawn(async move { load(&engine, body).await });
    soon(received.recv()).await.unwrap();
    end.send(Err(io::Error::other("the disk is gone"))).unwrap();
    let error = soon(call).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Body { .. }), "{error:?}");
    assert_eq!(error.to_string(), "image_load: the body could not be sent: the disk is gone");
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<io::Error>());
    assert_eq!(cause.map(ToString::to_string).as_deref(), Some("the disk is gone"), "the error of its own stream");
    let rest = soon(received.recv()).await.unwrap();
    assert!(!rest.ends_with(END), "{}", rest.escape_ascii());
}

#[tokio::test]
async fn a_body_that_is_shorter_than_announced_ends_the_call() {
    let (peer, mut received) = receiving();
    let (end, body) = ending();
    let engine = peer.engine();
    let call = tokio::spawn(async move { load(&engine, body.with_length(100_006)).await });
    let begin = soon(received.recv()).await.unwrap();
    assert!(String::from_utf8(begin).unwrap().contains("content-length: 100006\r\n"));
    end.send(Ok(())).unwrap();
    let error = soon(call).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Body { .. }), "{error:?}");
    assert!(error.to_string().ends_with("expected 6 more bytes"), "{error}");
    assert!(soon(received.recv()).await.unwrap().len() <= 99_000);
}

#[tokio::test]
async fn the_rest_of_a_body_beyond_its_announced_length_is_not_sent() {
    for pieces in [&["0123456789abc"][..], &["01234", "56789", "abc"]] {
        let mut peer = Peer::unix(async |mut caller| {
            caller.request().await;
            caller.send(answer("200 OK", "{}")).await;
            assert!(caller.rest().await.is_empty());
            caller.stay().await;
        });
        let written = Body::writer(|out| {
            pieces.iter().try_for_each(|piece| {
                out.write_all(piece.as_bytes())?;
                out.flush()
            })
        });
        let engine = peer.engine();
        soon(load(&engine, written.with_length(10))).await.unwrap();
        assert!(soon(peer.requests.recv()).await.unwrap().ends_with("\r\n\r\n0123456789"));
        drop(engine);
        soon(peer.closed.recv()).await.unwrap();
    }
}
