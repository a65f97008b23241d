//! Sessions since 2026-07-28: the question is the result of the call, and the client calls again with the answer.

use serde_json::{Value, json};

use crate::engine::{World, container};
use crate::support::{Client, text};
use crate::{Server, asking, audited, raw, serve, server, trail, yes};

/// A call in this era, with what the client can do and what it brings.
fn params(tool: &str, arguments: Value, more: Value) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
    });
    let mut params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    params
}

async fn call(client: &mut Client, tool: &str, arguments: Value, more: Value) -> Value {
    client.ask("tools/call", params(tool, arguments, more)).await
}

/// The state of the question that a result is.
fn state(result: &Value) -> &str {
    assert_eq!(result["resultType"], "input_required", "{result}");
    assert_eq!(result["inputRequests"]["confirm"]["method"], "elicitation/create", "{result}");
    result["requestState"].as_str().unwrap()
}

fn words(result: &Value) -> &str {
    result["inputRequests"]["confirm"]["params"]["message"].as_str().unwrap()
}

/// The answer that a client brings.
fn brings(state: &str, answer: Value) -> Value {
    json!({ "inputResponses": { "confirm": answer }, "requestState": state })
}

fn web() -> Value {
    json!({ "id": "web", "force": true })
}

#[tokio::test]
async fn a_call_with_a_yes_runs_once() {
    let world = World::new();
    let mut client = raw(serve(server(asking(), &world)));
    let question = call(&mut client, "container_delete", web(), json!({})).await;
    assert!(words(&question).contains("| Id: 0a1b"), "{question}");
    let sealed = state(&question).to_owned();
    // Its writable layer grows, which changes nothing, and members may come in another order.
    world.change(|objects| objects.container = container("0a1b", 9_000_000));
    let done =
        call(&mut client, "container_delete", json!({ "force": true, "id": "web" }), brings(&sealed, yes())).await;
    assert_eq!(text(&done), "done");
    assert_eq!(world.deleted().len(), 1);
    let replayed = call(&mut client, "container_delete", web(), brings(&sealed, yes())).await;
    assert_ne!(state(&replayed), sealed);
    assert_eq!(world.deleted().len(), 1, "one answer is for one call");
}

