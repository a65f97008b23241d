//! Calls that run on without their caller, by a stub of an engine: detached, joined, cancelled and bounded.

mod support;

use std::time::{Duration, Instant};

use dockwright::Engine;
use serde_json::{Value, json};
use support::{Client, Stub, dispatcher, session, settings, text};

/// A message of a pull.
const PULLING: &str = "{\"status\":\"Downloading\",\"id\":\"a1b2\"}";

async fn begin() -> (Stub, Client) {
    let stub = Stub::start().await;
    let client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    (stub, client)
}

fn pull(detach: bool) -> Value {
    json!({ "name": "image_create", "arguments": { "fromImage": "big", "tag": "1", "detach": detach } })
}

/// The first line of a reply.
fn data(result: &Value) -> Value {
    assert_eq!(result["isError"], false, "{result}");
    serde_json::from_str(text(result).lines().next().unwrap()).unwrap()
}

fn named(name: &str) -> Value {
    json!({ "name": name })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_detached_call_answers_at_once_and_is_joined_as_often_as_one_likes() {
    let (mut stub, mut client) = begin().await;
    let begun = Instant::now();
    let started = client.ask("tools/call", pull(true)).await;
    assert!(begun.elapsed() < Duration::from_millis(500));
    assert_eq!(data(&started), json!({ "name": "image_create-1", "state": "running" }));
    let mut asked = stub.next().await;
    asked.begin().await;
    asked.write(PULLING).await;

    let still = client.call("work_join", json!({ "name": "image_create-1", "limit_seconds": 1 })).await;
    let told = data(&still);
    assert_eq!((&told["state"], &told["last"]), (&json!("running"), &json!("a1b2: Downloading")));
    assert_eq!(told["target"], "big 1");
    assert!(text(&still).contains("dockwright: it runs on"), "{still}");

    let one = client.request("tools/call", json!({ "name": "work_join", "arguments": named("image_create-1") })).await;
    let other =
        client.request("tools/call", json!({ "name": "work_join", "arguments": named("image_create-1") })).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    asked.end().await;
    stub.next().await.answer("{\"Id\":\"sha256:1\",\"Size\":7}").await;
    let (first, second) = (client.next().await, client.next().await);
    assert!([one, other].iter().all(|id| first["id"] == *id || second["id"] == *id));
    assert!(text(&first["result"]).contains("sha256:1"), "{first}");
    assert_eq!(first["result"], second["result"]);
    assert_eq!(client.call("work_join", named("image_create-1")).await, first["result"], "later, too");
    let list = data(&client.call("work_list", json!({})).await);
    assert_eq!((&list[0]["state"], &list[0]["tool"]), (&json!("done"), &json!("image_create")), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_joined_as_the_call_would_have_failed() {
    let (mut stub, mut client) = begin().await;
    let failing = async |stub: &mut Stub| {
        let mut asked = stub.next().await;
        asked.begin().await;
        asked.write("{\"errorDetail\":{\"message\":\"no space\"},\"error\":\"no space\"}").await;
        asked.end().await;
    };
    client.ask("tools/call", pull(true)).await;
    failing(&mut stub).await;
    let joined = client.call("work_join", named("image_create-1")).await;
    let calling = client.request("tools/call", pull(false)).await;
    failing(&mut stub).await;
    let called = client.next().await;
    assert_eq!(called["id"], calling);
    assert_eq!(joined, called["result"]);
    assert!(joined["isError"] == true && text(&joined).contains("no space"), "{joined}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_work_closes_its_connection_and_says_what_stays() {
    let (mut stub, mut client) = begin().await;
    client.ask("tools/call", pull(true)).await;
    let mut asked = stub.next().await;
    asked.begin().await;
    let cancelled = client.call("work_cancel", named("image_create-1")).await;
    let begun = Instant::now();
    asked.closed().await;
    assert!(begun.elapsed() < Duration::from_millis(100), "it is closed before the answer");
    assert_eq!(data(&cancelled)["state"], "cancelled");
    assert!(text(&cancelled).contains("The engine stops the pull"), "{cancelled}");
    let joined = client.call("work_join", named("image_create-1")).await;
    assert!(joined["isError"] == true && text(&joined).contains("cancelled after"), "{joined}");
    let again = client.call("work_cancel", named("image_create-1")).await;
    assert!(text(&again).contains("had ended before"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identical_pull_joins_and_starts_nothing() {
    let (mut stub, mut client) = begin().await;
    client.ask("tools/call", pull(true)).await;
    let mut asked = stub.next().await;
    asked.begin().await;
    let again = client.ask("tools/call", pull(true)).await;
    assert_eq!(data(&again)["name"], "image_create-1");
    assert!(text(&again).contains("started nothing"), "{again}");
    let other = json!({ "name": "image_create", "arguments": { "fromImage": "big", "tag": "2", "detach": true } });
    assert_eq!(data(&client.ask("tools/call", other).await)["name"], "image_create-2");
    assert!(stub.next().await.endpoint.contains("tag=2"));

    let waiting = client.request("tools/call", pull(false)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    asked.write(PULLING).await;
    asked.end().await;
    stub.next().await.answer("{\"Id\":\"sha256:1\"}").await;
    let answer = client.next().await;
    assert_eq!(answer["id"], waiting);
    assert!(text(&answer["result"]).contains("sha256:1"), "{answer}");
    assert!(text(&answer["result"]).contains("this one waited for it and started nothing"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_ends_with_the_last_caller_that_waits_for_it() {
    let (mut stub, mut client) = begin().await;
    let first = client.request("tools/call", pull(false)).await;
    let mut asked = stub.next().await;
    asked.begin().await;
    let second = client.request("tools/call", pull(false)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.notify("notifications/cancelled", json!({ "requestId": first })).await;
    asked.write(PULLING).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let list = data(&client.call("work_list", json!({})).await);
    assert_eq!(list[0]["last"], "a1b2: Downloading", "{list}");
    client.notify("notifications/cancelled", json!({ "requestId": second })).await;
    asked.closed().await;
    assert_eq!(data(&client.call("work_list", json!({})).await), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_and_builds_are_never_joined() {
    let (mut stub, mut client) = begin().await;
    for (tool, arguments) in [
        ("image_push", json!({ "name": "a", "tag": "1", "detach": true })),
        ("image_build", json!({ "context": { "Dockerfile": "FROM a" }, "detach": true })),
    ] {
        for _ in 0..2 {
            client.call(tool, arguments.clone()).await;
            stub.next().await;
        }
    }
    let list = data(&client.call("work_list", json!({})).await);
    assert_eq!(list.as_array().unwrap().len(), 4, "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_on_which_a_client_gives_up_is_joined_by_the_next() {
    let (mut stub, mut client) = begin().await;
    let first = client.request("tools/call", pull(false)).await;
    let mut asked = stub.next().await;
    asked.begin().await;
    // The reason that the SDK of most clients gives.
    let timed_out = json!({ "requestId": first, "reason": "McpError: MCP error -32001: Request timed out" });
    client.notify("notifications/cancelled", timed_out).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let list = data(&client.call("work_list", json!({})).await);
    assert_eq!((&list[0]["name"], &list[0]["state"]), (&json!("image_create-1"), &json!("running")), "{list}");
    let second = client.request("tools/call", pull(false)).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    asked.write(PULLING).await;
    asked.end().await;
    stub.next().await.answer("{\"Id\":\"sha256:1\",\"Size\":7}").await;
    let answer = client.next().await;
    assert_eq!(answer["id"], second);
    assert!(text(&answer["result"]).contains("this one waited for it and started nothing"), "{answer}");

    // A call that may mean something else the second time ends with its caller.
    let build = json!({ "name": "image_build", "arguments": { "context": { "Dockerfile": "FROM a" } } });
    let building = client.request("tools/call", build).await;
    let mut asked = stub.next().await;
    asked.begin().await;
    client.notify("notifications/cancelled", json!({ "requestId": building, "reason": "Request timed out" })).await;
    asked.closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_64_calls_run_detached() {
    let (mut stub, mut client) = begin().await;
    let build = json!({ "context": { "Dockerfile": "FROM a" }, "detach": true });
    let mut conversations = Vec::new();
    for _ in 0..64 {
        data(&client.call("image_build", build.clone()).await);
        conversations.push(stub.next().await);
    }
    let refused = client.call("image_build", build.clone()).await;
    let words = text(&refused);
    assert!(refused["isError"] == true && words.contains("64 calls run detached"), "{words}");
    assert!(words.contains("image_build-1, image_build-2") && words.contains("and 59 more"), "{words}");
    client.call("work_cancel", named("image_build-7")).await;
    data(&client.call("image_build", build).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_and_unknown_names_are_refused_at_once() {
    let (_stub, mut client) = begin().await;
    let wrong = client.call("image_create", json!({ "fromImag": "a", "detach": true })).await;
    assert!(text(&wrong).contains("did you mean `fromImage`"), "{wrong}");
    let wrong = client.call("exec_run", json!({ "id": "web", "body": { "Cmdd": ["a"] }, "detach": true })).await;
    assert!(text(&wrong).contains("Cmd"), "{wrong}");
    let unknown = client.call("work_join", named("pull-1")).await;
    assert!(text(&unknown).contains("no work is named `pull-1`; no call runs detached"), "{unknown}");
    assert_eq!(data(&client.call("work_list", json!({})).await), json!([]));
    let missing = client.call("work_cancel", json!({})).await;
    assert_eq!(text(&missing), "work_cancel: argument `name` is required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_for_one_call_and_a_server_without_work_refuse() {
    let engine = || dockwright::Engine::at("tcp://127.0.0.1:1").unwrap();
    let progress = || Default::default();
    let arguments = || pull(true)["arguments"].as_object().unwrap().clone();
    let one = dispatcher(settings(|_| ()), engine()).for_one_call();
    let refused =
        one.call("image_create", arguments(), Default::default(), &progress(), None).await.unwrap_err().to_string();
    assert_eq!(refused, "image_create: `detach` is for a session: this process ends with the call");
    let without = dispatcher(settings(|settings| settings.exclude_tools = vec!["work_join".to_owned()]), engine());
    let refused =
        without.call("image_create", arguments(), Default::default(), &progress(), None).await.unwrap_err().to_string();
    assert!(refused.contains("work_join: not exposed"), "{refused}");
    let quiet = dispatcher(settings(|settings| settings.read_only = true), engine());
    let refused = quiet
        .call("work_list", Default::default(), Default::default(), &progress(), None)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("no exposed tool takes `detach`"), "{refused}");
}
