//! Networks: made, found, joined and left by a container, pruned, deleted.

use dockwright::models::{
    EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig, NetworkConnectRequest, NetworkCreateRequest,
    NetworkDisconnectRequest, NetworkInspect,
};
use dockwright::options::{
    NetworkInspectOptions, NetworkListFilters, NetworkListOptions, NetworkPruneFilters, NetworkPruneOptions,
};
use libtest_mimic::Trial;

use crate::bench::{Bench, Leftover, shell, trials, unique};

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_network_is_listed_until_it_is_deleted,
        a_container_joins_a_network_with_its_address_and_leaves_it,
        pruning_removes_unused_networks,
    ]
}

async fn a_created_network_is_listed_until_it_is_deleted(bench: &'static Bench) {
    let label = unique("label");
    let (name, id, _leftover) = create(bench, body("10.231.1").labels([(&label, "yes")])).await;
    let network = inspect(bench, &name).await;
    assert_eq!(network.id, id);
    assert_eq!((&*network.driver, &*network.scope), ("bridge", "local"));
    assert!(network.internal);
    let addresses = network.ipam.config.expect("it has addresses");
    assert_eq!(addresses[0].subnet.as_deref(), Some("10.231.1.0/24"));
    assert_eq!(addresses[0].gateway.as_deref(), Some("10.231.1.1"));
    let listed = || async {
        let options =
            NetworkListOptions::default().filters(NetworkListFilters::default().label(&label).driver("bridge"));
        let networks = bench.engine.network_list(&options).await.expect("networks are listed");
        networks.into_iter().map(|network| network.name).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [&*name]);
    bench.engine.network_delete(&id).await.expect("it is deleted");
    assert_eq!(listed().await, [] as [String; 0]);
    let gone = bench.engine.network_inspect(&id, &NetworkInspectOptions::default()).await;
    assert!(gone.is_err_and(|error| error.is_not_found()));
}

async fn a_container_joins_a_network_with_its_address_and_leaves_it(bench: &'static Bench) {
    let (name, id, _leftover) = create(bench, body("10.231.2")).await;
    let mut container = shell("sleep 1000");
    container.host_config = container.host_config.map(|config| config.network_mode("bridge"));
    let container = bench.container_of(container).await.started().await;
    let address = EndpointIpamConfig::default().ipv4_address("10.231.2.77");
    let endpoint = EndpointSettings::default().aliases(["other-name"]).ipam_config(address);
    let connect = NetworkConnectRequest::default().container(&container.id).endpoint_config(endpoint);
    bench.engine.network_connect(&id, &connect).await.expect("it joins");

    let endpoints = inspect(bench, &id).await.containers;
    let endpoint = &endpoints[&container.id];
    assert_eq!(endpoint.name, container.name);
    assert_eq!(endpoint.ipv4_address, "10.231.2.77/24");
    let settings = container.inspect().await.network_settings.networks;
    assert_eq!(settings.keys().collect::<Vec<_>>(), ["bridge", &*name]);
    assert_eq!(settings[&name].ip_address.as_deref(), Some("10.231.2.77"));
    assert!(settings[&name].aliases.iter().flatten().any(|alias| alias == "other-name"), "{:?}", settings[&name]);
    let refusal = bench.engine.network_delete(&id).await.expect_err("it is in use");
    assert_eq!(refusal.status().map(|status| status.as_u16()), Some(403), "{refusal}");

    let disconnect = NetworkDisconnectRequest::default().container(&container.id);
    bench.engine.network_disconnect(&id, &disconnect).await.expect("it leaves");
    assert!(inspect(bench, &id).await.containers.is_empty());
}

async fn pruning_removes_unused_networks(bench: &'static Bench) {
    let label = unique("label");
    let (name, _, _leftover) = create(bench, body("10.231.3").labels([(&label, "")])).await;
    let (other, _, _other) = create(bench, body("10.231.4")).await;
    let options = NetworkPruneOptions::default().filters(NetworkPruneFilters::default().label(&label));
    let pruned = bench.engine.network_prune(&options).await.expect("pruning works");
    assert_eq!(pruned.networks_deleted, [name]);
    inspect(bench, &other).await;
    let pruned = bench.engine.network_prune(&options).await.expect("pruning nothing works");
    assert_eq!(pruned.networks_deleted, [] as [String; 0]);
}

/// A network that leads nowhere; `prefix` is the first three numbers of its addresses.
fn body(prefix: &str) -> NetworkCreateRequest {
    let addresses = IpamConfig::default().subnet(format!("{prefix}.0/24")).gateway(format!("{prefix}.1"));
    NetworkCreateRequest::default().driver("bridge").internal(true).ipam(Ipam::default().config([addresses]))
}

async fn create(bench: &Bench, body: NetworkCreateRequest) -> (String, String, Leftover) {
    let name = unique("network");
    let created = bench.engine.network_create(&body.name(&name)).await.expect("a network is created");
    assert_eq!(created.warning, "");
    (name.clone(), created.id, Leftover::new(format!("/networks/{name}")))
}

async fn inspect(bench: &Bench, network: &str) -> NetworkInspect {
    bench.engine.network_inspect(network, &NetworkInspectOptions::default()).await.expect("the network is there")
}
