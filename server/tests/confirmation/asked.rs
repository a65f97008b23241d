//! Sessions before 2026-07-28: the server asks with a request of its own.

use std::time::Duration;

use dockwright_server::settings::{Confirm, Surface};
use serde_json::{Value, json};

use crate::engine::{Objects, World, container};
use crate::support::{Client, settings, text};
use crate::{Server, asking, audited, raw, serve, server, trail, yes};

/// Opens a session of a client with these capabilities.
async fn opened(stream: tokio::io::DuplexStream, capabilities: Value) -> Client {
    let mut client = raw(stream);
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities,
        "clientInfo": { "name": "test", "version": "1" } });
    client.ask("initialize", params).await;
    client.notify("notifications/initialized", json!({})).await;
    client
}

/// Opens a session of a client that can ask.
pub async fn form(server: Server) -> Client {
    opened(serve(server), json!({ "elicitation": { "form": {}, "url": {} } })).await
}

/// Opens such a session with a server that asks before destructive calls.
async fn form_of(world: &World) -> Client {
    form(server(asking(), world)).await
}

/// Calls a tool, and returns the id of the call and the question.
pub async fn asked(client: &mut Client, tool: &str, arguments: Value) -> (u64, Value) {
    let call = client.request("tools/call", json!({ "name": tool, "arguments": arguments })).await;
    let question = client.next().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    assert_eq!(question["params"]["requestedSchema"]["required"], json!(["confirm"]), "{question}");
    (call, question)
}

/// Answers a question.
pub async fn answer(client: &mut Client, question: &Value, result: Value) {
    let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
    client.write_line(answer.to_string().as_bytes()).await;
}

