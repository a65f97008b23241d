//! Networks of a container and namespaces of others that it joins, as members of its service.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::members::is_set;
use super::objects::Objects;
use super::source::Source;

/// The priority of the first of several networks.
const FIRST: u64 = 100;
/// Settings of an endpoint, and the words of a file for them.
const SETTINGS: [(&str, &str); 4] = [
    ("Aliases", "aliases"),
    ("DriverOpts", "driver_opts"),
    ("GwPriority", "gw_priority"),
    ("MacAddress", "mac_address"),
];
const ADDRESSES: [(&str, &str); 3] =
    [("IPv4Address", "ipv4_address"), ("IPv6Address", "ipv6_address"), ("LinkLocalIPs", "link_local_ips")];

/// The services, by the ids and the names of the containers that become them.
pub(super) struct Others(BTreeMap<String, String>);

impl Others {
    pub(super) fn new(sources: &[Source]) -> Self {
        let names =
            |source: &Source| [source.id(), source.name()].map(|name| (name.to_owned(), source.service().into()));
        Others(sources.iter().flat_map(names).collect())
    }

    /// Returns true if a service is among them.
    pub(super) fn has(&self, service: &str) -> bool {
        self.0.values().any(|other| other == service)
    }

    /// Writes joined containers as services, where they are.
    pub(super) fn name(&self, service: &mut Map<String, Value>) {
        for member in ["network_mode", "pid", "ipc"] {
            let joined = service.get(member).and_then(Value::as_str).and_then(|mode| mode.strip_prefix("container:"));
            if let Some(other) = joined.and_then(|joined| self.0.get(joined)) {
                service.insert(member.to_owned(), format!("service:{other}").into());
            }
        }
    }
}

/// Takes the networks of a container.
pub(super) fn networks(
    source: &Source,
    body: &mut Map<String, Value>,
    service: &mut Map<String, Value>,
    objects: &mut Objects<'_>,
    lost: &mut Vec<String>,
) {
    let config = body.shift_remove("NetworkingConfig").unwrap_or_default();
    let mut endpoints = config["EndpointsConfig"].as_object().cloned().unwrap_or_default();
    let mode = service.get("network_mode").and_then(Value::as_str).unwrap_or("default").to_owned();
    if mode == "default" || mode == "bridge" {
        service.insert("network_mode".to_owned(), "bridge".into());
        endpoints.shift_remove("bridge");
        lost.extend(endpoints.keys().map(|name| format!("the network {name} beside the default one")));
        return;
    }
    if matches!(mode.as_str(), "none" | "host") || mode.contains(':') {
        return;
    }
    service.shift_remove("network_mode");
    let is_one = endpoints.len() == 1;
    let mut networks = Map::new();
    for (name, endpoint) in &endpoints {
        let key = objects.network(name);
        let mut settings = endpoint_settings(source, endpoint, lost);
        if settings.keys().any(|name| name.ends_with("_address") && name != "mac_address") {
            objects.keep_subnets(name);
        }
        if !is_one && *name == mode {
            settings.insert("priority".to_owned(), FIRST.into());
        }
        networks.insert(key, if settings.is_empty() { Value::Null } else { settings.into() });
    }
    service.insert("networks".to_owned(), networks.into());
}

fn endpoint_settings(source: &Source, endpoint: &Value, lost: &mut Vec<String>) -> Map<String, Value> {
    let mut settings = Map::new();
    for (from, to) in SETTINGS {
        if is_set(&endpoint[from]) {
            settings.insert(to.to_owned(), endpoint[from].clone());
        }
    }
    for (from, to) in ADDRESSES {
        if is_set(&endpoint["IPAMConfig"][from]) {
            settings.insert(to.to_owned(), endpoint["IPAMConfig"][from].clone());
        }
    }
    // Compose gives these by itself.
    if let Some(Value::Array(aliases)) = settings.get_mut("aliases") {
        aliases.retain(|alias| *alias != json!(source.name()) && *alias != json!(source.service()));
        if aliases.is_empty() {
            settings.shift_remove("aliases");
        }
    }
    if is_set(&endpoint["Links"]) {
        lost.push("Links of a network".to_owned());
    }
    settings
}
