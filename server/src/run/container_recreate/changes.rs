//! The differences between two containers, by path, each with its value before and after.

use dockwright::{Operation, Version};
use serde_json::{Map, Value, json};

use super::{defaults::is_empty, networks};
use crate::reply::{self, ReplyOptions};
use crate::secrets::Safe;

/// Members of the configuration that say nothing of what somebody wanted.
const CONFIG: [&str; 4] = ["Image", "OnBuild", "Volumes", "ExposedPorts"];
/// Mounts are compared as they came to be.
const HOST: [&str; 6] = ["Binds", "Mounts", "ContainerIDFile", "ConsoleSize", "MaskedPaths", "ReadonlyPaths"];

/// The characters of an image's id that tell it from others: `sha256:` and twelve.
const IMAGE_CHARACTERS: usize = 19;

/// The differences between the inspects of two containers.
pub(super) fn changes(
    old: &Value,
    new: &Value,
    version: Version,
    operation: &Operation,
    options: &ReplyOptions,
) -> Safe<Value> {
    let (before, after) = differ(&view(old, version), &view(new, version)).unwrap_or_default();
    // Secrets are found by the names around them, so they are hidden before the paths are put together.
    let both = reply::safe(json!({ "before": before, "after": after }), operation.tag, options);
    both.map(|mut both| {
        let mut paths = Map::new();
        flatten("", both["before"].take(), both["after"].take(), &mut paths);
        paths.into()
    })
}

