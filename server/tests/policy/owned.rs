//! An owner's objects: those of others are not there, in no tool and in no way, and what is sent names and labels the
//! owner's own.

use dockwright::operation::Kind;
use dockwright::operations;
use dockwright_policy::objects;
use serde_json::{Map, Value, json};

use super::support::text;
use super::world::{MINE, THEIRS, World};
use super::{OWNER, answered, failed, tools, under};

/// The arguments that tools need beside the container: those of a body and of composed tools, else what the row
/// requires.
fn needed(tool: &str) -> Value {
    match tool {
        "put_container_archive" => json!({ "path": "/x", "context": { "a": "b" } }),
        "container_exec" | "exec_run" => json!({ "body": { "Cmd": ["id"] } }),
        "container_update" => json!({ "body": { "Memory": 7 } }),
        "container_edit" => json!({ "path": "/x", "text": "a" }),
        "container_wait_for" => json!({ "healthy": true, "limit_seconds": 1 }),
        _ => required(tool),
    }
}

/// A value for each argument that the row of an operation requires.
fn required(tool: &str) -> Value {
    let row = operations::ALL.iter().find(|row| row.name == tool);
    let parameters = row.into_iter().flat_map(|row| row.parameters).filter(|parameter| parameter.required);
    let value = |kind| match kind {
        Kind::Integer | Kind::Number => json!(1),
        Kind::Boolean => json!(true),
        Kind::Array => json!(["new"]),
        Kind::Object => json!({}),
        Kind::String => json!("new"),
    };
    parameters.map(|parameter| (parameter.name.to_owned(), value(parameter.kind))).collect::<Map<_, _>>().into()
}

