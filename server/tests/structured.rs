//! Structured content fits the schema that its tool promises: with recorded answers of real engines, whole, cut,
//! searched and selected, on one engine and on several.

mod support;

use std::collections::BTreeMap;

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::settings::Settings;
use jsonschema::Validator;
use serde_json::{Value, json};
use support::{Client, canned, dispatcher, served, settings};
use tokio::io::split;

const RECORDED: [&str; 3] = [
    include_str!("../../tests/answers/v1.41.json"),
    include_str!("../../tests/answers/v1.45.json"),
    include_str!("../../tests/answers/v1.51.json"),
];

/// The tools that list objects, with the member that holds them.
const LISTS: [(&str, &str); 10] = [
    ("config_list", "data"),
    ("container_list", "data"),
    ("image_list", "data"),
    ("network_list", "data"),
    ("node_list", "data"),
    ("plugin_list", "data"),
    ("secret_list", "data"),
    ("service_list", "data"),
    ("task_list", "data"),
    ("volume_list", "Volumes"),
];

/// An engine that answers as a real one did.
fn recorded(answers: &str) -> Engine {
    let answers: Vec<Value> = serde_json::from_str(answers).unwrap();
    let known = answers.iter().filter(|answer| answer["status"] == 200).map(|answer| {
        let path = answer["get"].as_str().unwrap().split('?').next().unwrap();
        let body = match &answer["body"] {
            // One sample of a stream.
            Value::Array(samples) if path.ends_with("/stats") => samples[0].clone(),
            body => body.clone(),
        };
        (format!("GET {path}"), body)
    });
    let known: BTreeMap<_, _> = known.collect();
    canned(move |endpoint| known.get(endpoint).cloned())
}

fn structured(change: impl FnOnce(&mut Settings)) -> Settings {
    settings(|all| {
        all.structured = true;
        change(all);
    })
}

async fn client(dispatcher: Dispatcher) -> Client {
    let (input, output) = split(served(dispatcher));
    let mut client = Client::new(input, output);
    client.initialize("2025-11-25").await;
    client
}

/// The validators of all tools that promise something.
async fn promises(client: &mut Client) -> BTreeMap<String, Validator> {
    let tools = client.ask("tools/list", json!({})).await["tools"].take();
    let promising = tools.as_array().unwrap().iter().filter(|tool| tool.get("outputSchema").is_some());
    let promises = promising.map(|tool| {
        let schema = &tool["outputSchema"];
        assert_eq!(schema["type"], "object", "{tool}");
        (tool["name"].as_str().unwrap().to_owned(), jsonschema::validator_for(schema).unwrap())
    });
    promises.collect()
}

/// Calls a tool, and judges its structured content.
async fn judged(client: &mut Client, promises: &BTreeMap<String, Validator>, tool: &str, arguments: Value) -> Value {
    let result = client.call(tool, arguments.clone()).await;
    assert_eq!(result["isError"], false, "{tool} {arguments}: {result}");
    let content = &result["structuredContent"];
    assert!(content.is_object(), "{tool} {arguments}: {result}");
    if let Err(error) = promises[tool].validate(content) {
        panic!("{tool} {arguments}: {error}: {content}");
    }
    content.clone()
}

#[tokio::test]
async fn lists_and_tables_alone_promise_something() {
    let mut client = client(dispatcher(structured(|_| ()), recorded(RECORDED[2]))).await;
    let promises = promises(&mut client).await;
    let mut expected: Vec<_> = LISTS.iter().map(|(tool, _)| *tool).chain(["container_table"]).collect();
    expected.sort_unstable();
    assert_eq!(promises.keys().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn lists_of_real_engines_fit_however_they_are_shown() {
    for answers in RECORDED {
        let mut client = client(dispatcher(structured(|_| ()), recorded(answers))).await;
        let promises = promises(&mut client).await;
        for (tool, member) in LISTS {
            let whole = judged(&mut client, &promises, tool, json!({})).await;
            assert!(whole[member].as_array().is_some_and(|list| !list.is_empty()), "{tool}: {whole}");
            for arguments in [
                json!({ "grep": "a" }),
                json!({ "grep": "nothing matches this" }),
                json!({ "limit_items": 1 }),
                json!({ "limit_bytes": 1 }),
                json!({ "limit_bytes": 60 }),
                json!({ "limit_bytes": 150 }),
            ] {
                judged(&mut client, &promises, tool, arguments).await;
            }
            for select in ["@", "length(@)", "[].Name", "{all: @}", "[0]", "Volumes[].Name", "null_member"] {
                let selected = judged(&mut client, &promises, tool, json!({ "select": select })).await;
                assert_eq!(selected.as_object().unwrap().keys().collect::<Vec<_>>(), ["selected"], "{tool} {select}");
            }
        }
        for arguments in [json!({}), json!({ "all": true }), json!({ "limit_items": 1 }), json!({ "grep": "x" })] {
            judged(&mut client, &promises, "container_table", arguments).await;
        }
        for arguments in [json!({ "select": "[].name", "all": true }), json!({ "select": "length(@)" })] {
            let selected = judged(&mut client, &promises, "container_table", arguments).await;
            assert_eq!(selected.as_object().unwrap().keys().collect::<Vec<_>>(), ["selected"]);
        }
    }
}

#[tokio::test]
async fn empty_and_odd_lists_fit() {
    for list in [json!([]), Value::Null, json!([{}]), json!([{ "Unknown": 1 }]), json!([{ "Id": null, "Name": [] }])] {
        let answer = list.clone();
        let engine = canned(move |endpoint| match endpoint {
            "GET /volumes" => Some(json!({ "Volumes": answer, "Warnings": null })),
            _ if answer.is_null() => Some(json!([])),
            _ => Some(answer.clone()),
        });
        let mut client = client(dispatcher(structured(|_| ()), engine)).await;
        let promises = promises(&mut client).await;
        for (tool, _) in LISTS {
            judged(&mut client, &promises, tool, json!({})).await;
        }
    }
}

#[tokio::test]
async fn answers_of_several_engines_fit() {
    let naming =
        structured(|all| all.engine = ["nas", "old", "down"].map(|name| format!("{name}=tcp://127.0.0.1:1")).to_vec());
    let dispatcher = Dispatcher::new(naming, Audit::to_writer(std::io::sink())).unwrap();
    let dispatcher =
        dispatcher.with_named_engine("nas", recorded(RECORDED[2])).with_named_engine("old", recorded(RECORDED[0]));
    let mut client = client(dispatcher).await;
    let promises = promises(&mut client).await;
    for (tool, member) in LISTS {
        let one = judged(&mut client, &promises, tool, json!({ "engine": "nas" })).await;
        assert!(one[member].is_array(), "{tool}: {one}");
        for arguments in [
            json!({ "engine": "*" }),
            json!({ "engine": ["nas", "old"], "grep": "a" }),
            json!({ "engine": "*", "select": "length(@)" }),
            json!({ "engine": "*", "limit_bytes": 300 }),
        ] {
            let all = judged(&mut client, &promises, tool, arguments.clone()).await;
            assert!(all["answers"].is_object(), "{tool}: {all}");
            assert_eq!(all.get("errors").is_some(), arguments["engine"] == "*", "{tool}: {all}");
        }
    }
    judged(&mut client, &promises, "container_table", json!({ "engine": "*" })).await;
    let list = judged(&mut client, &promises, "engine_list", json!({})).await;
    assert_eq!(list["data"].as_array().unwrap().len(), 3, "{list}");
    judged(&mut client, &promises, "engine_list", json!({ "grep": "nothing" })).await;
}