#[tokio::test]
async fn a_no_or_an_unclear_answer_fails() {
    let world = World::new();
    let mut client = raw(serve(server(asking(), &world)));
    let question = call(&mut client, "container_delete", web(), json!({})).await;
    let sealed = state(&question).to_owned();
    for (responses, said) in [
        (json!({ "confirm": { "action": "decline" } }), "declined"),
        (json!({ "confirm": { "action": "cancel" } }), "dismissed"),
        (json!({ "confirm": { "action": "accept", "content": { "confirm": false } } }), "declined"),
        (json!({ "confirm": { "action": "accept", "content": {} } }), "lacks `confirm`"),
        (json!({ "confirm": 1 }), "no `action`"),
        (json!({ "other": yes() }), "another question"),
        (json!({}), "another question"),
    ] {
        let more = json!({ "inputResponses": responses, "requestState": sealed });
        let result = call(&mut client, "container_delete", web(), more).await;
        assert!(result["isError"] == true && text(&result).contains(said), "{said}: {result}");
    }
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn an_answer_is_for_exactly_the_call_that_was_asked_about() {
    let world = World::new();
    let mut client = raw(serve(server(asking(), &world)));
    let question = call(&mut client, "container_delete", web(), json!({})).await;
    let sealed = state(&question).to_owned();
    for (tool, arguments) in [
        ("container_delete", json!({ "id": "web" })),
        ("container_delete", json!({ "id": "web", "force": true, "v": true })),
        ("container_delete", json!({ "id": "web", "force": false })),
        ("volume_delete", json!({ "name": "one" })),
        ("volume_prune", json!({})),
    ] {
        let again = call(&mut client, tool, arguments, brings(&sealed, yes())).await;
        assert!(words(&again).starts_with(&format!("Run {tool}?")), "{again}");
        state(&again);
    }
    let forged = sealed.chars().rev().collect::<String>();
    let cut = &sealed[..sealed.len() - 2];
    for state_brought in ["", "rs1.a.b", &forged, cut, &format!("{sealed}A")] {
        state(&call(&mut client, "container_delete", web(), brings(state_brought, yes())).await);
    }
    for more in [json!({ "inputResponses": { "confirm": yes() } }), json!({ "requestState": sealed })] {
        state(&call(&mut client, "container_delete", web(), more).await);
    }
    for malformed in [
        json!({ "requestState": 7, "inputResponses": { "confirm": yes() } }),
        json!({ "requestState": sealed, "inputResponses": "yes" }),
    ] {
        let answer = client.answer("tools/call", params("container_delete", web(), malformed)).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    let mut other = params("container_delete", web(), brings(&sealed, yes()));
    other["_meta"]["io.modelcontextprotocol/clientInfo"]["name"] = json!("another");
    state(&client.ask("tools/call", other).await);
    assert!(world.deleted().is_empty());
}

#[tokio::test]
async fn an_object_that_changed_meanwhile_is_asked_about_again() {
    let world = World::new();
    let mut client = raw(serve(server(asking(), &world)));
    let question = call(&mut client, "container_delete", web(), json!({})).await;
    world.change(|objects| objects.container = container("ffff", 5));
    let again = call(&mut client, "container_delete", web(), brings(state(&question), yes())).await;
    assert!(words(&again).starts_with("What this call acts on has changed"), "{again}");
    let question = call(&mut client, "volume_prune", json!({}), json!({})).await;
    world.change(|objects| objects.volumes.push("three"));
    let again = call(&mut client, "volume_prune", json!({}), brings(state(&question), yes())).await;
    assert!(words(&again).contains("| count: 3"), "{again}");
    assert!(world.deleted().is_empty());
    let done = call(&mut client, "volume_prune", json!({}), brings(state(&again), yes())).await;
    assert!(text(&done).contains("three"), "{done}");
}

#[tokio::test]
async fn another_server_takes_an_answer_only_with_the_same_key() {
    let world = World::new();
    let with_key = |key: &[u8]| serve(server(asking(), &world).with_confirmation_key(key));
    let mut one = raw(with_key(b"a secret"));
    let question = call(&mut one, "container_delete", web(), json!({})).await;
    for stranger in [serve(server(asking(), &world)), with_key(b"another secret")] {
        let again = call(&mut raw(stranger), "container_delete", web(), brings(state(&question), yes())).await;
        state(&again);
    }
    assert!(world.deleted().is_empty());
    let done = call(&mut raw(with_key(b"a secret")), "container_delete", web(), brings(state(&question), yes())).await;
    assert_eq!(text(&done), "done");
}

#[tokio::test]
async fn engines_of_one_server_have_their_own_answers() {
    let (one, other) = (World::new(), World::new());
    let mut settings = asking();
    settings.engine = vec!["one=tcp://127.0.0.1:1".to_owned(), "other=tcp://127.0.0.1:2".to_owned()];
    let dispatcher = crate::Dispatcher::new(settings, crate::Audit::to_writer(std::io::sink())).unwrap();
    let dispatcher = dispatcher.with_named_engine("one", one.engine()).with_named_engine("other", other.engine());
    let mut client = raw(serve(Server::new(dispatcher)));
    let on = |engine: &str| json!({ "id": "web", "engine": engine });
    let question = call(&mut client, "container_delete", on("one"), json!({})).await;
    assert!(words(&question).contains("on the engine `one`"), "{question}");
    state(&call(&mut client, "container_delete", on("other"), brings(state(&question), yes())).await);
    let done = call(&mut client, "container_delete", on("one"), brings(state(&question), yes())).await;
    assert_eq!((text(&done), one.deleted().len(), other.deleted().len()), ("done", 1, 0));
}

#[tokio::test]
async fn arguments_in_a_text_are_asked_about_and_answered_too() {
    let world = World::new();
    let mut client = raw(serve(server(asking(), &world)));
    let written = json!(web().to_string());
    let question = call(&mut client, "container_delete", written.clone(), json!({})).await;
    let done = call(&mut client, "container_delete", written, brings(state(&question), yes())).await;
    assert_eq!((text(&done), world.deleted().len()), ("done", 1));
}

#[tokio::test]
async fn the_audit_trail_has_the_question_and_the_answer() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("audit");
    let mut client = raw(audited(asking(), &world, &path));
    let question = call(&mut client, "container_delete", web(), json!({})).await;
    call(&mut client, "container_delete", web(), brings(state(&question), json!({ "action": "decline" }))).await;
    call(&mut client, "container_delete", web(), brings(state(&question), yes())).await;
    let expected = [
        (json!("asked"), json!("asked")),
        (json!("declined"), json!("refused: no consent")),
        (json!("accepted"), json!("ok")),
    ];
    assert_eq!(trail(&path), expected);
}
