//! An engine that counts sizes for minutes: the question comes without them and says so, and a yes to it holds.

use dockwright::Engine;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::asked::{answer, asked, form, words};
use crate::engine::container;
use crate::support::{Stub, dispatcher, text};
use crate::{Server, asking, yes};

/// Starts an engine that shows one object and never answers a request of which `counts` is a part. Its address, and the
/// requests that change something.
async fn counting(counts: &'static str, object: Value) -> (Engine, mpsc::UnboundedReceiver<String>) {
    let mut stub = Stub::start().await;
    let engine = Engine::at(&stub.address).unwrap();
    let (sender, changes) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut unanswered = Vec::new();
        loop {
            let request = stub.next().await;
            if request.endpoint.contains(counts) {
                unanswered.push(request);
            } else if request.endpoint.starts_with("GET ") {
                request.answer(&object.to_string()).await;
            } else {
                sender.send(request.endpoint.clone()).unwrap();
                request.answer("[]").await;
            }
        }
    });
    (engine, changes)
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_that_an_engine_still_counts_are_unknown_and_delay_no_question() {
    let volume = json!({ "Name": "data", "Driver": "local", "CreatedAt": "2026-01-01T00:00:00Z" });
    let image = json!({ "Id": "sha256:0a1b", "RepoTags": ["web:1"], "Created": "2026-01-01T00:00:00Z", "Size": 5_000 });
    for (tool, arguments, object, counts, shown) in [
        ("container_delete", json!({ "id": "web" }), container("0a1b", 5), "size=", "| Name: web"),
        ("volume_delete", json!({ "name": "data" }), volume, "/system/df", "| Name: data"),
        ("image_delete", json!({ "name": "web:1" }), image, "/system/df", "| Size: 5.0 kB"),
    ] {
        let (engine, mut changes) = counting(counts, object).await;
        let mut client = form(Server::new(dispatcher(asking(), engine))).await;
        let (call, question) = asked(&mut client, tool, arguments).await;
        let words = words(&question);
        assert!(words.contains(shown) && words.contains("\nSome sizes are unknown: "), "{tool}: {words}");
        assert!(changes.try_recv().is_err());
        answer(&mut client, &question, yes()).await;
        let result = client.next().await;
        assert!(result["id"] == call && result["result"]["isError"] != true, "{}", text(&result["result"]));
        assert!(changes.recv().await.unwrap().starts_with("DELETE "));
    }
}
