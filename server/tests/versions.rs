//! Effects of an engine's API version on a call: refusals before anything is sent.

mod support;

use dockwright::Engine;
use serde_json::json;
use support::{Stub, session, settings, text};

#[tokio::test(flavor = "multi_thread")]
async fn newer_arguments_are_refused_with_both_versions_and_not_sent() {
    let mut stub = Stub::speaking("1.42").await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let body = json!({ "Image": "a", "HostConfig": { "Annotations": { "a": "b" }, "Mounts": [{ "Type": "image" }] } });
    for (tool, arguments, expected) in [
        ("image_list", json!({ "filters": { "until": "24h" } }), "`filters.until` needs API 1.44, and 1.42 is spoken"),
        (
            "image_attestations",
            json!({ "name": "a" }),
            "the operation needs API 1.55, and 1.42 is spoken with this engine",
        ),
        ("image_history", json!({ "name": "a", "platform": { "os": "linux" } }), "`platform` needs API 1.48, and 1.42"),
        ("container_create", json!({ "body": body }), "`body.HostConfig.Mounts.Type: image` needs API 1.48, and 1.42"),
    ] {
        let refused = client.call(tool, arguments).await;
        assert!(refused["isError"] == true && text(&refused).contains(expected), "{tool}: {refused}");
    }
    let asked = json!({ "name": "container_create", "arguments": { "body": body, "allow_newer": true } });
    let asked = client.request("tools/call", asked).await;
    let sent = stub.next().await;
    assert_eq!(sent.endpoint, "POST /v1.42/containers/create", "nothing was sent before");
    sent.answer("{\"Id\":\"1\"}").await;
    assert_eq!(client.next().await["id"], asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_newer_than_this_build_is_spoken_to_as_this_build_can() {
    let mut stub = Stub::speaking("1.99").await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let asked = client.request("tools/call", json!({ "name": "container_list", "arguments": {} })).await;
    let sent = stub.next().await;
    assert_eq!(sent.endpoint, format!("GET /v{}/containers/json", dockwright::API_VERSION));
    sent.answer("[]").await;
    assert_eq!(client.next().await["id"], asked, "no tool is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_is_judged_by_what_it_says_and_not_by_what_it_is_merged_into() {
    let mut stub = Stub::speaking("1.41").await;
    let mut client = session(settings(|_| ()), Engine::at(&stub.address).unwrap()).await;
    let oom = json!({ "TaskTemplate": { "ContainerSpec": { "OomScoreAdj": 7 } } });
    let refused = client.call("service_update", json!({ "id": "web", "body": oom })).await;
    assert!(text(&refused).contains("OomScoreAdj` needs API 1.46, and 1.41"), "{refused}");

    let patch = json!({ "id": "web", "body": { "Labels": { "a": "b" } } });
    let asked = client.request("tools/call", json!({ "name": "service_update", "arguments": patch })).await;
    let present = json!({ "ID": "1", "Version": { "Index": 3 }, "Spec": oom });
    stub.next().await.answer(&present.to_string()).await;
    let sent = stub.next().await;
    assert_eq!(sent.endpoint, "POST /v1.41/services/web/update?version=3");
    sent.answer("{}").await;
    let answer = loop {
        let message = client.next().await;
        if message["id"] == asked {
            break message;
        }
    };
    assert_eq!(answer["result"]["isError"], false, "{answer}");
}
