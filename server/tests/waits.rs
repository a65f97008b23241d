//! The order in which a wait asks an engine: events are heard before the state is looked at, and nothing is asked twice
//! without a reason.

mod support;

use std::time::Duration;

use dockwright::Engine;
use serde_json::json;
use support::{Stub, session, settings, text};

const UNHEALTHY: &str = r#"{"Id":"0123abc","State":{"Status":"running","Health":{"Status":"starting","Log":[]}}}"#;
const HEALTHY: &str = r#"{"Id":"0123abc","State":{"Status":"running","Health":{"Status":"healthy","Log":[]}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn events_are_heard_before_the_state_is_looked_at_and_it_is_looked_at_only_when_something_happened() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let arguments = json!({ "id": "web", "healthy": true });
    let call = json!({ "name": "container_wait_for", "arguments": arguments });
    let waiting = client.request("tools/call", call).await;

    let asked = stub.next().await;
    assert!(asked.endpoint.ends_with("/containers/web/json"), "{}", asked.endpoint);
    asked.answer(UNHEALTHY).await;
    let mut events = stub.next().await;
    // The whole id, because a name is the beginning of other names.
    assert!(events.endpoint.contains("/events?") && events.endpoint.contains("0123abc"), "{}", events.endpoint);
    events.begin().await;
    stub.next().await.answer(UNHEALTHY).await;
    for event in ["exec_create: check", "exec_start: check", "exec_die"] {
        events.write(&json!({ "Type": "container", "Action": event }).to_string()).await;
    }
    let nothing = tokio::time::timeout(Duration::from_millis(300), stub.next()).await;
    assert!(nothing.is_err(), "health checks are no news");
    events.write(&json!({ "Type": "container", "Action": "health_status: healthy" }).to_string()).await;
    let asked = stub.next().await;
    assert!(asked.endpoint.ends_with("/containers/0123abc/json"), "{}", asked.endpoint);
    asked.answer(HEALTHY).await;
    let answer = client.next().await;
    assert_eq!(answer["id"], waiting);
    assert!(text(&answer["result"]).starts_with(r#"{"State":"running","Health":"healthy","seconds":"#), "{answer}");
    events.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_is_answered_at_once() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let call = json!({ "name": "container_wait_for", "arguments": { "id": "web" } });
    client.request("tools/call", call).await;
    stub.next().await.answer(HEALTHY).await;
    let answer = client.next().await;
    assert!(text(&answer["result"]).starts_with(r#"{"State":"running","#), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_wait_and_cancelled_logs_close_all_their_connections() {
    let mut stub = Stub::start().await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let call = json!({ "name": "container_wait_for", "arguments": { "id": "web", "healthy": true } });
    let waiting = client.request("tools/call", call).await;
    stub.next().await.answer(UNHEALTHY).await;
    let mut events = stub.next().await;
    events.begin().await;
    stub.next().await.answer(UNHEALTHY).await;
    client.notify("notifications/cancelled", json!({ "requestId": waiting })).await;
    events.closed().await;

    let call = json!({ "name": "project_logs", "arguments": { "containers": ["web", "db"] } });
    let reading = client.request("tools/call", call).await;
    stub.next().await.answer(r#"[{"Id":"1","Names":["/web"]},{"Id":"2","Names":["/db"]}]"#).await;
    let mut logs = Vec::new();
    while logs.len() < 2 {
        let mut asked = stub.next().await;
        if asked.endpoint.contains("/logs") {
            asked.begin().await;
            asked.write("\u{1}\0\0\0\0\0\0\u{2}a\n").await;
            logs.push(asked);
        } else {
            asked.answer("{}").await;
        }
    }
    client.notify("notifications/cancelled", json!({ "requestId": reading })).await;
    for log in logs {
        log.closed().await;
    }
}
