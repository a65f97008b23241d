//! The keys in which a container differs from the body that its service asks for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Labels that Compose gives.
const COMPOSE: &str = "com.docker.compose.";

/// The keys that differ, each with what the container has and what is wanted.
pub(super) fn differing(body: &Value, inspect: &Value, image: &Value) -> Map<String, Value> {
    let mut keys = Map::new();
    let mut compare = |key: &str, has: Value, wanted: Value| {
        if !is_same(&has, &wanted) {
            keys.insert(key.to_owned(), json!({ "has": has, "wanted": wanted }));
        }
    };
    let (config, default) = (&inspect["Config"], &image["Config"]);
    compare("Image", config["Image"].clone(), body["Image"].clone());
    for key in ["Cmd", "Entrypoint", "User", "WorkingDir", "StopSignal", "Tty", "OpenStdin"] {
        let wanted = if is_empty(&body[key]) { default[key].clone() } else { body[key].clone() };
        compare(key, config[key].clone(), wanted);
    }
    for (key, wanted) in variables(&body["Env"], &default["Env"], &config["Env"]) {
        compare(&format!("Env.{key}"), wanted.0, wanted.1);
    }
    for (key, wanted) in labels(&body["Labels"], &default["Labels"], &config["Labels"]) {
        compare(&format!("Labels.{key}"), wanted.0, wanted.1);
    }
    let (has, wanted) = (&inspect["HostConfig"], &body["HostConfig"]);
    for key in ["Privileged", "ReadonlyRootfs", "Init", "Memory", "CapAdd", "CapDrop", "PidMode", "SecurityOpt"] {
        compare(key, has[key].clone(), wanted[key].clone());
    }
    compare("RestartPolicy", policy(&has["RestartPolicy"]), policy(&wanted["RestartPolicy"]));
    compare("PortBindings", ports(&has["PortBindings"]), ports(&wanted["PortBindings"]));
    keys
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Bool(true) => false,
    }
}

/// Returns true for values that mean one thing; nothing, `false` and 0 do.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    one == other || (is_empty(one) && is_empty(other))
}

/// Variables by their names.
fn by_name(variables: &Value) -> BTreeMap<&str, &str> {
    let variables = variables.as_array().into_iter().flatten().filter_map(Value::as_str);
    variables.map(|variable| variable.split_once('=').unwrap_or((variable, ""))).collect()
}

/// Variables that a container has, and those that it is to have.
fn variables(wanted: &Value, default: &Value, has: &Value) -> BTreeMap<String, (Value, Value)> {
    let (mut all, has) = (by_name(default), by_name(has));
    all.extend(by_name(wanted));
    let names = all.keys().chain(has.keys());
    names.map(|name| ((*name).to_owned(), (json!(has.get(name)), json!(all.get(name))))).collect()
}

/// Labels that a container has, and those that it is to have, but for Compose's own.
fn labels(wanted: &Value, default: &Value, has: &Value) -> BTreeMap<String, (Value, Value)> {
    let mut all: BTreeMap<&String, (Value, Value)> = BTreeMap::new();
    for (name, value) in [default, wanted].into_iter().filter_map(Value::as_object).flatten() {
        all.entry(name).or_default().1 = value.clone();
    }
    for (name, value) in has.as_object().into_iter().flatten() {
        all.entry(name).or_default().0 = value.clone();
    }
    all.into_iter().filter(|(name, _)| !name.starts_with(COMPOSE)).map(|(name, pair)| (name.clone(), pair)).collect()
}

/// A restart policy; `no` is the default.
fn policy(policy: &Value) -> Value {
    let name = policy["Name"].as_str().filter(|name| !name.is_empty() && *name != "no");
    name.map_or(Value::Null, |name| match policy["MaximumRetryCount"].as_i64() {
        Some(count) if count > 0 => format!("{name}:{count}").into(),
        _ => name.into(),
    })
}

/// Published ports, sorted.
fn ports(bindings: &Value) -> Value {
    let mut ports: Vec<String> = Vec::new();
    for (port, bound) in bindings.as_object().into_iter().flatten() {
        let text = |binding: &Value, key: &str| binding[key].as_str().unwrap_or_default().to_owned();
        let bound = bound.as_array().into_iter().flatten();
        ports.extend(bound.map(|one| format!("{}:{}->{port}", text(one, "HostIp"), text(one, "HostPort"))));
    }
    ports.sort_unstable();
    ports.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differing_keys_are_named() {
        let image = json!({ "Config": { "Env": ["PATH=/bin"], "Cmd": ["sh"], "Labels": { "i": "1" } } });
        let inspect = json!({
            "Config": {
                "Image": "x:1", "Cmd": ["sh"], "Env": ["PATH=/bin", "A=1", "OLD=1"],
                "Labels": { "i": "1", "com.docker.compose.project": "p" }, "Tty": false,
            },
            "HostConfig": {
                "RestartPolicy": { "Name": "no", "MaximumRetryCount": 0 }, "Memory": 0, "Privileged": false,
                "PortBindings": { "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] },
            },
        });
        let same = json!({
            "Image": "x:1", "Env": ["A=1", "OLD=1"],
            "HostConfig": { "PortBindings": { "80/tcp": [{ "HostPort": "8080" }] } },
        });
        assert_eq!(differing(&same, &inspect, &image), Map::new());
        let other = json!({
            "Image": "x:2", "Env": ["A=2"], "Labels": { "l": "1" },
            "HostConfig": { "Privileged": true, "RestartPolicy": { "Name": "always" } },
        });
        let differing = differing(&other, &inspect, &image);
        let keys: Vec<_> = differing.keys().map(String::as_str).collect();
        let expected = ["Image", "Env.A", "Env.OLD", "Labels.l", "Privileged", "RestartPolicy", "PortBindings"];
        assert_eq!(keys, expected);
        assert_eq!(differing["Env.OLD"], json!({ "has": "1", "wanted": null }));
    }
}
