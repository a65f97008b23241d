//! An engine with an object of each kind that is the owner's and one that is not. It narrows lists by their label as an
//! engine does, and notes every request.

use std::sync::{Arc, Mutex};

use dockwright::{Engine, bytes::Bytes, http};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// The ids of the owner's container, and of one that is not the owner's.
pub const MINE: &str = "aaaaaaaaaaaa1111111111111111111111111111111111111111111111111111";
pub const THEIRS: &str = "bbbbbbbbbbbb2222222222222222222222222222222222222222222222222222";

/// A request that the engine was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Value,
}

impl Sent {
    /// The JSON of an argument in the query.
    pub fn json(&self, name: &str) -> Value {
        let value = self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        value.map_or(Value::Null, |value| serde_json::from_str(value).unwrap())
    }
}

/// The engine.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Vec<Sent>>>);

impl World {
    pub fn engine(&self) -> Engine {
        let world = self.clone();
        Engine::canned(move |request| world.answer(&request))
    }

    /// The requests since the last time.
    pub fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The requests since the last time that change something.
    pub fn writes(&self) -> Vec<Sent> {
        self.sent().into_iter().filter(|sent| sent.method != "GET").collect()
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let query = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let sent = Sent {
            method: request.method().to_string(),
            path: decoded(request.uri().path()),
            query: query.map(|(key, value)| (decoded(key), decoded(value))).collect(),
            body: serde_json::from_slice(request.body()).unwrap_or_default(),
        };
        let (status, body) = answer(&sent);
        self.0.lock().unwrap().push(sent);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        http::Response::builder().status(status).body(body.into()).unwrap()
    }
}

/// An object as the operation that reads it answers.
pub fn object(collection: &str, name: &str) -> Option<Value> {
    let own = || json!({ "owner": "me" });
    let name = name.strip_prefix('/').unwrap_or(name);
    let is_id = |id: &str| name.len() >= 4 && id.starts_with(name);
    let named = |id: &str, labels: Value| Some(json!({ "Name": name, "Id": id, "Driver": "local", "Labels": labels }));
    let spec = |id: &str, labels: Value| {
        let container = json!({ "Image": "busybox:test", "Env": ["WORD=quartz"] });
        let spec = json!({ "Name": name, "Labels": labels, "TaskTemplate": { "ContainerSpec": container } });
        Some(json!({ "ID": id, "Version": { "Index": 7 }, "Spec": spec }))
    };
    match (collection, name) {
        ("containers", "mine") => Some(container(MINE, "mine", own())),
        ("containers", "theirs") => Some(container(THEIRS, "theirs", json!({ "owner": "them" }))),
        ("containers", _) if is_id(MINE) => Some(container(MINE, "mine", own())),
        ("containers", _) if is_id(THEIRS) => Some(container(THEIRS, "theirs", Value::Null)),
        ("exec", "my-exec") => Some(json!({ "ID": "my-exec", "ContainerID": MINE, "Running": false })),
        ("exec", "their-exec") => Some(json!({ "ID": "their-exec", "ContainerID": THEIRS, "Running": true })),
        ("images", "busybox:test" | "busybox" | "busybox:latest") => {
            Some(image("sha256:b0b0", "busybox:test", Value::Null))
        }
        ("images", "my-image" | "my-image:latest") => Some(image("sha256:a0a0", "my-image:latest", own())),
        ("images", "their-image" | "their-image:latest") => {
            Some(image("sha256:c0c0", "their-image:latest", Value::Null))
        }
        ("networks", "my-network" | "my-network-id") => named("my-network-id", own()),
        ("networks", "their-network") => named("their-network-id", json!({})),
        ("volumes", "my-volume") => named("my-volume", own()),
        ("volumes", "their-volume") => named("their-volume", json!({ "owner": "them" })),
        ("services", "my-service" | "my-service-id") => spec("my-service-id", own()),
        ("services", "their-service") => spec("their-service-id", json!({ "owner": "them" })),
        ("secrets", "my-secret" | "my-secret-id") => spec("my-secret-id", own()),
        ("secrets", "their-secret") => spec("their-secret-id", json!({})),
        ("tasks", "their-task") => Some(json!({ "ID": "their-task", "ServiceID": "their-service" })),
        _ => None,
    }
}

