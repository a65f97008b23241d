//! Completion of names: of objects, which the engine lists, in the arguments of prompts and resource templates.

mod support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::settings::Settings;
use serde_json::{Value, json};
use support::{Client, canned, served, session, settings};
use tokio::io::split;
use tokio::net::TcpListener;

/// An engine with objects of all kinds.
fn engine() -> Engine {
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    canned(move |endpoint| match endpoint {
        "GET /containers/json" => Some(json!([
            { "Id": "0a1b", "Names": ["/web"] },
            { "Id": "0a1c", "Names": ["/old-web"] },
            { "Id": "0a1d", "Names": ["/webmail"] },
            { "Id": "0a1e", "Names": [format!("/web-{secret}")] },
            { "Id": "0a1f", "Names": ["/web\u{1b}[2J"] },
            { "Id": "0a20", "Names": null },
        ])),
        "GET /images/json" => Some(json!([
            { "Id": "sha256:1", "RepoTags": ["nginx:latest", "registry/nginx:1"] },
            { "Id": "sha256:2", "RepoTags": ["<none>:<none>"] },
            { "Id": "sha256:3", "RepoTags": [] },
        ])),
        "GET /networks" => {
            Some(json!((0..250).map(|number| json!({ "Name": format!("net-{number}") })).collect::<Vec<_>>()))
        }
        "GET /volumes" => Some(json!({ "Volumes": [{ "Name": "data" }], "Warnings": null })),
        "GET /services" => Some(json!([{ "ID": "s1", "Spec": { "Name": "shop" } }])),
        _ => None,
    })
}

async fn complete(client: &mut Client, of: Value, name: &str, value: &str) -> Value {
    let params = json!({ "ref": of, "argument": { "name": name, "value": value } });
    client.ask("completion/complete", params).await["completion"].take()
}

fn template(uri: &str) -> Value {
    json!({ "type": "ref/resource", "uri": uri })
}

fn prompt(name: &str) -> Value {
    json!({ "type": "ref/prompt", "name": name })
}

#[tokio::test]
async fn names_of_each_kind_complete_templates_and_prompts() {
    let mut client = session(settings(|_| ()), engine()).await;
    for (of, argument, typed, expected) in [
        (template("docker://containers/{+id}"), "id", "web", json!(["web", "webmail", "old-web"])),
        (template("docker://containers/{+id}/logs"), "id", "OLD", json!(["old-web"])),
        (template("docker://images/{+name}"), "name", "nginx", json!(["nginx:latest", "registry/nginx:1"])),
        (template("docker://images/{+name}"), "name", "none", json!([])),
        (template("docker://volumes/{+name}"), "name", "", json!(["data"])),
        (template("docker://services/{id}"), "id", "s", json!(["shop"])),
        (template("docker://containers/{+id}"), "name", "", json!([])),
        (prompt("diagnose_container"), "container", "web", json!(["web", "webmail", "old-web"])),
        (prompt("deploy_service"), "service", "", json!(["shop"])),
        (prompt("deploy_service"), "image", "reg", json!(["registry/nginx:1"])),
        (prompt("deploy_service"), "replicas", "", json!([])),
        (prompt("clean_up"), "container", "", json!([])),
    ] {
        let completion = complete(&mut client, of.clone(), argument, typed).await;
        assert_eq!(completion["values"], expected, "{of} {argument} {typed}");
        assert_eq!(
            (&completion["total"], &completion["hasMore"]),
            (&json!(expected.as_array().unwrap().len()), &json!(false))
        );
    }
}

#[tokio::test]
async fn a_hundred_values_are_sent_and_the_rest_is_counted() {
    let mut client = session(settings(|_| ()), engine()).await;
    let completion = complete(&mut client, template("docker://networks/{+id}"), "id", "net").await;
    assert_eq!(completion["values"].as_array().unwrap().len(), 100);
    assert_eq!((&completion["total"], &completion["hasMore"]), (&json!(250), &json!(true)));
}