/// The words of a question.
pub fn words(question: &Value) -> &str {
    question["params"]["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_yes_runs_the_call_and_the_question_says_what_it_acts_on() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let (call, question) = asked(&mut client, "container_delete", json!({ "id": "web", "v": true })).await;
    let words = words(&question);
    for part in ["Run container_delete?", "\"v\":true", "| Id: 0a1b", "| Name: web", "| SizeRw: 5.0 MB", "volume, data"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains("hunter2") && words.chars().count() < 2_000, "{words}");
    assert!(world.deleted().is_empty());
    answer(&mut client, &question, yes()).await;
    let result = client.next().await;
    assert!(result["id"] == call && text(&result["result"]) == "done", "{result}");
    assert_eq!(world.deleted(), ["DELETE /containers/web"]);
}

#[tokio::test]
async fn nothing_is_done_without_a_yes_to_this_question() {
    let world = World::new();
    for (result, said) in [
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "dismissed"),
        (json!({ "action": "accept", "content": { "confirm": false } }), "declined"),
        (json!({ "action": "accept" }), "lacks `confirm`"),
        (json!({ "action": "accept", "content": { "confirm": "true" } }), "lacks `confirm`"),
        (json!({ "action": "accept", "content": { "other": true } }), "lacks `confirm`"),
        (json!({ "action": "maybe" }), "no `action`"),
        (json!({}), "no `action`"),
        (json!({ "roots": [] }), "no `action`"),
    ] {
        let mut client = form_of(&world).await;
        let (call, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
        answer(&mut client, &question, result).await;
        let result = client.next().await;
        assert!(result["id"] == call && result["result"]["isError"] == true, "{result}");
        assert!(text(&result["result"]).starts_with("container_delete: not done: "), "{result}");
        assert!(text(&result["result"]).contains(said), "{said}: {result}");
    }
    let mut client = form_of(&world).await;
    let (_, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    let refused =
        json!({ "jsonrpc": "2.0", "id": question["id"], "error": { "code": -32600, "message": "no\nforms" } });
    client.write_line(refused.to_string().as_bytes()).await;
    let result = client.next().await;
    assert!(text(&result["result"]).contains("no forms"), "{result}");
    assert!(world.deleted().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_answers_waits_five_minutes_and_nothing_is_done() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let (call, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    let other = json!({ "jsonrpc": "2.0", "id": 4711, "result": yes() });
    client.write_line(other.to_string().as_bytes()).await;
    tokio::time::sleep(Duration::from_secs(301)).await;
    let (mut withdrawn, mut failed) = (false, false);
    while !(withdrawn && failed) {
        let message = client.next().await;
        withdrawn |= message["method"] == "notifications/cancelled" && message["params"]["requestId"] == question["id"];
        if message["id"] == call && message.get("result").is_some() {
            assert!(text(&message["result"]).contains("did not answer within 300 s"), "{message}");
            failed = true;
        }
    }
    // An answer that comes too late changes nothing.
    answer(&mut client, &question, yes()).await;
    client.call("container_inspect", json!({ "id": "web" })).await;
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn an_object_that_changed_meanwhile_is_asked_about_again() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let (call, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    // Another of this name, and then only a larger one.
    world.change(|objects| objects.container = container("ffff", 5));
    answer(&mut client, &question, yes()).await;
    let again = client.next().await;
    assert!(words(&again).starts_with("What this call acts on has changed"), "{again}");
    assert!(words(&again).contains("| Id: ffff"), "{again}");
    world.change(|objects| objects.container = container("ffff", 6));
    answer(&mut client, &again, yes()).await;
    assert_eq!(client.next().await["id"], call);
    assert_eq!(world.deleted().len(), 1);
}

#[tokio::test]
async fn a_name_that_changes_hands_after_the_last_look_leads_to_no_other_object() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let becomes_another = |objects: &mut Objects| objects.container = container("ffff", 5);
    world.change(|objects| objects.changes = vec![|_| (), becomes_another]);
    let (call, question) = asked(&mut client, "container_delete", json!({ "ID": "web" })).await;
    answer(&mut client, &question, yes()).await;
    let result = client.next().await;
    assert!(result["id"] == call && result["result"]["isError"] == true, "{result}");
    assert!(text(&result["result"]).contains("404"), "{result}");
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn a_prune_that_would_take_more_is_asked_about_again_and_not_for_ever() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let (call, mut question) = asked(&mut client, "volume_prune", json!({})).await;
    assert!(words(&question).contains("| count: 2\n| bytes: 3.0 kB\n| would_delete: one"), "{question}");
    for name in ["three", "four", "five"] {
        world.change(|objects| objects.volumes.push(name));
        answer(&mut client, &question, yes()).await;
        question = client.next().await;
    }
    assert_eq!(question["id"], call, "{question}");
    assert!(text(&question["result"]).contains("changed each time"), "{question}");
    assert!(world.deleted().is_empty());
    let preview = client.call("volume_prune", json!({ "preview": true })).await;
    assert!(text(&preview).contains("\"count\":5"), "a preview asks nobody: {preview}");
}

#[tokio::test]
async fn a_container_that_is_gone_fails_without_a_question() {
    let world = World::new();
    let mut client = form_of(&world).await;
    world.change(|objects| objects.container = Value::Null);
    let result = client.call("container_delete", json!({ "id": "web" })).await;
    assert!(result["isError"] == true && text(&result).contains("404"), "{result}");
    let result = client.call("container_delete", json!({ "name": 1 })).await;
    assert!(result["isError"] == true && text(&result).contains("argument"), "{result}");
}

#[tokio::test]
async fn clients_that_cannot_ask_and_calls_that_lose_nothing_go_on() {
    let world = World::new();
    for capabilities in [json!({}), json!({ "elicitation": { "url": {} } })] {
        let mut client = opened(serve(server(asking(), &world)), capabilities).await;
        assert_eq!(text(&client.call("container_delete", json!({ "id": "web" })).await), "done");
    }
    assert_eq!(world.deleted().len(), 2);
    let mut client = form_of(&world).await;
    let renamed = client.call("container_rename", json!({ "id": "web", "name": "a" })).await;
    assert_eq!(text(&renamed), "done");
    let never = opened(serve(server(settings(|_| ()), &world)), json!({ "elicitation": {} }));
    assert_eq!(text(&never.await.call("container_delete", json!({ "id": "web" })).await), "done", "the default");
}

#[tokio::test]
async fn every_way_to_a_tool_asks() {
    let world = World::new();
    let forms = json!({ "elicitation": {} });
    let writes = settings(|settings| settings.confirm = Some(Confirm::Writes));
    let mut client = opened(serve(server(writes, &world)), forms.clone()).await;
    asked(&mut client, "container_rename", json!({ "id": "web", "name": "a" })).await;
    let tags = settings(|settings| {
        settings.surface = Surface::Tags;
        settings.confirm = Some(Confirm::Destructive);
    });
    let mut client = opened(serve(server(tags, &world)), forms.clone()).await;
    let arguments = json!({ "operation": "volume_delete", "arguments": { "name": "one" } });
    let (_, question) = asked(&mut client, "docker_volume", arguments).await;
    assert!(words(&question).contains("| Name: one\n") && words(&question).contains("| UsageData.Size: 1.5 kB"));
    let mut client = form_of(&world).await;
    asked(&mut client, "container_delete", json!("{\"id\":\"web\"}")).await;
    let http = crate::support::dispatcher(settings(|_| ()), world.engine());
    let http = crate::Server::new(http).confirm_by_default(Confirm::Destructive);
    asked(&mut opened(serve(http), forms).await, "container_delete", json!({ "id": "web" })).await;
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn a_question_shows_only_what_the_client_may_read() {
    let world = World::new();
    let hidden = settings(|settings| {
        settings.confirm = Some(Confirm::Destructive);
        settings.exclude_tools = vec!["container_inspect".to_owned()];
    });
    let mut client = opened(serve(server(hidden, &world)), json!({ "elicitation": {} })).await;
    let (_, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    assert!(words(&question).contains("The engine does not show what it acts on: container_inspect: not exposed"));
    assert!(!words(&question).contains("0a1b"), "{question}");
}

#[tokio::test]
async fn a_cancelled_call_and_the_end_of_the_session_withdraw_the_question() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let (call, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    client.notify("notifications/cancelled", json!({ "requestId": call })).await;
    let withdrawn = client.next().await;
    assert_eq!(withdrawn["params"]["requestId"], question["id"], "{withdrawn}");
    answer(&mut client, &question, yes()).await;
    client.call("container_inspect", json!({ "id": "web" })).await;
    asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    client.close().await;
    let last = client.next().await;
    assert!(last["result"]["isError"] == true && text(&last["result"]) == "cancelled", "{last}");
    assert!(client.is_over().await);
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn the_audit_trail_says_who_was_asked_and_what_they_said() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("audit");
    let mut client = opened(audited(asking(), &world, &path), json!({ "elicitation": {} })).await;
    for result in [yes(), json!({ "action": "decline" })] {
        let (_, question) = asked(&mut client, "container_delete", json!({ "id": "web" })).await;
        answer(&mut client, &question, result).await;
        client.next().await;
    }
    client.call("container_inspect", json!({ "id": "web" })).await;
    let expected = [
        (json!("accepted"), json!("ok")),
        (json!("declined"), json!("refused: no consent")),
        (Value::Null, json!("ok")),
    ];
    assert_eq!(trail(&path), expected);
    assert!(std::fs::read_to_string(&path).unwrap().contains("\"client\":\"test 1\""));
}

#[tokio::test]
async fn so_many_questions_are_open_at_a_time_and_no_more() {
    let world = World::new();
    let mut client = form_of(&world).await;
    for _ in 0..64 {
        asked(&mut client, "container_delete", json!({ "id": "web" })).await;
    }
    let refused = client.call("container_delete", json!({ "id": "web" })).await;
    assert!(text(&refused).contains("64 questions wait for an answer"), "{refused}");
    let read = client.call("container_inspect", json!({ "id": "web" })).await;
    assert_eq!(read["isError"], false, "questions hold no turn: {read}");
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn long_arguments_are_cut_and_the_question_says_so() {
    let world = World::new();
    let mut client = form_of(&world).await;
    let name = "x".repeat(9_000);
    let (_, question) =
        asked(&mut client, "exec_run", json!({ "id": "web", "body": { "Cmd": ["sh", "-c", name] } })).await;
    let words = words(&question);
    assert!(words.contains("| Id: 0a1b\n") && words.chars().count() < 5_000, "{words}");
    assert!(words.contains("more characters that are not shown"), "{words}");
}