fn container(id: &str, name: &str, labels: Value) -> Value {
    json!({
        "Id": id, "Name": format!("/{name}"), "Image": "sha256:b0b0", "Created": "2026-01-02T03:04:05Z",
        "State": { "Status": "running", "Running": true },
        "Config": { "Image": "busybox:test", "Labels": labels, "Env": ["WORD=quartz"] },
        "HostConfig": {}, "NetworkSettings": {}, "Mounts": [],
    })
}

fn image(id: &str, name: &str, labels: Value) -> Value {
    json!({
        "Id": id, "RepoTags": [name], "RepoDigests": [],
        "Config": { "Labels": labels, "Env": ["WORD=quartz"] },
    })
}

fn answer(sent: &Sent) -> (u16, Value) {
    let path = sent.path.trim_start_matches('/');
    let parts: Vec<_> = path.split('/').collect();
    let found =
        |object: Option<Value>| object.map_or((404, json!({ "message": "no such object" })), |found| (200, found));
    match (sent.method.as_str(), parts.as_slice()) {
        (_, ["_ping"]) => (200, json!("OK")),
        ("GET", ["containers", "json"]) => {
            (200, narrowed(sent, &[listed("containers", "mine"), listed("containers", "theirs")]))
        }
        ("GET", ["images", "json"]) => {
            (200, narrowed(sent, &[listed("images", "my-image"), listed("images", "their-image")]))
        }
        ("GET", ["networks"]) => {
            (200, narrowed(sent, &[listed("networks", "my-network"), listed("networks", "their-network")]))
        }
        ("GET", ["volumes"]) => (
            200,
            json!({ "Volumes": narrowed(sent, &[listed("volumes", "my-volume"), listed("volumes", "their-volume")]) }),
        ),
        ("GET", ["services"]) => {
            (200, narrowed(sent, &[listed("services", "my-service"), listed("services", "their-service")]))
        }
        ("GET", ["secrets"]) => {
            (200, narrowed(sent, &[listed("secrets", "my-secret"), listed("secrets", "their-secret")]))
        }
        ("GET", ["images", name, "history"]) if object("images", name).is_some() => {
            (200, json!([{ "Id": "sha256:a0a0", "CreatedBy": "ENV WORD=quartz", "Size": 1, "Created": 1 }]))
        }
        ("GET", ["events"]) => (200, Value::Null),
        ("GET", ["containers", name, "json"]) => found(object("containers", name)),
        ("GET", ["exec", name, "json"]) => found(object("exec", name)),
        ("GET", ["images", name, "json"]) => found(object("images", name)),
        ("GET", [collection, name]) => found(object(collection, name)),
        ("POST", ["containers", "create"]) => (201, json!({ "Id": MINE, "Warnings": [] })),
        ("POST", [_, "create"]) => (201, json!({ "Id": "new", "ID": "new", "Name": "new" })),
        ("POST", ["containers", _, "exec"]) => (201, json!({ "Id": "my-exec" })),
        ("POST", [_, "prune"]) => (200, json!({})),
        ("POST", ["services", _, "update"]) => (200, json!({ "Warnings": null })),
        _ => (204, Value::Null),
    }
}

/// An element of a list.
fn listed(collection: &str, name: &str) -> Value {
    let mut element = object(collection, name).unwrap();
    element["Labels"] = ["/Config/Labels", "/Spec/Labels", "/Labels"]
        .iter()
        .find_map(|pointer| element.pointer(pointer).cloned())
        .unwrap_or_default();
    element["Names"] = json!([format!("/{name}")]);
    element
}

/// The elements with all labels of the filter.
fn narrowed(sent: &Sent, elements: &[Value]) -> Value {
    let filters = sent.json("filters");
    let labels: Vec<_> = filters["label"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let has = |element: &Value, label: &str| {
        let (key, value) = label.split_once('=').unwrap_or((label, ""));
        element["Labels"].get(key).is_some_and(|found| found == value)
    };
    elements.iter().filter(|element| labels.iter().all(|label| has(element, label))).cloned().collect()
}
