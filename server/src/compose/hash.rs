//! The hashes by which Compose tells that a service, a network or a volume has changed, computed from the resolved model.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Members of a service that are no part of its containers.
const LEFT_OUT: [&str; 5] = ["build", "pull_policy", "scale", "depends_on", "profiles"];

/// The hash of a service of the model, whose members stand in the order in which Compose prints them.
pub(crate) fn config_hash(service: &Value) -> String {
    let mut service = service.clone();
    if let Value::Object(members) = &mut service {
        for name in LEFT_OUT {
            members.shift_remove(name);
        }
        if let Some(Value::Object(deploy)) = members.get_mut("deploy") {
            deploy.shift_remove("replicas");
        }
    }
    digest(&service)
}

/// The hash of a network or a volume of the model; `kind` is its member.
pub(crate) fn object_hash(object: &Value, kind: &str) -> String {
    let mut object = object.clone();
    if let Value::Object(members) = &mut object
        && kind == "volumes"
        && !members.contains_key("driver")
    {
        members.shift_insert(1.min(members.len()), "driver".to_owned(), "local".into());
    }
    digest(&object)
}

fn digest(value: &Value) -> String {
    let text = value.to_string().replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_the_label_that_compose_gave_a_container() {
        let service = json!({
            "command": ["sleep", "100"], "entrypoint": null, "image": "busybox:test", "init": true,
            "network_mode": "none",
        });
        let hash = config_hash(&service);
        assert!(hash.starts_with("b8a7db0e"), "{hash}");
        let mut same = service.clone();
        same["depends_on"] = json!({ "a": {} });
        same["scale"] = json!(2);
        assert_eq!(config_hash(&same), hash);
        // The label that Compose gave a volume without settings.
        let volume = object_hash(&json!({ "name": "hh_data" }), "volumes");
        assert_eq!(volume, "411e335e8c4e749abfa2131f93c7ff97bed169b6b72f8915e48d4514d0493b0b");
        let network = object_hash(&json!({ "name": "hh_default", "ipam": {} }), "networks");
        assert_eq!(network, "ffe70b1dc81e00a007e7d8116a8b7946e869319c3fee66dddf39c38ceea74904");
        let mut other = service;
        other["init"] = json!(false);
        assert_ne!(config_hash(&other), hash);
    }
}
