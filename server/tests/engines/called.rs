//! Calls: to one engine, to all of them, and those that cannot be made.

use std::time::{Duration, Instant};

use dockwright::Engine;
use serde_json::{Value, json};

use super::support::{Stub, canned, session, settings, text};
use super::{data, engine, file, refused, serve, silent};

#[tokio::test]
async fn a_call_goes_to_the_engine_that_it_names() {
    let mut client = serve(vec![("nas", engine("nas")), ("local", engine("local"))], |_| ()).await;
    for name in ["nas", "local"] {
        let reply = client.call("container_list", json!({ "engine": name, "select": "[].Id" })).await;
        assert_eq!(text(&reply), format!("[\"{name}\"]"));
    }
    refused(
        &mut client,
        "container_list",
        json!({}),
        "`engine` is required: the name of an engine; there is nas, local",
    )
    .await;
    for wrong in [json!(7), json!(["nas", 5]), json!("[\"nas\""), json!("[7]"), json!({}), json!(true)] {
        let expected = "`engine` must be a name, or a list of names; there is nas, local";
        refused(&mut client, "container_list", json!({ "engine": wrong }), expected).await;
    }
    refused(&mut client, "container_list", json!({ "engine": [] }), "`engine` names none").await;
    refused(&mut client, "container_list", json!({ "engine": ["*", "nope"] }), "no engine is named `nope`").await;
    refused(&mut client, "container_list", json!({ "engine": "nsa" }), "`nsa`; did you mean `nas`?").await;
    refused(&mut client, "container_list", json!({ "engine": ["nas", "x"] }), "`x`; there is nas, local").await;
    refused(&mut client, "contianer_list", json!({}), "did you mean `container_list`").await;
    for several in [json!("*"), json!(["nas"]), json!(["nas", "local"]), json!("[\"nas\"]")] {
        let expected = "container_stop: it may change something, so `engine` must be one name, not several";
        refused(&mut client, "container_stop", json!({ "engine": several, "id": "web" }), expected).await;
    }
    let stopped = client.call("container_stop", json!({ "engine": "local", "id": "web" })).await;
    assert_eq!(data(&stopped), json!({ "changed": true }));
    let mut one = session(settings(|_| ()), engine("nas")).await;
    refused(&mut one, "container_list", json!({ "engine": "nas" }), "unknown argument `engine`").await;
}

#[tokio::test]
async fn all_engines_answer_under_their_names_and_only_a_failure_of_all_is_an_error() {
    let dead = Engine::at("tcp://127.0.0.1:1").unwrap();
    let engines = vec![("nas", engine("nas")), ("dead", dead), ("local", engine("local"))];
    let mut client = serve(engines, |settings| settings.structured = true).await;
    let all = client.call("container_list", json!({ "engine": "*", "select": "[].Id" })).await;
    assert_eq!(all["isError"], false, "{all}");
    assert_eq!(data(&all)["answers"], json!({ "nas": ["nas"], "local": ["local"] }));
    assert!(data(&all)["errors"]["dead"].as_str().unwrap().contains("127.0.0.1:1"), "{all}");
    assert_eq!(all["structuredContent"], data(&all));
    assert!(text(&all).contains("\ndockwright: 1 of 3 engines failed, see `errors`"), "{all}");

    let one = client.call("container_inspect", json!({ "engine": ["nas", "local", "nas"], "id": "web" })).await;
    assert!(one["isError"] == false && data(&one)["answers"]["nas"]["Id"] == "web on nas", "{one}");
    assert!(data(&one)["errors"]["local"].as_str().unwrap().contains("404"), "{one}");

    let none = client.call("container_inspect", json!({ "engine": "[\"local\", \"dead\"]", "id": "web" })).await;
    assert_eq!(none["isError"], true);
    assert!(text(&none).starts_with("container_inspect: failed on all 2 engines\n{\"errors\":{\"local\":"), "{none}");
}

#[tokio::test]
async fn any_number_of_engines_that_hang_holds_up_nobody() {
    let (_listener, hanging) = silent().await;
    let names: Vec<_> = (0..100).map(|number| format!("slow-{number}")).collect();
    let slow = names.iter().map(|name| (name.as_str(), hanging.clone()));
    let mut client = serve(slow.chain([("nas", engine("nas"))]).collect(), |_| ()).await;
    let begun = Instant::now();
    let all = client.call("container_list", json!({ "engine": "*", "limit_seconds": 2, "select": "[].Id" })).await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert!(all["isError"] == false && data(&all)["answers"]["nas"][0] == "nas", "{all}");
    assert_eq!(data(&all)["errors"].as_object().unwrap().len(), 100);
}

#[tokio::test]
async fn an_engine_that_hangs_holds_up_nobody_and_its_part_says_so() {
    let (_listener, hanging) = silent().await;
    let mut client = serve(vec![("nas", engine("nas")), ("slow", hanging)], |_| ()).await;
    let begun = Instant::now();
    let all = client.call("container_list", json!({ "engine": "*", "limit_seconds": 1, "select": "[].Id" })).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(all["isError"] == false && data(&all)["answers"]["nas"][0] == "nas", "{all}");
    let expected = "container_list: no answer within 1 s, the time limit among several engines";
    assert_eq!(data(&all)["errors"]["slow"], expected);
}