/// The part of an inspect that people choose, in the form of a create body.
fn view(inspect: &Value, version: Version) -> Value {
    let mut view = inspect["Config"].as_object().cloned().unwrap_or_default();
    view.retain(|name, _| !CONFIG.contains(&name.as_str()));
    let id = inspect["Id"].as_str().unwrap_or_default();
    if view.get("Hostname").and_then(Value::as_str) == Some(&id[..id.len().min(12)]) {
        view.shift_remove("Hostname");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let image: String = text(&inspect["Image"]).chars().take(IMAGE_CHARACTERS).collect();
    view.insert("Image".to_owned(), format!("{} ({image})", text(&inspect["Config"]["Image"])).into());
    let mut host = inspect["HostConfig"].as_object().cloned().unwrap_or_default();
    host.retain(|name, _| !HOST.contains(&name.as_str()));
    // A published port is exposed for that alone.
    let is_published = |port: &String| host.get("PortBindings").is_some_and(|bindings| bindings.get(port).is_some());
    let exposed = inspect["Config"]["ExposedPorts"].as_object().into_iter().flat_map(Map::keys);
    let exposed = exposed.filter(|port| !is_published(port)).map(|port| (port.clone(), true.into()));
    view.insert("ExposedPorts".to_owned(), exposed.collect::<Map<_, _>>().into());
    view.insert("HostConfig".to_owned(), host.into());
    let mounts = inspect["Mounts"].as_array().into_iter().flatten().map(|mount| {
        let source = mount["Name"].as_str().or(mount["Source"].as_str()).unwrap_or_default();
        let read_only = if mount["RW"] == false { " read-only" } else { "" };
        let place = mount["Destination"].as_str().unwrap_or_default().to_owned();
        (place, format!("{} {source}{read_only}", mount["Type"].as_str().unwrap_or_default()).into())
    });
    view.insert("Mounts".to_owned(), mounts.collect::<Map<_, _>>().into());
    let endpoints = inspect["NetworkSettings"]["Networks"].as_object();
    let endpoints = endpoints.into_iter().flatten().map(|(name, endpoint)| {
        let settings = networks::settings(endpoint, inspect, version);
        (name.clone(), if settings.is_empty() { true.into() } else { settings.into() })
    });
    view.insert("Networks".to_owned(), endpoints.collect::<Map<_, _>>().into());
    view.into()
}

/// The parts of two values that differ, in their own form.
fn differ(old: &Value, new: &Value) -> Option<(Value, Value)> {
    let is_unset = |value: &Value| is_empty(value) || *value == false || *value == 0;
    if old == new || is_unset(old) && is_unset(new) {
        return None;
    }
    let (Value::Object(before), Value::Object(after)) = (old, new) else { return Some((old.clone(), new.clone())) };
    let (mut only_before, mut only_after) = (Map::new(), Map::new());
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    for name in names {
        let [old, new] = [before, after].map(|members| members.get(name).unwrap_or(&Value::Null));
        let differing = if name == "Env" { differ_in_items(old, new) } else { differ(old, new) };
        if let Some((old, new)) = differing {
            only_before.insert(name.clone(), old);
            only_after.insert(name.clone(), new);
        }
    }
    (!only_before.is_empty()).then(|| (only_before.into(), only_after.into()))
}

/// The items that only one of two lists has; their order means nothing.
fn differ_in_items(old: &Value, new: &Value) -> Option<(Value, Value)> {
    let [old, new] = [old, new].map(|list| list.as_array().cloned().unwrap_or_default());
    let lacking = |items: &[Value], other: &[Value]| -> Vec<Value> {
        items.iter().filter(|item| !other.contains(item)).cloned().collect()
    };
    let (before, after) = (lacking(&old, &new), lacking(&new, &old));
    (!before.is_empty() || !after.is_empty()).then(|| (before.into(), after.into()))
}

/// Writes two values of the same form as paths, each with both.
fn flatten(path: &str, before: Value, after: Value, paths: &mut Map<String, Value>) {
    match (before, after) {
        (Value::Object(before), Value::Object(mut after)) => {
            for (name, before) in before {
                let after = after.get_mut(&name).map(Value::take).unwrap_or_default();
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                flatten(&path, before, after, paths);
            }
        }
        (before, after) if path.is_empty() && before.is_null() && after.is_null() => {}
        (before, after) => _ = paths.insert(path.to_owned(), json!([before, after])),
    }
}

#[cfg(test)]
mod tests {
    use dockwright::operations;

    use super::*;
    use crate::secrets::MARKER;

    fn changed(old: Value, new: Value) -> Value {
        let version = Version { major: 1, minor: 45 };
        changes(&old, &new, version, &operations::CONTAINER_CREATE, &ReplyOptions::default()).into_inner()
    }

    #[test]
    fn each_difference_is_a_path_and_no_secret_is_shown() {
        let old = json!({"Id": "76b44f5cef758f38", "Image": "sha256:0123456789abcdef", "Config": {"Image": "a:1",
            "Hostname": "76b44f5cef75", "Env": ["DB_PASSWORD=a", "B=1"],
            "Labels": {"api-token": "a", "x": "1"}, "Healthcheck": null, "Cmd": ["a"]},
            "HostConfig": {"Memory": 0, "Binds": null, "PortBindings": {}, "Init": null, "CapAdd": ["A"]},
            "NetworkSettings": {"Networks": {"front": {}}}, "Mounts": []});
        let new = json!({"Id": "0", "Image": "sha256:1123456789abcdef", "Config": {"Image": "a:1",
            "Hostname": "0", "Env": ["B=1", "DB_PASSWORD=b", "C=2"],
            "Labels": {"api-token": "b", "x": "1"}, "Healthcheck": {"Test": ["NONE"]}, "Cmd": ["a"],
            "ExposedPorts": {"80/tcp": {}, "81/tcp": {}}},
            "HostConfig": {"Memory": 7, "Binds": ["x:/y"], "PortBindings": {"80/tcp": [{"HostPort": "1"}]},
                "Init": false,
                "CapAdd": ["A"]},
            "NetworkSettings": {"Networks": {"front": {"Aliases": ["a"]}, "back": {}}},
            "Mounts": [{"Type": "volume", "Name": "x", "Destination": "/y", "RW": false}]});
        assert_eq!(
            changed(old.clone(), new),
            json!({
                "Image": ["a:1 (sha256:0123456789ab)", "a:1 (sha256:1123456789ab)"],
                "Env": [[format!("DB_PASSWORD={MARKER}")], [format!("DB_PASSWORD={MARKER}"), "C=2"]],
                "Labels.api-token": [MARKER, MARKER],
                "Healthcheck": [null, {"Test": ["NONE"]}],
                "ExposedPorts.81/tcp": [null, true],
                "HostConfig.Memory": [0, 7],
                "HostConfig.PortBindings.80/tcp": [null, [{"HostPort": "1"}]],
                "Mounts./y": [null, "volume x read-only"],
                "Networks.front": [true, {"Aliases": ["a"]}],
                "Networks.back": [null, true],
            })
        );
        assert_eq!(changed(old.clone(), old), json!({}));
    }
}
