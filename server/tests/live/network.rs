//! Networks: made, found, joined and left by a container, pruned, deleted.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, and, shell, started, text, trials, unique, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_network_is_listed_until_it_is_deleted,
        a_container_joins_a_network_with_its_address_and_leaves_it,
        pruning_removes_unused_networks,
    ]
}

fn a_created_network_is_listed_until_it_is_deleted(session: &Session) {
    let label = unique("label");
    let (name, id, _leftover) = create(session, "10.232.1", json!({ "Labels": { &label: "yes" } }));
    let network = session.call("network_inspect", json!({ "id": name }));
    assert_eq!(
        (&network["Id"], &network["Driver"], &network["Scope"]),
        (&json!(id), &json!("bridge"), &json!("local"))
    );
    assert_eq!((&network["Internal"], &network["Labels"]), (&json!(true), &json!({ label.as_str(): "yes" })));
    let addresses = &network["IPAM"]["Config"][0];
    assert_eq!(addresses, &json!({ "Subnet": "10.232.1.0/24", "Gateway": "10.232.1.1" }));
    let list = || session.call("network_list", json!({ "filters": { "label": label, "driver": "bridge" } }));
    let listed = list();
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["Name"]), (Some(1), &json!(name)));
    let overlap =
        json!({ "body": { "Name": unique("network"), "IPAM": { "Config": [{ "Subnet": "10.232.1.0/25" }] } } });
    let overlap = session.fail("network_create", overlap);
    assert!(overlap.contains("overlaps with") && overlap.contains("choose another subnet"), "{overlap}");
    session.done("network_delete", json!({ "id": id }));
    assert_eq!(list(), json!([]));
    assert!(session.fail("network_inspect", json!({ "id": id })).contains("404"));
}

fn a_container_joins_a_network_with_its_address_and_leaves_it(session: &Session) {
    let (name, id, _leftover) = create(session, "10.232.2", json!({}));
    let bridged = and(shell("sleep 1000"), json!({ "HostConfig": { "NetworkMode": "bridge" } }));
    let container = started(session, bridged);
    let endpoint = json!({ "Aliases": ["other-name"], "IPAMConfig": { "IPv4Address": "10.232.2.77" } });
    let body = json!({ "Container": container.id, "EndpointConfig": endpoint });
    session.done("network_connect", json!({ "id": id, "body": body }));

    let endpoints = || session.call("network_inspect", json!({ "id": id }))["Containers"].clone();
    let endpoint = &endpoints()[&container.id];
    assert_eq!((&endpoint["Name"], &endpoint["IPv4Address"]), (&json!(container.name), &json!("10.232.2.77/24")));
    let networks = &session.call("container_inspect", json!({ "id": container.id }))["NetworkSettings"]["Networks"];
    assert_eq!(networks.as_object().map(|networks| networks.len()), Some(2), "{networks}");
    assert_eq!((&networks[&name]["IPAddress"], networks.get("bridge").is_some()), (&json!("10.232.2.77"), true));
    assert!(networks[&name]["Aliases"].to_string().contains("other-name"), "{networks}");
    let in_use = session.fail("network_delete", json!({ "id": id }));
    assert!(in_use.contains("has active endpoints") && in_use.contains("disconnect"), "{in_use}");

    session.done("network_disconnect", json!({ "id": id, "body": { "Container": container.id } }));
    assert!(endpoints().as_object().is_none_or(|endpoints| endpoints.is_empty()));
}

fn pruning_removes_unused_networks(session: &Session) {
    let label = unique("label");
    let (name, _, _leftover) = create(session, "10.232.3", json!({ "Labels": { &label: "" } }));
    let (other, _, _other) = create(session, "10.232.4", json!({}));
    let prune = || session.call("network_prune", json!({ "filters": { "label": [label] } }))["NetworksDeleted"].clone();
    assert_eq!(prune(), json!([name]));
    assert_eq!(whole(session, "network_inspect", "id", &other)["Name"], json!(other));
    assert_eq!(prune().as_array().map_or(0, Vec::len), 0);
}

/// A network that leads nowhere; `prefix` is the first three numbers of its addresses.
fn create(session: &Session, prefix: &str, more: Value) -> (String, String, Leftover) {
    let name = unique("network");
    let addresses = json!([{ "Subnet": format!("{prefix}.0/24"), "Gateway": format!("{prefix}.1") }]);
    let body = json!({ "Name": name, "Driver": "bridge", "Internal": true, "IPAM": { "Config": addresses } });
    let created = session.call("network_create", json!({ "body": and(body, more) }));
    assert_eq!(created["Warning"].as_str().unwrap_or_default(), "");
    (name.clone(), text(&created["Id"]), Leftover::new(format!("/networks/{name}")))
}