#[tokio::test]
async fn the_list_of_engines_says_what_each_speaks_and_exposes_and_if_it_answers() {
    let (_listener, hanging) = silent().await;
    let dead = Engine::at("tcp://127.0.0.1:1").unwrap();
    let file = file("[engines.nas]\nread_only = true\n[engines.local]\ntools = ['container_list']");
    let engines = vec![("nas", engine("nas")), ("local", engine("local")), ("dead", dead), ("slow", hanging)];
    let mut client = serve(engines, |settings| settings.engines = Some(file.path().to_owned())).await;
    let begun = Instant::now();
    let list = client.call("engine_list", json!({})).await;
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    let list = data(&list);
    assert_eq!(list[0]["name"], "nas");
    assert_eq!((&list[0]["answers"], &list[0]["version"]), (&json!(true), &json!("28.0-nas")));
    assert_eq!(list[0]["api"], dockwright::API_VERSION);
    assert!(list[0]["exposes"].as_str().unwrap().ends_with("tools, read-only"), "{list}");
    assert!(list[1]["exposes"].as_str().unwrap().starts_with("1 of "), "{list}");
    assert_eq!((&list[1]["answers"], &list[1]["problem"]), (&json!(true), &Value::Null), "{list}");
    assert_eq!((&list[2]["answers"], &list[2]["address"]), (&json!(false), &json!("tcp://127.0.0.1:1")));
    assert!(list[2]["problem"].as_str().unwrap().contains("127.0.0.1:1"), "{list}");
    assert_eq!((&list[3]["answers"], &list[3]["problem"]), (&json!(false), &json!("no answer within 10 s")));
    assert!(list[3]["exposes"].as_str().unwrap().starts_with("all "), "{list}");

    let some = client.call("engine_list", json!({ "grep": "^(nas|local) " })).await;
    assert_eq!(data(&some).as_array().unwrap().len(), 2);
    assert!(text(&some).ends_with("dockwright: grep: 2 of 4 engines match"), "{some}");
    refused(&mut client, "engine_list", json!({ "engine": "nas" }), "unknown argument `engine`; it takes `grep`").await;
    let mut one = session(settings(|_| ()), engine("nas")).await;
    refused(&mut one, "engine_list", json!({}), "there is no tool `engine_list`").await;
}

#[tokio::test]
async fn the_length_of_a_reply_is_shared_fairly() {
    let long = |name: &'static str| {
        canned(move |_| {
            Some(json!((0..500).map(|number| json!({ "Id": format!("{name}-{number}") })).collect::<Vec<_>>()))
        })
    };
    let names = ["a", "b", "c", "d"];
    let engines = || names.map(|name| (name, long(name))).into();
    let mut client = serve(engines(), |settings| settings.max_reply = 8_000).await;
    for (limit, most) in [(json!(null), 8_000), (json!(2_000), 3_000), (json!("2000"), 3_000)] {
        let all =
            client.call("container_list", json!({ "engine": "*", "select": "[].Id", "limit_bytes": limit })).await;
        assert!(text(&all).len() <= most, "{limit}: {}", text(&all).len());
        let lengths = names.map(|name| data(&all)["answers"][name].to_string().len());
        let (least, greatest) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
        assert!(*least > 100 && greatest - least < 20, "{lengths:?}");
    }
    let names: Vec<_> = (0..40).map(|number| format!("host-{number}")).collect();
    let many = names.iter().map(|name| (name.as_str(), engine("nas"))).collect();
    let mut client = serve(many, |settings| settings.max_reply = 3_000).await;
    let expected = "container_list: a reply has room for 14 engines, and this is for 40: name fewer";
    refused(&mut client, "container_list", json!({ "engine": "*" }), expected).await;
}

#[tokio::test]
async fn work_belongs_to_its_engine() {
    let mut stub = Stub::start().await;
    let engines = vec![("nas", Engine::at(&stub.address).unwrap()), ("local", engine("local"))];
    let mut client = serve(engines, |_| ()).await;
    let pull = json!({ "engine": "nas", "fromImage": "busybox", "detach": true });
    let asked = client.request("tools/call", json!({ "name": "image_create", "arguments": pull })).await;
    let mut pulling = stub.next().await;
    pulling.begin().await;
    let started = client.next().await;
    assert_eq!(started["id"], asked);
    let name = data(&started["result"])["name"].as_str().unwrap().to_owned();
    let list = client.call("work_list", json!({ "engine": "*" })).await;
    let answers = &data(&list)["answers"];
    assert_eq!((&answers["nas"][0]["engine"], &answers["local"]), (&json!("nas"), &json!([])), "{list}");
    refused(&mut client, "work_join", json!({ "engine": "local", "name": name }), "no work is named").await;
    refused(&mut client, "work_cancel", json!({ "engine": "local", "name": name }), "no work is named").await;
    let ended = client.call("work_cancel", json!({ "engine": "nas", "name": name })).await;
    assert_eq!(data(&ended)["state"], "cancelled", "{ended}");
}
