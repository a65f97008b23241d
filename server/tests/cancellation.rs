//! What ends a call before its answer, seen from the engine: the connection is closed, and soon.

mod support;

use std::time::{Duration, Instant};

use dockwright::Engine;
use serde_json::json;
use support::{Stub, session, settings, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_closes_its_connection_and_the_session_goes_on() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::connect_to(&stub.address).unwrap()).await;
    let waiting = client.request("tools/call", json!({ "name": "container_wait", "arguments": { "id": "web" } })).await;
    let asked = stub.next().await;
    assert!(asked.endpoint.ends_with("/containers/web/wait"), "{}", asked.endpoint);

    let begun = Instant::now();
    client.notify("notifications/cancelled", json!({ "requestId": waiting, "reason": "enough" })).await;
    asked.closed().await;
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_millis(100), "{elapsed:?}");

    let next = client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
    stub.next().await.answer("[]").await;
    assert_eq!(client.next().await["id"], next, "a cancelled request is not answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_run_beside_each_other() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::connect_to(&stub.address).unwrap()).await;
    let slow = client.request("tools/call", json!({ "name": "container_wait", "arguments": { "id": "web" } })).await;
    let waiting = stub.next().await;
    let quick = client.request("tools/call", json!({ "name": "volume_list", "arguments": {} })).await;
    stub.next().await.answer("{\"Volumes\":[]}").await;
    assert_eq!(client.next().await["id"], quick);
    waiting.answer("{\"StatusCode\":0}").await;
    let answer = client.next().await;
    assert_eq!(answer["id"], slow);
    assert!(text(&answer["result"]).contains("StatusCode"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_input_lets_quick_calls_finish_and_cancels_the_others() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::connect_to(&stub.address).unwrap()).await;
    client.request("tools/call", json!({ "name": "container_wait", "arguments": { "id": "web" } })).await;
    let slow = stub.next().await;
    let quick = client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
    let asked = stub.next().await;
    let begun = Instant::now();
    client.close().await;
    asked.answer("[]").await;
    slow.closed().await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(client.next().await["id"], quick);
    client.next().await;
    assert!(client.is_over().await && begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