#[tokio::test]
async fn only_what_may_be_listed_completes_and_without_any_list_nothing_is_offered() {
    let mut client =
        session(settings(|settings| settings.exclude_tools = vec!["container_list".into()]), engine()).await;
    assert_eq!(complete(&mut client, template("docker://containers/{+id}"), "id", "").await["values"], json!([]));
    assert_eq!(
        complete(&mut client, template("docker://volumes/{+name}"), "name", "").await["values"],
        json!(["data"])
    );
    for (of, expected) in [
        (prompt("diagnose"), "unknown prompt `diagnose`"),
        (template("docker://teapots/{id}"), "unknown resource template `docker://teapots/{id}`"),
        (template("docker://{engine}/containers/{+id}"), "unknown resource template"),
    ] {
        let params = json!({ "ref": of, "argument": { "name": "id", "value": "" } });
        let error = client.answer("completion/complete", params).await["error"].take();
        assert!(error["code"] == -32602 && error["message"].as_str().unwrap().contains(expected), "{error}");
    }
    let (input, output) =
        split(served(support::dispatcher(settings(|all| all.tools = vec!["container_inspect".into()]), engine())));
    let mut client = Client::new(input, output);
    let info = client.initialize("2025-11-25").await;
    assert!(info["capabilities"].get("completions").is_none(), "{info}");
    let params = json!({ "ref": template("docker://containers/{+id}"), "argument": { "name": "id", "value": "" } });
    assert_eq!(client.answer("completion/complete", params).await["error"]["code"], -32601);
}

#[tokio::test]
async fn an_engine_that_fails_or_hangs_is_an_error_in_time() {
    let mut client = session(settings(|_| ()), canned(|_| None)).await;
    let params = || json!({ "ref": template("docker://containers/{+id}"), "argument": { "name": "id", "value": "" } });
    let error = client.answer("completion/complete", params()).await["error"].take();
    assert!(error["code"] == -32603 && error["message"].as_str().unwrap().contains("404"), "{error}");

    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::at(&format!("tcp://{}", hanging.local_addr().unwrap())).unwrap();
    let mut client = session(settings(|_| ()), engine).await;
    let begun = Instant::now();
    let error = client.answer("completion/complete", params()).await["error"].take();
    assert!(error["message"].as_str().unwrap().contains("within 2 s"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_list_that_is_too_large_completes_nothing_and_is_an_error() {
    let name = "n".repeat(1_000);
    let engine = canned(move |_| Some(json!((0..5_000).map(|_| json!({ "Names": [name] })).collect::<Vec<_>>())));
    let mut client = session(settings(|_| ()), engine).await;
    let params = json!({ "ref": template("docker://containers/{+id}"), "argument": { "name": "id", "value": "" } });
    assert_eq!(client.answer("completion/complete", params).await["error"]["code"], -32603);
}

/// An audit trail that a test reads.
#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Trail {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_engine_of_the_context_completes_and_the_trail_has_the_call() {
    let trail = Trail::default();
    let naming = settings(|all: &mut Settings| {
        all.engine = ["nas", "local"].map(|name| format!("{name}=tcp://127.0.0.1:1")).to_vec()
    });
    let other =
        canned(|endpoint| (endpoint == "GET /containers/json").then(|| json!([{ "Id": "1", "Names": ["/db"] }])));
    let dispatcher = Dispatcher::new(naming, Audit::to_writer(trail.clone())).unwrap();
    let dispatcher = dispatcher.with_named_engine("nas", engine()).with_named_engine("local", other);
    let (input, output) = split(served(dispatcher));
    let mut client = Client::new(input, output);
    client.initialize("2025-11-25").await;
    let template = template("docker://{engine}/containers/{+id}");
    let mut values = async |context: Value| {
        let params = json!({ "ref": template, "argument": { "name": "id", "value": "" }, "context": context });
        client.ask("completion/complete", params).await["completion"]["values"].take()
    };
    assert_eq!(values(json!({ "arguments": { "engine": "local" } })).await, json!(["db"]));
    for unknown in [json!({}), json!({ "arguments": { "engine": "none" } }), json!({ "arguments": { "engine": "*" } })]
    {
        assert_eq!(values(unknown).await, json!([]));
    }
    let trail = String::from_utf8(trail.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{trail}");
    assert_eq!(
        (&lines[0]["tool"], &lines[0]["engine_name"], &lines[1]["outcome"]),
        (&json!("container_list"), &json!("local"), &json!("ok"))
    );
}
