//! Networks and volumes that services use, as members of the model: the project's own are made anew, others must exist.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::members::is_set;
use crate::compose::labels::{self, label};

/// The networks and volumes of a model.
pub(super) struct Objects<'a> {
    project: Option<&'a str>,
    listed: [&'a [Value]; 2],
    used: [BTreeMap<String, Value>; 2],
}

/// A kind of object: the member of the model, the label with its name in the files, and the usual driver.
struct Kind {
    index: usize,
    member: &'static str,
    label: &'static str,
    driver: &'static str,
}

const NETWORKS: Kind = Kind { index: 0, member: "networks", label: "com.docker.compose.network", driver: "bridge" };
const VOLUMES: Kind = Kind { index: 1, member: "volumes", label: "com.docker.compose.volume", driver: "local" };

/// Members of a network that a file says in the same form, with the word there.
const FLAGS: [(&str, &str); 3] =
    [("Internal", "internal"), ("Attachable", "attachable"), ("EnableIPv6", "enable_ipv6")];

impl<'a> Objects<'a> {
    pub(super) fn new(project: Option<&'a str>, networks: &'a [Value], volumes: &'a [Value]) -> Self {
        Objects { project, listed: [networks, volumes], used: Default::default() }
    }

    /// The name of a volume in the files.
    pub(super) fn volume(&mut self, name: &str) -> String {
        self.key(&VOLUMES, name)
    }

    /// The name of a network in the files.
    pub(super) fn network(&mut self, name: &str) -> String {
        self.key(&NETWORKS, name)
    }

    /// Keeps the subnets of a network, in which a service has a fixed address.
    pub(super) fn keep_subnets(&mut self, name: &str) {
        let key = self.network(name);
        let listed = self.listed[NETWORKS.index].iter().find(|network| network["Name"] == name);
        let subnet = |config: &Value| {
            let members = [("Subnet", "subnet"), ("Gateway", "gateway"), ("IPRange", "ip_range")];
            let members = members.into_iter().filter(|(from, _)| is_set(&config[*from]));
            members.map(|(from, to)| (to.to_owned(), config[from].clone())).collect::<Map<_, _>>()
        };
        let subnets = listed.and_then(|network| network["IPAM"]["Config"].as_array()).into_iter().flatten();
        let subnets: Vec<_> = subnets.map(subnet).collect();
        if let Some(network) = self.used[NETWORKS.index].get_mut(&key).filter(|network| network["external"] != true) {
            network["ipam"]["config"] = subnets.into();
        }
    }

    /// The members of the model.
    pub(super) fn into_members(self) -> impl Iterator<Item = (String, Value)> {
        let kinds = [NETWORKS.member, VOLUMES.member].into_iter().zip(self.used);
        let kinds = kinds.filter(|(_, used)| !used.is_empty());
        kinds.map(|(member, used)| (member.to_owned(), used.into_iter().collect::<Map<_, _>>().into()))
    }

    fn key(&mut self, kind: &Kind, name: &str) -> String {
        let listed = self.listed[kind.index].iter().find(|object| object["Name"] == name);
        let own = listed.filter(|object| {
            Some(label(object, labels::PROJECT)) == self.project && !label(object, kind.label).is_empty()
        });
        let (key, definition) = match own {
            Some(object) => (label(object, kind.label).to_owned(), definition(kind, object, self.project)),
            None => (word(name), json!({ "name": name, "external": true })),
        };
        self.used[kind.index].entry(key.clone()).or_insert(definition);
        key
    }
}

/// A name as a key of the model.
fn word(name: &str) -> String {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().map(|letter| if is_allowed(letter) { letter } else { '-' }).collect()
}

/// An object that the project makes.
fn definition(kind: &Kind, object: &Value, project: Option<&str>) -> Value {
    let mut definition = json!({});
    let usual = format!("{}_{}", project.unwrap_or_default(), label(object, kind.label));
    if object["Name"] != usual.as_str() {
        definition["name"] = object["Name"].clone();
    }
    if object["Driver"] != kind.driver {
        definition["driver"] = object["Driver"].clone();
    }
    if is_set(&object["Options"]) {
        definition["driver_opts"] = object["Options"].clone();
    }
    for (from, to) in FLAGS {
        if object[from] == true {
            definition[to] = true.into();
        }
    }
    let labels = object["Labels"].as_object().into_iter().flatten();
    let labels = labels.filter(|(name, _)| !name.starts_with("com.docker.compose."));
    let labels: Map<_, _> = labels.map(|(name, value)| (name.clone(), value.clone())).collect();
    if !labels.is_empty() {
        definition["labels"] = labels.into();
    }
    definition
}
