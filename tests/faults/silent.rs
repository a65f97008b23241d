//! Peers that accept a connection and say nothing, or stop saying anything.

use dockwright::models::ContainerCreateRequest;
use dockwright::options::{ContainerListOptions, SystemEventsOptions};
use dockwright::{Error, Limits, Phase};

use crate::peer::{CHUNKED, Caller, Peer, SHORT, answer, engine, get};
use crate::{frame, logs, soon};

async fn say_nothing(mut caller: Caller) {
    caller.request().await;
    caller.stay().await;
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_its_limit_and_closes_its_connection() {
    for mut peer in [Peer::unix(say_nothing), Peer::tcp(say_nothing).await] {
        let engine = peer.impatient();
        let error = engine.container_list(&ContainerListOptions::default()).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, limit: SHORT, .. }), "{error:?}");
        soon(peer.closed.recv()).await.unwrap();
        let error = engine.container_rename("web", "db").await.unwrap_err();
        assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
        assert_eq!(peer.seen().len(), 2, "neither was sent twice");
    }
}

#[tokio::test]
async fn a_call_for_which_the_engine_works_is_not_cut() {
    let peer = Peer::unix(async |mut caller| {
        while let Some(request) = caller.request().await {
            // The pause is the test: longer than the limit of other calls.
            tokio::time::sleep(SHORT * 3).await;
            caller.send(answer("200 OK", if request.contains("/json?size") { "[]" } else { "{}" })).await;
        }
    });
    let engine = peer.impatient();
    engine.container_create(&ContainerCreateRequest::default(), &Default::default()).await.unwrap();
    engine.container_start("web", &Default::default()).await.unwrap();
    engine.container_delete("web", &Default::default()).await.unwrap();
    engine.volume_create(&Default::default()).await.unwrap();
    engine.container_list(&ContainerListOptions::default().size(true)).await.unwrap();
    let error = engine.container_list(&ContainerListOptions::default().size(false)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_is_never_accepted_from_ends_at_the_limit_too() {
    // The system accepts it on behalf of a peer that hangs.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let engine = engine(&format!("tcp://{}", listener.local_addr().unwrap()));
    let engine = engine.with_limits(Limits::default().first_byte(SHORT));
    let error = engine.container_list(&ContainerListOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
}

#[tokio::test]
async fn a_stream_that_never_begins_ends_at_the_limit() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.call().await;
        caller.stay().await;
    });
    let engine = peer.impatient();
    let error = soon(logs(&engine)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
    soon(peer.closed.recv()).await.unwrap();
    let error = soon(engine.system_events(&SystemEventsOptions::default())).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::FirstByte, .. }), "{error:?}");
}

#[tokio::test]
async fn a_stream_that_has_begun_may_pause_for_as_long_as_it_likes() {
    let peer = Peer::unix(async |mut caller| {
        let call = caller.call().await.unwrap();
        let piece = if call.contains("/logs") { frame("late\n") } else { b"{\"Action\":\"late\"}\n".to_vec() };
        caller.send(CHUNKED).await;
        // The pause is the test: longer than the limit of other calls.
        tokio::time::sleep(SHORT * 3).await;
        caller.chunk(piece).await;
        caller.stay().await;
    });
    let engine = peer.engine().with_limits(Limits::default().idle(SHORT));
    let (mut output, mut events) =
        tokio::try_join!(logs(&engine), async { engine.system_events(&SystemEventsOptions::default()).await }).unwrap();
    assert_eq!(output.next().await.unwrap().unwrap().bytes, "late\n");
    assert_eq!(events.next().await.unwrap().unwrap().action, "late");
}

#[tokio::test]
async fn bytes_that_pause_end_at_the_limit() {
    let mut peer = Peer::unix(async |mut caller| {
        caller.request().await;
        caller.send(CHUNKED).await;
        caller.chunk("half of a header").await;
        caller.stay().await;
    });
    let mut archive = peer.impatient().raw(get("/containers/web/export")).await.unwrap().into_byte_stream();
    assert_eq!(archive.next().await.unwrap().unwrap(), "half of a header");
    let error = soon(archive.next()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { phase: Phase::Idle, limit: SHORT, .. }), "{error:?}");
    drop(archive);
    soon(peer.closed.recv()).await.unwrap();
}
