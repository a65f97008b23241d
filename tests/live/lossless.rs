//! Read, change one thing, write: properties that the types do not know leave as they came. The request itself shows
//! it, behind a forwarder, and so does the engine's state afterwards.

use std::time::Duration;

use dockwright::models::ContainerUpdateRequest;
use dockwright::options::{ServiceInspectOptions, ServiceUpdateOptions, SwarmUpdateOptions};
use dockwright::{Engine, JsonObject, Value};
use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{Bench, shell, trials};
use crate::forwarder::Forwarder;
use crate::service;
use crate::swarm::{self, SETTINGS};

pub fn trials() -> Vec<Trial> {
    trials![
        an_updated_service_loses_nothing,
        an_updated_node_loses_nothing,
        an_updated_swarm_loses_nothing,
        an_updated_secret_loses_nothing,
        an_updated_config_loses_nothing,
        an_updated_container_loses_nothing,
    ]
}

async fn an_updated_service_loses_nothing(bench: &'static Bench) {
    swarm::node(bench).await;
    let container = service::container("exec sleep 1000").env(["A=1"]).hosts(["192.0.2.1 far"]);
    let container = container.stop_grace_period(Duration::from_nanos(1));
    let (_, id, _leftover) = service::create(bench, container).await;
    check(bench, &format!("/services/{id}"), async |engine, change| {
        let service = engine.service_inspect(&id, &ServiceInspectOptions::default()).await.expect("it is there");
        let mut spec = service.spec;
        change(&mut spec.labels, &mut spec.extra);
        let options = ServiceUpdateOptions::default();
        engine.service_update(&id, service.version.index, &spec, &options).await.expect("it is updated");
    })
    .await;
}

async fn an_updated_node_loses_nothing(bench: &'static Bench) {
    let id = &*swarm::node(bench).await;
    let _settings = SETTINGS.lock().await;
    check(bench, &format!("/nodes/{id}"), async |engine, change| {
        let node = engine.node_inspect(id).await.expect("it is there");
        let mut spec = node.spec;
        change(&mut spec.labels, &mut spec.extra);
        engine.node_update(id, node.version.index, &spec).await.expect("it is updated");
    })
    .await;
}

async fn an_updated_swarm_loses_nothing(bench: &'static Bench) {
    swarm::node(bench).await;
    let _settings = SETTINGS.lock().await;
    check(bench, "/swarm", async |engine, change| {
        let swarm = engine.swarm_inspect().await.expect("it is there");
        let mut spec = swarm.spec;
        change(&mut spec.labels, &mut spec.extra);
        let options = SwarmUpdateOptions::default();
        engine.swarm_update(swarm.version.index, &spec, &options).await.expect("it is updated");
    })
    .await;
}

async fn an_updated_secret_loses_nothing(bench: &'static Bench) {
    swarm::node(bench).await;
    let (_, id, _leftover) = swarm::secret(bench).await;
    check(bench, &format!("/secrets/{id}"), async |engine, change| {
        let secret = engine.secret_inspect(&id).await.expect("it is there");
        let mut spec = secret.spec;
        change(&mut spec.labels, &mut spec.extra);
        engine.secret_update(&id, secret.version.index, &spec).await.expect("it is updated");
    })
    .await;
}

async fn an_updated_config_loses_nothing(bench: &'static Bench) {
    swarm::node(bench).await;
    let (_, id, _leftover) = swarm::config(bench).await;
    check(bench, &format!("/configs/{id}"), async |engine, change| {
        let config = engine.config_inspect(&id).await.expect("it is there");
        let mut spec = config.spec;
        change(&mut spec.labels, &mut spec.extra);
        engine.config_update(&id, config.version.index, &spec).await.expect("it is updated");
    })
    .await;
}

async fn an_updated_container_loses_nothing(bench: &'static Bench) {
    let mut body = shell("true");
    body.host_config = body.host_config.map(|config| config.memory(64 << 20).memory_swap(128 << 20).cpu_shares(256));
    let container = bench.container_of(body).await;
    let path = format!("/containers/{}/json", container.id);
    let before = bench.json(&path).await["HostConfig"].take();

    let forwarder = Forwarder::new(bench).await;
    let engine = forwarder.engine();
    let host = engine.container_inspect(&container.id, &Default::default()).await.expect("it is there").host_config;
    let host = serde_json::to_value(host).expect("it is JSON");
    // Its limits are also a request; the rest is unknown to the request.
    let mut update: ContainerUpdateRequest = serde_json::from_value(host).expect("it is an update");
    update.cpu_shares = Some(512);
    engine.container_update(&container.id, &update).await.expect("it is updated");

    let mut expected = before;
    expected["CpuShares"] = json!(512);
    let sent = forwarder.requests().pop().expect("a request has passed").body;
    assert_eq!(without_nulls(sent), without_nulls(expected.clone()), "what was sent");
    assert_eq!(bench.json(&path).await["HostConfig"], expected, "what the engine has");
}

/// Adds a label, and something that nobody knows.
type Change = fn(&mut Option<Labels>, &mut JsonObject);
type Labels = std::collections::BTreeMap<String, String>;

/// Lets `update` change the settings at `path`, and compares them as they were, as they were sent and as they are.
async fn check(bench: &Bench, path: &str, update: impl AsyncFn(&Engine, Change)) {
    let unknown = || json!({ "of a later version": [1, null, {"x": 1.5}] });
    let before = bench.json(path).await["Spec"].take();
    let forwarder = Forwarder::new(bench).await;
    update(&forwarder.engine(), |labels, extra| {
        labels.get_or_insert_default().insert("changed".to_owned(), "yes".to_owned());
        extra.insert("Unknown".to_owned(), json!({ "of a later version": [1, null, {"x": 1.5}] }));
    })
    .await;

    let mut expected = before;
    expected["Labels"]["changed"] = json!("yes");
    let after = bench.json(path).await["Spec"].take();
    assert_eq!(after, expected, "what the engine has");
    expected["Unknown"] = unknown();
    let sent = forwarder.requests().pop().expect("a request has passed").body;
    assert_eq!(without_nulls(sent), without_nulls(expected), "what was sent");
}

/// Removes the properties that are `null`, which is the engine's other way to leave them out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
