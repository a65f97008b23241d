//! Calls whose client goes away, seen from the engine: the connection is closed, and soon.

use std::time::{Duration, Instant};

use dockwright::Engine;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::raw::{call, list, modern, post, post_with, send};
use crate::served::{Served, TOKEN};
use crate::support::Stub;

/// The longest time from the end of a client's connection to that of the engine's.
const SOON: Duration = Duration::from_millis(100);

fn wait() -> Value {
    call("container_wait", json!({ "id": "web" }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_closes_its_connection_closes_that_to_the_engine() {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let server = Served::with(|options| options.engine = engine).await;
    for request in [post(&wait()), modern(wait(), false), modern(wait(), true)] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let asked = stub.next().await;
        assert!(asked.endpoint.ends_with("/containers/web/wait"), "{}", asked.endpoint);
        let begun = Instant::now();
        drop(stream);
        asked.closed().await;
        assert!(begun.elapsed() < SOON, "{:?}: {request}", begun.elapsed());
    }
    // The server goes on.
    let answering = tokio::spawn({
        let address = server.address.clone();
        async move { send(&address, post(&list())).await }
    });
    stub.next().await.answer("[]").await;
    assert_eq!(answering.await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_in_the_middle_of_a_stream_closes_that_to_the_engine() {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let server = Served::with(|options| options.engine = engine).await;
    let events = call("system_events", json!({ "until": "2100-01-01T00:00:00Z" }));
    for request in [post(&events), modern(events, true)] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut asked = stub.next().await;
        asked.begin().await;
        asked.write("{\"Type\":\"container\"}").await;
        let begun = Instant::now();
        drop(stream);
        asked.closed().await;
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_a_lost_connection_and_is_cancelled_by_name() {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let server = Served::with(|options| (options.engine, options.sessions) = (engine, true)).await;
    let session = crate::sessions::begin(&server.address, TOKEN).await;
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\nMcp-Session-Id: {session}");
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(post_with(&headers, &wait().to_string()).as_bytes()).await.unwrap();
    let mut asked = stub.next().await;
    asked.begin().await;
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    let begun = Instant::now();
    assert_eq!(send(&server.address, post_with(&headers, &cancelled.to_string())).await.status, 202);
    asked.closed().await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(!rest.contains("result"), "a cancelled request is not answered: {rest}");

    // The revisions with sessions say so: a lost connection is no cancellation.
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(post_with(&headers, &list().to_string()).as_bytes()).await.unwrap();
    let asked = stub.next().await;
    drop(stream);
    tokio::time::sleep(SOON).await;
    asked.answer("[]").await;
}
