//! Engines that die in the middle of a stream: an error at once, and the next call works.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dockwright::models::ExecStartRequest;
use dockwright::options::SystemEventsOptions;
use dockwright::{Engine, Error};
use tokio::sync::Notify;

use crate::peer::{CHUNKED, Caller, Peer, answer};
use crate::{logs, soon};

/// The time after its cause in which an error must come. It comes at once; the rest is the machine's.
const SOON: Duration = Duration::from_secs(1);

/// The ways in which an engine can end, seen from here.
#[derive(Debug, Clone, Copy)]
enum End {
    Closed,
    Reset,
}

/// A peer that begins the answer to a call with `head` and `piece`, and ends on request. It answers lists.
async fn dying(head: &'static str, piece: &'static [u8], end: End, told: &Arc<Notify>) -> Peer {
    let told = told.clone();
    Peer::tcp(move |mut caller: Caller| {
        let told = told.clone();
        async move {
            while let Some(call) = caller.call().await {
                if call.starts_with("GET /v1.51/containers/json") {
                    caller.send(answer("200 OK", "[]")).await;
                    continue;
                }
                caller.send(head).await;
                caller.send(piece).await;
                told.notified().await;
                return match end {
                    End::Closed => drop(caller),
                    End::Reset => caller.reset(),
                };
            }
        }
    })
    .await
}

/// Reads one item of a stream, lets the peer die, and returns the next; a call after it must work.
macro_rules! dies {
    ($end:expr, $head:expr, $piece:expr, $open:expr) => {{
        let told = Arc::new(Notify::new());
        let peer = dying($head, $piece, $end, &told).await;
        let engine = peer.engine();
        let mut stream = $open(&engine).await;
        soon(stream.next()).await.unwrap().unwrap();
        let before = peer.connections.load(Ordering::Relaxed);
        told.notify_one();
        let end = tokio::time::timeout(SOON, stream.next()).await.expect("it ends within a second");
        assert!(engine.container_list(&Default::default()).await.unwrap().is_empty());
        assert!(peer.connections.load(Ordering::Relaxed) <= before + 1);
        end.map(|end| end.map(|_| ()))
    }};
}

const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

async fn exec(engine: &Engine) -> dockwright::LogStream {
    engine.exec_start("e1", &ExecStartRequest::default()).await.unwrap().into_output()
}

fn assert_interrupted(end: Option<Result<(), Error>>, what: &str, how: End) {
    assert!(matches!(end, Some(Err(Error::Interrupted { .. }))), "{what}, {how:?}: {end:?}");
}

#[tokio::test]
async fn values_end_with_an_error_when_the_engine_dies() {
    for end in [End::Closed, End::Reset] {
        let open = async |engine: &Engine| engine.system_events(&SystemEventsOptions::default()).await.unwrap();
        assert_interrupted(dies!(end, CHUNKED, b"f\r\n{\"Action\":\"a\"}\n\r\n", open), "between chunks", end);
        assert_interrupted(dies!(end, CHUNKED, b"11\r\n{\"Action\":\"a\"}\n{", open), "in a value", end);
    }
}

#[tokio::test]
async fn output_ends_with_an_error_when_the_engine_dies() {
    for end in [End::Closed, End::Reset] {
        let open = async |engine: &Engine| logs(engine).await.unwrap();
        assert_interrupted(dies!(end, CHUNKED, b"9\r\n\x01\0\0\0\0\0\0\x01a\r\n", open), "between chunks", end);
        assert_interrupted(dies!(end, CHUNKED, b"9\r\n\x01\0\0\0\0\0\0\x02a\r\n", open), "in a frame", end);
    }
}

#[tokio::test]
async fn an_archive_ends_with_an_error_when_the_engine_dies() {
    for end in [End::Closed, End::Reset] {
        let open = async |engine: &Engine| engine.container_export("web").await.unwrap();
        assert_interrupted(dies!(end, CHUNKED, b"3\r\ntar\r\n", open), "an archive", end);
    }
}

#[tokio::test]
async fn a_connection_to_a_process_ends_with_an_error_when_the_engine_dies_inside_a_frame() {
    for end in [End::Closed, End::Reset] {
        assert_interrupted(dies!(end, UPGRADED, b"\x01\0\0\0\0\0\0\x02a", exec), "in a frame", end);
    }
    assert_interrupted(dies!(End::Reset, UPGRADED, b"\x01\0\0\0\0\0\0\x01a", exec), "between frames", End::Reset);
}

#[tokio::test]
async fn between_frames_a_closed_connection_looks_like_the_end_of_the_process() {
    let end = dies!(End::Closed, UPGRADED, b"\x01\0\0\0\0\0\0\x01a", exec);
    assert!(end.is_none(), "{end:?}");
}
