//! Properties of each engine: exposure, versions, audit lines.

use std::io::Write;
use std::sync::{Arc, Mutex};

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::settings::Settings;
use serde_json::{Value, json};

use super::support::Stub;
use super::{connect, data, dispatcher, engine, file, find, naming, refused, serve, tools};

/// A place for audit lines that a test can read.
#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<u8>>>);

impl Write for Trail {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Trail {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn each_engine_exposes_its_own_tools_and_a_refusal_names_the_others() {
    let file = file("[engines.nas]\nread_only = true\n[engines.local]\nexclude_tools = ['container_list']");
    let change = |settings: &mut Settings| {
        settings.engines = Some(file.path().to_owned());
        settings.exclude_tools = vec!["volume_prune".to_owned()];
    };
    let mut client = serve(vec![("nas", engine("nas")), ("local", engine("local"))], change).await;
    let listed = tools(&mut client).await;
    find(&listed, "container_list");
    find(&listed, "container_stop");
    assert!(!listed.iter().any(|tool| tool["name"] == "volume_prune"));
    let expected = "container_stop: not exposed: the server runs read-only for the engine `nas`; `local` exposes it";
    refused(&mut client, "container_stop", json!({ "engine": "nas", "id": "web" }), expected).await;
    let expected = " for the engine `local`; `nas` exposes it";
    refused(&mut client, "container_list", json!({ "engine": "local" }), expected).await;
    refused(&mut client, "volume_prune", json!({ "engine": "nas" }), "no engine exposes it").await;
    let all = client.call("container_list", json!({ "engine": "*" })).await;
    assert!(data(&all)["answers"]["nas"].is_array(), "{all}");
    assert!(data(&all)["errors"]["local"].as_str().unwrap().contains("not exposed"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_engine_is_spoken_to_in_its_own_version() {
    let mut old = Stub::speaking("1.41").await;
    let engines = vec![("old", Engine::at(&old.address).unwrap()), ("new", engine("nas"))];
    let mut client = serve(engines, |_| ()).await;
    let whole = tools(&mut client).await.len();
    let asked = json!({ "name": "container_list", "arguments": { "engine": "*" } });
    let asked = client.request("tools/call", asked).await;
    let sent = old.next().await;
    assert_eq!(sent.endpoint, "GET /v1.41/containers/json");
    sent.answer("[]").await;
    let answer = client.next().await;
    assert_eq!(answer["id"], asked, "the new engine still has all tools: {answer}");
    assert_eq!(data(&answer["result"])["answers"]["old"], json!([]));
    assert_eq!(tools(&mut client).await.len(), whole);
    let newer = json!({ "engine": "old", "name": "a" });
    refused(&mut client, "image_attestations", newer, "needs API 1.55, and 1.41 is spoken").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_every_engine_lacks_leaves_the_list() {
    let stubs = [Stub::speaking("1.41").await, Stub::speaking("1.42").await];
    let engines = ["a", "b"].into_iter().zip(&stubs);
    let engines = engines.map(|(name, stub)| (name, Engine::at(&stub.address).unwrap())).collect();
    let mut client = serve(engines, |_| ()).await;
    let left = tools(&mut client).await;
    assert!(left.iter().any(|tool| tool["name"] == "volume_update"), "1.42 has it");
    assert!(!left.iter().any(|tool| tool["name"] == "image_attestations"));
}

#[tokio::test]
async fn audit_lines_name_the_engine_of_each_part() {
    let trail = Trail::default();
    let engines = vec![("nas", engine("nas")), ("local", engine("local"))];
    let dispatcher = dispatcher(naming(&["nas", "local"], |_| ()), engines, Audit::to_writer(trail.clone()));
    let mut client = connect(dispatcher).await;
    client.call("container_inspect", json!({ "engine": "*", "id": "web" })).await;
    let lines = trail.lines();
    let begun: Vec<_> = lines.iter().filter(|line| line["event"] == "begin").collect();
    let mut named: Vec<_> = begun.iter().map(|line| line["engine_name"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!((named, lines.len()), (vec!["local", "nas"], 4));
    for line in begun {
        assert_eq!((&line["target"], &line["asks"]), (&json!("web"), &json!(["id"])), "{line}");
        let end = lines.iter().find(|end| end["call"] == line["call"] && end["event"] == "end").unwrap();
        assert_eq!(end["outcome"], if line["engine_name"] == "nas" { "ok" } else { "404" });
    }
    for (tool, arguments, outcome) in [
        ("container_stop", json!({ "engine": "*", "id": "web" }), "refused: arguments"),
        ("container_list", json!({}), "refused: arguments"),
        ("no_tool", json!({}), "unknown tool"),
        ("engine_list", json!({}), "ok"),
    ] {
        client.call(tool, arguments).await;
        let lines: Vec<_> = trail.lines().into_iter().filter(|line| line["tool"] == tool).collect();
        assert_eq!((lines.len(), &lines[1]["outcome"]), (2, &json!(outcome)), "{lines:?}");
        assert_eq!(lines[0].get("engine"), None, "{lines:?}");
    }
}
