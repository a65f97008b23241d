//! More calls than there are connections or descriptors, and connections that are given back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use dockwright::options::SystemEventsOptions;
use dockwright::{Engine, Error, Limits};

use crate::alone::{alone, descriptors, kib};
use crate::peer::{CHUNKED, Caller, Peer, answer, engine};
use crate::{frame, logs, soon};

const CALLS: usize = 1000;

/// Answers each call after a few milliseconds.
async fn take_time(mut caller: Caller) {
    while caller.request().await.is_some() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        caller.send(answer("200 OK", "[]")).await;
    }
}

/// Many calls at once, of which each must succeed.
async fn call_at_once(engine: &Engine) {
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.container_list(&Default::default()).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_thousand_calls_at_once_make_do_with_256_descriptors() {
    let test = "many::a_thousand_calls_at_once_make_do_with_256_descriptors";
    let peer = alone(test, "ulimit -n 256", take_time, async |address| {
        call_at_once(&engine(address)).await;
    });
    if let Some(mut peer) = peer.await {
        assert_eq!(peer.seen().len(), CALLS);
    }
}

#[tokio::test]
async fn there_are_never_more_connections_than_the_limit() {
    let mut peer = Peer::unix(take_time);
    call_at_once(&peer.engine().with_limits(Limits::default().connections(8))).await;
    // All stay open, so that the peer counts them right.
    let (all, most) = (peer.connections.load(Ordering::Relaxed), peer.most.load(Ordering::Relaxed));
    assert_eq!((peer.seen().len(), all, most), (CALLS, 8, 8));
}

#[tokio::test]
async fn a_limit_that_is_reached_is_told_as_a_limit_and_not_as_a_firewall() {
    let mut peer = Peer::unix(begin);
    let limits = Limits::default().connections(1).connect(Duration::from_millis(50));
    let engine = peer.engine().with_limits(limits);
    let _first = soon(engine.system_events(&SystemEventsOptions::default())).await.unwrap();
    let error = soon(engine.container_list(&Default::default())).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { kind: std::io::ErrorKind::ResourceBusy, .. }), "{error:?}");
    assert!(error.is_retryable() && !error.to_string().contains("firewall"), "{error}");
    assert_eq!(peer.seen().len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_closed_while_it_is_idle_makes_room_for_another() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(answer("200 OK", "[]")).await;
    });
    let engine = peer.engine().with_limits(Limits::default().connections(1));
    for _ in 0..20 {
        soon(engine.container_list(&Default::default())).await.unwrap();
    }
    assert_eq!((peer.seen().len(), peer.connections.load(Ordering::Relaxed)), (20, 20));
}

/// Begins to answer and never ends.
async fn begin(mut caller: Caller) {
    while let Some(call) = caller.call().await {
        caller.send(CHUNKED).await;
        let piece = if call.contains("/logs") { frame("a\n") } else { b"{\"Action\":\"a\"}".to_vec() };
        caller.chunk(piece).await;
    }
    caller.stay().await;
}

async fn open_and_drop_streams(engine: &Engine, times: usize) {
    for _ in 0..times {
        assert_eq!(logs(engine).await.unwrap().next().await.unwrap().unwrap().bytes, "a\n");
        let mut events = engine.system_events(&SystemEventsOptions::default()).await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap().action, "a");
    }
}

#[tokio::test]
async fn dropped_streams_leave_nothing_behind() {
    let test = "many::dropped_streams_leave_nothing_behind";
    alone(test, "ulimit -n 256", begin, async |address| {
        let engine = engine(address);
        open_and_drop_streams(&engine, 50).await;
        let (open, memory) = (descriptors(), kib("VmRSS:"));
        open_and_drop_streams(&engine, 250).await;
        let settled = async {
            while descriptors() > open {
                tokio::task::yield_now().await;
            }
        };
        soon(settled).await;
        let more = kib("VmRSS:").saturating_sub(memory);
        assert!(more < 2048, "{more} KiB");
    })
    .await;
}

#[tokio::test]
async fn a_dropped_stream_makes_room_for_another() {
    let peer = Peer::unix(begin);
    let engine = peer.engine().with_limits(Limits::default().connections(1));
    soon(open_and_drop_streams(&engine, 20)).await;
}
