//! Requests that a policy refuses, by kind: nothing is sent, and the words say which rule and what would pass.

use serde_json::{Value, json};

use super::world::World;
use super::{OWNER, failed, under};

fn create(more: Value) -> (&'static str, Value) {
    let mut body = json!({ "Image": "busybox:test" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ("container_create", json!({ "body": body }))
}

fn host(config: Value) -> (&'static str, Value) {
    create(json!({ "HostConfig": config }))
}

#[tokio::test]
async fn each_kind_of_request_is_refused_with_its_rule_and_nothing_is_sent() {
    let requests = [
        (host(json!({ "Binds": ["/etc:/h"] })), "binds: /etc is not below /srv/proj"),
        (host(json!({ "Binds": ["/srv/projevil:/h"] })), "binds: /srv/projevil is not below /srv/proj"),
        (host(json!({ "Binds": ["/srv/proj/../x:/h"] })), "binds: /srv/proj/../x is not an absolute path without `..`"),
        (host(json!({ "Privileged": true })), "privileged: `body.HostConfig.Privileged` gives all rights"),
        (host(json!({ "PidMode": "host" })), "host_namespaces: "),
        (host(json!({ "CapAdd": ["sys_admin"] })), "capabilities: "),
        (
            host(json!({ "PortBindings": { "80/tcp": [{ "HostIp": "0.0.0.0" }] } })),
            "publish: 0.0.0.0 is not among 127.0.0.1",
        ),
        (host(json!({ "NetworkMode": "container:theirs" })), "404 Not Found: No such container: theirs"),
        (
            host(json!({ "VolumesFrom": [&super::world::THEIRS[..12]] })),
            "404 Not Found: No such container: bbbbbbbbbbbb",
        ),
        (host(json!({ "Binds": ["their-volume:/v"] })), "404 Not Found: get their-volume: no such volume"),
        (create(json!({ "Image": "secret:1" })), "images: secret:1 is not allowed; busybox:* are"),
        (create(json!({ "Labels": { "owner": "them" } })), "own: `body.Labels` sets labels"),
        (("image_create", json!({ "fromImage": "quay.io/a/b" })), "egress: quay.io is not among ghcr.io"),
        (("image_push", json!({ "name": "quay.io/a/b", "tag": "1" })), "denied by "),
        (("container_list", json!({ "filters": { "label": ["owner=them"] } })), "own: `filters.label` asks for owner"),
        (("volume_create", json!({ "body": { "DriverOpts": { "o": "bind", "device": "/" } } })), "volume_device: "),
        (("image_tag", json!({ "name": "my-image", "repo": "their-image" })), "images: the name their-image is taken"),
        (("container_rename", json!({ "id": "mine", "name": "theirs" })), "own: the name theirs is taken"),
        (("container_run", host(json!({ "Binds": ["/:/h"] })).1), "binds: / is not below /srv/proj"),
        (("exec_run", json!({ "id": "mine", "body": { "Cmd": ["id"], "Privileged": true } })), "privileged: "),
    ];
    let world = World::default();
    let mut client = under(OWNER, &world).await;
    for ((tool, arguments), expected) in requests {
        let refused = failed(&mut client, tool, arguments.clone()).await;
        assert!(refused.contains(expected), "{tool} {arguments}: {refused}");
        assert!(world.writes().is_empty(), "{tool} {arguments}");
    }
}

#[tokio::test]
async fn a_request_is_refused_if_the_engine_does_not_tell_what_decides_on_it() {
    let engine = dockwright::Engine::canned(|request| {
        let status = if request.uri().path() == "/_ping" { 200 } else { 500 };
        let body = r#"{"message":"container bbbb of somebody else is broken"}"#;
        dockwright::http::Response::builder().status(status).body(body.into()).unwrap()
    });
    let file = super::file(OWNER);
    let settings = super::settings(|settings| settings.policy = Some(file.path().to_owned()));
    let mut client = super::session(settings, engine).await;
    let refused = failed(&mut client, "container_stop", json!({ "id": "mine" })).await;
    assert!(refused.contains("denied by request: container_inspect failed"), "{refused}");
    assert!(!refused.contains("somebody"), "{refused}");
}