#[tokio::test]
async fn a_container_of_another_is_one_that_does_not_exist_for_every_tool_by_every_name() {
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    let listed = tools(&mut client).await;
    let of_containers = operations::ALL.iter().filter_map(|operation| {
        let (collection, argument) = objects::target(operation)?;
        (collection == "containers").then_some((operation.name, argument))
    });
    let composed = ["container_edit", "container_recreate", "container_wait_for", "exec_run"].map(|name| (name, "id"));
    let mut tried = 0;
    for (tool, argument) in of_containers.chain(composed).filter(|(tool, _)| listed.iter().any(|name| name == tool)) {
        let call = |name: &str| {
            let mut arguments = needed(tool);
            arguments[argument] = name.into();
            arguments
        };
        let absent = failed(&mut client, tool, call("c-absent")).await;
        if tool.ends_with("_websocket") {
            continue;
        }
        assert!(absent.contains("404 Not Found: No such container: c-absent"), "{tool}: {absent}");
        for name in ["theirs", THEIRS, &THEIRS[..12], "/theirs", &THEIRS[..5]] {
            let foreign = failed(&mut client, tool, call(name)).await;
            let shown = name.trim_start_matches('/');
            assert_eq!(foreign.replace(name, "c-absent").replace(shown, "c-absent"), absent, "{tool} {name}");
        }
        assert!(world.writes().is_empty(), "{tool}");
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
}

#[tokio::test]
async fn objects_of_others_of_any_kind_are_not_there() {
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    for (tool, arguments, expected) in [
        ("network_inspect", json!({ "id": "their-network" }), "network their-network not found"),
        ("network_delete", json!({ "id": "their-network" }), "network their-network not found"),
        (
            "network_connect",
            json!({ "id": "my-network", "body": { "Container": "theirs" } }),
            "No such container: theirs",
        ),
        ("volume_inspect", json!({ "name": "their-volume" }), "get their-volume: no such volume"),
        ("volume_delete", json!({ "name": "their-volume" }), "get their-volume: no such volume"),
        ("image_delete", json!({ "name": "their-image" }), "No such image: their-image"),
        ("image_inspect", json!({ "name": "their-image" }), "No such image: their-image"),
        ("service_inspect", json!({ "id": "their-service" }), "service their-service not found"),
        (
            "service_update",
            json!({ "id": "their-service", "body": { "Name": "x" } }),
            "service their-service not found",
        ),
        ("service_logs", json!({ "id": "their-service", "stdout": true }), "service their-service not found"),
        ("task_inspect", json!({ "id": "their-task" }), "task their-task not found"),
        ("secret_inspect", json!({ "id": "their-secret" }), "secret their-secret not found"),
        ("exec_inspect", json!({ "id": "their-exec" }), "No such exec instance: their-exec"),
        ("exec_start", json!({ "id": "their-exec", "body": {} }), "No such exec instance: their-exec"),
        ("project_logs", json!({ "containers": ["theirs"] }), "theirs"),
        ("container_list", json!({ "filters": { "since": ["theirs"] } }), "denied by own: `filters.since` names"),
        ("container_list", json!({ "filters": { "before": ["c-absent"] } }), "denied by own: `filters.before` names"),
        ("image_list", json!({ "filters": { "since": ["their-image"] } }), "denied by own: `filters.since` names"),
    ] {
        let refused = failed(&mut client, tool, arguments).await;
        assert!(refused.contains(expected), "{tool}: {refused}");
        assert!(!refused.contains(THEIRS), "{tool}: {refused}");
        assert!(world.writes().is_empty(), "{tool}");
    }
    for (uri, expected) in [
        ("docker://containers/theirs", "No such container: theirs"),
        ("docker://containers/theirs/logs", "No such container: theirs"),
        ("docker://networks/their-network", "network their-network not found"),
    ] {
        let answer = client.answer("resources/read", json!({ "uri": uri })).await;
        assert!(answer.to_string().contains(expected), "{answer}");
    }
}

#[tokio::test]
async fn names_of_others_are_neither_listed_nor_suggested_nor_completed() {
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    for list in ["container_list", "image_list", "network_list", "volume_list", "service_list", "secret_list"] {
        let reply = answered(&mut client, list, json!({ "select": "@" })).await.to_string();
        assert!(reply.contains("m") && !reply.contains("their"), "{list}: {reply}");
        assert_eq!(world.sent().last().unwrap().json("filters")["label"], json!(["owner=me"]), "{list}");
    }
    let near = failed(&mut client, "container_inspect", json!({ "id": "their" })).await;
    assert!(!near.contains("theirs"), "{near}");
    let near = failed(&mut client, "container_inspect", json!({ "id": "mien" })).await;
    assert!(near.contains("the nearest names are mine"), "{near}");
    let table = client.call("container_table", json!({ "all": true })).await;
    assert!(!table.to_string().contains("theirs"), "{table}");
    let completed = client
        .ask(
            "completion/complete",
            json!({
                "ref": { "type": "ref/resource", "uri": "docker://containers/{+id}" },
                "argument": { "name": "id", "value": "" },
            }),
        )
        .await;
    assert_eq!(completed["completion"]["values"], json!(["mine"]));
}

#[tokio::test]
async fn what_is_sent_names_the_owners_objects_by_their_ids_and_labels_new_ones() {
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    let mut write = async |tool: &str, arguments: Value| {
        world.sent();
        let result = client.call(tool, arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {}", text(&result));
        world.writes()
    };
    for name in ["mine", "/mine", &MINE[..12], MINE] {
        let sent = write("container_stop", json!({ "id": name })).await;
        assert_eq!(sent[0].path, format!("/containers/{MINE}/stop"), "{name}");
    }
    let create = json!({ "name": "new", "body": { "Image": "busybox:test", "Labels": { "a": "1" },
        "HostConfig": { "NetworkMode": "container:mine", "VolumesFrom": ["mine:ro"] } } });
    let sent = write("container_create", create).await;
    assert_eq!(sent[0].body["Labels"], json!({ "a": "1", "owner": "me" }));
    assert_eq!(sent[0].body["HostConfig"]["NetworkMode"], format!("container:{MINE}"));
    assert_eq!(sent[0].body["HostConfig"]["VolumesFrom"][0], format!("{MINE}:ro"));
    for (tool, body) in [("network_create", json!({ "Name": "n" })), ("volume_create", json!({}))] {
        let sent = write(tool, json!({ "body": body })).await;
        assert_eq!(sent[0].body["Labels"], json!({ "owner": "me" }), "{tool}");
    }
    let sent = write("network_connect", json!({ "id": "my-network", "body": { "Container": "mine" } })).await;
    assert_eq!((sent[0].path.as_str(), &sent[0].body["Container"]), ("/networks/my-network-id/connect", &json!(MINE)));
    for prune in ["container_prune", "network_prune", "volume_prune", "image_prune"] {
        let sent = write(prune, json!({ "filters": { "label!": ["keep"] } })).await;
        assert_eq!(sent[0].json("filters"), json!({ "label!": ["keep"], "label": ["owner=me"] }), "{prune}");
    }
}

#[tokio::test]
async fn a_merge_patch_keeps_the_owners_label_and_is_judged_whole() {
    let world = World::default();
    // The service as it is has nothing that the policy forbids.
    let policy =
        format!("{OWNER}[facets]\nshared = \"allow\"\n").replace("[\"ghcr.io\"]", "[\"ghcr.io\", \"docker.io\"]");
    let mut client = under(&policy, &world).await;
    let result = client.call("service_update", json!({ "id": "my-service", "body": { "Labels": { "b": "2" } } })).await;
    assert_eq!(result["isError"], false, "{result}");
    let sent = world.writes();
    assert_eq!(sent[0].path, "/services/my-service-id/update");
    assert_eq!(sent[0].body["Labels"], json!({ "owner": "me", "b": "2" }));
    let away = json!({ "id": "my-service", "body": { "Labels": { "owner": null } } });
    assert_eq!(client.call("service_update", away).await["isError"], false);
    assert_eq!(world.writes()[0].body["Labels"], json!({ "owner": "me" }));
    let mount = json!([{ "Type": "bind", "Source": "/etc", "Target": "/h" }]);
    let patch = json!({ "TaskTemplate": { "ContainerSpec": { "Mounts": mount } } });
    let refused = failed(&mut client, "service_update", json!({ "id": "my-service", "body": patch })).await;
    assert!(refused.contains("denied by binds: /etc is not below"), "{refused}");
}

#[tokio::test]
async fn events_are_narrowed_and_a_person_is_shown_nothing_of_others() {
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    let _ = client.call("system_events", json!({ "since": "1", "until": "2" })).await;
    let events: Vec<_> = world.sent().into_iter().filter(|sent| sent.path == "/events").collect();
    assert!(!events.is_empty());
    for sent in events {
        assert_eq!(sent.json("filters")["label"], json!(["owner=me"]));
    }
    let arguments: Map<String, Value> = Map::new();
    let preview = client.call("container_prune", json!({ "preview": true, "filters": arguments })).await;
    assert!(!preview.to_string().contains("theirs"), "{preview}");
}
