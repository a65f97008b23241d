//! Updates that replace a whole object, sent by a model that saw a part of it: the engine receives the whole.

mod support;

use std::sync::{Arc, Mutex};

use dockwright::{Engine, http};
use serde_json::{Value, json};
use support::{session, settings, text};

/// The queries and the bodies of the updates that were sent.
type Updates = Arc<Mutex<Vec<(String, Value)>>>;

/// An engine with one service, and the updates that were sent to it.
fn engine() -> (Engine, Updates) {
    let updates = Updates::default();
    let kept = updates.clone();
    let engine = Engine::canned(move |request| {
        let body = match request.method().as_str() {
            "GET" => {
                let template = json!({ "ContainerSpec": { "Env": ["TOKEN=abc"] } });
                let spec = json!({ "Name": "web", "Labels": { "a": "1" }, "TaskTemplate": template });
                json!({ "ID": "0a1b", "Version": { "Index": 7 }, "Spec": spec })
            }
            _ => {
                let query = request.uri().query().unwrap_or_default().to_owned();
                kept.lock().unwrap().push((query, serde_json::from_slice(request.body()).unwrap()));
                json!({ "Warnings": null })
            }
        };
        http::Response::builder().status(200).body(body.to_string().into()).unwrap()
    });
    (engine, updates)
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_keeps_what_was_never_shown() {
    let (engine, updates) = engine();
    let mut client = session(settings(|_| ()), engine).await;
    let shown = client.call("service_inspect", json!({ "id": "web" })).await;
    assert!(!text(&shown).contains("abc"), "{shown}");
    let result = client.call("service_update", json!({ "id": "web", "body": { "Labels": { "b": "2" } } })).await;
    assert_eq!(result["isError"], false, "{result}");
    let updates = updates.lock().unwrap();
    let (query, sent) = &updates[0];
    assert!(query.contains("version=7"), "{query}");
    assert_eq!(sent["Labels"], json!({ "a": "1", "b": "2" }));
    assert_eq!(sent["TaskTemplate"]["ContainerSpec"]["Env"], json!(["TOKEN=abc"]));
}

#[tokio::test]
async fn a_body_that_replaces_is_sent_as_it_is_and_without_reading() {
    let (engine, updates) = engine();
    let mut client =
        session(settings(|settings| settings.exclude_tools = vec!["service_inspect".into()]), engine).await;
    let body = json!({ "Name": "web" });
    let result = client.call("service_update", json!({ "id": "web", "body": body })).await;
    assert!(result["isError"] == true && text(&result).contains("service_inspect"), "{result}");
    let arguments = json!({ "id": "web", "version": 7, "replace": true, "body": body });
    assert_eq!(client.call("service_update", arguments).await["isError"], false);
    assert_eq!(updates.lock().unwrap()[..], [("version=7".to_owned(), body)]);
}

#[tokio::test]
async fn a_redacted_value_is_not_written_back() {
    let (engine, updates) = engine();
    let mut client = session(settings(|_| ()), engine).await;
    let env = json!([format!("TOKEN={}", dockwright_server::secrets::MARKER)]);
    let body = json!({ "TaskTemplate": { "ContainerSpec": { "Env": env } } });
    for replace in [false, true] {
        let arguments = json!({ "id": "web", "version": 7, "replace": replace, "body": body });
        let result = client.call("service_update", arguments).await;
        assert_eq!(result["isError"], true, "{result}");
    }
    assert!(updates.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_patch_that_was_overtaken_is_applied_anew_unless_it_names_its_version() {
    let reads = Arc::new(Mutex::new(0));
    let counted = reads.clone();
    let engine = Engine::canned(move |request| {
        let mut reads = counted.lock().unwrap();
        let (status, body) = match request.method().as_str() {
            "GET" => {
                *reads += 1;
                (200, json!({ "ID": "0a1b", "Version": { "Index": *reads }, "Spec": { "Name": "web" } }))
            }
            // The third reading is in time.
            _ if request.uri().query() == Some("version=3") => (200, json!({ "Warnings": null })),
            _ => (500, json!({ "message": "rpc error: code = Unknown desc = update out of sequence" })),
        };
        http::Response::builder().status(status).body(body.to_string().into()).unwrap()
    });
    let mut client = session(settings(|_| ()), engine).await;
    let result = client.call("service_update", json!({ "id": "web", "body": { "Labels": { "b": "2" } } })).await;
    assert_eq!(result["isError"], false, "{result}");
    assert_eq!(*reads.lock().unwrap(), 3);
    let result = client.call("service_update", json!({ "id": "web", "version": 1, "body": {} })).await;
    assert!(result["isError"] == true && text(&result).contains("out of sequence"), "{result}");
    assert_eq!(*reads.lock().unwrap(), 4);
}
