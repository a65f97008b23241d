//! The networks and volumes of a project that would change, compared with those that the engine has.

use serde_json::{Map, Value, json};

use super::keys::is_same;
use crate::compose::hash::object_hash;
use crate::compose::labels::{self, label};
use crate::compose::model::Model;

/// A kind of object: its member of the model, the driver that is usual, and the deed if its settings differ.
pub(super) struct Kind {
    pub(super) member: &'static str,
    driver: &'static str,
    differs: &'static str,
}

pub(super) const NETWORKS: Kind = Kind { member: "networks", driver: "bridge", differs: "recreate" };
/// Compose asks before it removes data, and nobody answers it here.
pub(super) const VOLUMES: Kind = Kind { member: "volumes", driver: "local", differs: "keep" };

/// Settings: the word of a file, and the member of the engine's answer.
const SETTINGS: [(&str, &str); 5] = [
    ("driver", "Driver"),
    ("driver_opts", "Options"),
    ("internal", "Internal"),
    ("attachable", "Attachable"),
    ("enable_ipv6", "EnableIPv6"),
];

/// The objects that would change, each with the action and its reasons. `listed` are those of the engine.
pub(super) fn objects(model: &Model, kind: &Kind, listed: &[Value]) -> Map<String, Value> {
    let mut changes = Map::new();
    for (key, wanted) in model.objects(kind.member) {
        let name = model.real_name(kind.member, key);
        let found = listed.iter().find(|object| object["Name"] == name.as_str());
        let change = match (found, model.is_external(kind.member, key)) {
            (Some(_), true) => None,
            (None, true) => Some(json!({ "action": "fail", "why": "it is external, and not there" })),
            (None, false) => Some(json!({ "action": "create" })),
            (Some(found), false) => differs(kind, wanted, found, model),
        };
        changes.extend(change.map(|change| (name, change)));
    }
    changes
}

/// The change of an object that is there.
fn differs(kind: &Kind, wanted: &Value, found: &Value, model: &Model) -> Option<Value> {
    if model.value()["name"] != label(found, labels::PROJECT) {
        return Some(json!({ "action": "keep", "why": "it is not of this project" }));
    }
    let hash = label(found, labels::CONFIG_HASH);
    if hash.is_empty() || hash == object_hash(wanted, kind.member) {
        return None;
    }
    let mut keys = Map::new();
    let mut compare = |key: &str, has: Value, wanted: Value| {
        if !is_same(&has, &wanted) {
            keys.insert(key.to_owned(), json!({ "has": has, "wanted": wanted }));
        }
    };
    for (word, member) in SETTINGS {
        let usual = if word == "driver" { kind.driver.into() } else { Value::Null };
        let wanted = wanted.get(word).cloned().unwrap_or(usual);
        compare(word, found[member].clone(), wanted);
    }
    let own = found["Labels"].as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with("com.docker."));
    let own: Map<_, _> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    compare("labels", own.into(), wanted["labels"].clone());
    // The engine chooses subnets that no file names.
    let subnets = |list: &Value, name: &str| -> Value {
        list.as_array().into_iter().flatten().map(|config| config[name].clone()).collect()
    };
    if let Some(config) = wanted["ipam"].get("config") {
        compare("ipam.config", subnets(&found["IPAM"]["Config"], "Subnet"), subnets(config, "subnet"));
    }
    let keys = if keys.is_empty() { "others than are compared here".into() } else { Value::Object(keys) };
    Some(json!({ "action": kind.differs, "why": { "keys": keys } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_volumes_tell_what_would_change() {
        let text = json!({
            "name": "p", "networks": {
                "same": { "name": "p_same", "ipam": {} }, "new": { "name": "p_new" }, "gone": { "name": "g", "external": true },
                "other": { "name": "p_other", "internal": true, "labels": { "a": "b" } },
            },
            "volumes": { "foreign": { "name": "f" } },
        });
        let model = Model::parse(text.to_string().as_bytes()).unwrap();
        let labels = |hash: &str| json!({ labels::PROJECT: "p", labels::CONFIG_HASH: hash });
        let hash = object_hash(&json!({ "name": "p_same", "ipam": {} }), "networks");
        let listed = [
            json!({ "Name": "p_same", "Driver": "bridge", "Labels": labels(&hash) }),
            json!({ "Name": "p_other", "Driver": "bridge", "Internal": false, "Labels": labels("x") }),
        ];
        let changes = objects(&model, &NETWORKS, &listed);
        assert_eq!(changes.keys().collect::<Vec<_>>(), ["p_new", "g", "p_other"]);
        let keys =
            json!({ "internal": { "has": false, "wanted": true }, "labels": { "has": {}, "wanted": { "a": "b" } } });
        assert_eq!(changes["p_other"], json!({ "action": "recreate", "why": { "keys": keys } }));
        let changes = objects(&model, &VOLUMES, &[json!({ "Name": "f", "Driver": "local" })]);
        assert_eq!(changes["f"]["why"], "it is not of this project");
    }
}
