//! Networks of a container: the settings of its endpoints without what the engine gave them, put where the body of the
//! new container has them.

use std::net::Ipv4Addr;

use dockwright::Version;
use serde_json::{Map, Value, json};

use super::defaults::is_empty;

/// The first API version in which a container is created with several networks, and an endpoint has a MAC address.
const SEVERAL: Version = Version { major: 1, minor: 44 };
/// The first API version in which the engine does not show its own aliases among those that were set.
const OWN_ALIASES: Version = Version { major: 1, minor: 45 };

/// Members of an endpoint that are set by people.
const SET: [&str; 4] = ["IPAMConfig", "Links", "DriverOpts", "GwPriority"];

/// The endpoints of a container as they were set, by network.
pub(super) fn kept(inspect: &Value, version: Version) -> Map<String, Value> {
    let mode = text(&inspect["HostConfig"]["NetworkMode"]);
    if stands_alone(mode) {
        return Map::new();
    }
    let networks = inspect["NetworkSettings"]["Networks"].as_object();
    let main = networks.and_then(|networks| main_network(mode, networks));
    let endpoints = networks.into_iter().flatten().map(|(name, endpoint)| {
        let mut kept = settings(endpoint, inspect, version);
        // The address of the main network is among the container's own settings.
        if version >= SEVERAL && Some(name) != main.as_ref() && is_chosen_address(endpoint) {
            kept.insert("MacAddress".to_owned(), endpoint["MacAddress"].clone());
        }
        (name.clone(), kept.into())
    });
    endpoints.collect()
}

/// The settings of an endpoint that were made by people and are shown as such.
pub(super) fn settings(endpoint: &Value, inspect: &Value, version: Version) -> Map<String, Value> {
    let is_set = |value: &&Value| !is_empty(value) && **value != 0;
    let set = SET.iter().filter_map(|name| Some(((*name).to_owned(), endpoint.get(*name).filter(is_set)?.clone())));
    let mut settings: Map<String, Value> = set.collect();
    let id = text(&inspect["Id"]);
    let hostname = text(&inspect["Config"]["Hostname"]);
    let is_own = |alias: &str| alias == &id[..id.len().min(12)] || version < OWN_ALIASES && alias == hostname;
    let aliases = endpoint["Aliases"].as_array().into_iter().flatten();
    let aliases: Vec<_> = aliases.filter(|alias| !is_own(text(alias))).cloned().collect();
    if !aliases.is_empty() {
        settings.insert("Aliases".to_owned(), aliases.into());
    }
    settings
}

/// Puts the endpoints where the engine wants them. Returns those that are connected after the container is created.
///
/// # Errors
/// A text, if the patch takes away the only network.
pub(super) fn arrange(
    body: &mut Map<String, Value>,
    inspect: &Value,
    patch: &Map<String, Value>,
    version: Version,
    notes: &mut Vec<String>,
) -> Result<Vec<(String, Value)>, String> {
    let mut endpoints = take_endpoints(body);
    let patched = patch.get("NetworkingConfig").and_then(|config| config.get("EndpointsConfig"));
    let patched = patched.and_then(Value::as_object).cloned().unwrap_or_default();
    let before = text(&inspect["HostConfig"]["NetworkMode"]);
    let mut mode = body["HostConfig"]["NetworkMode"].as_str().unwrap_or("default").to_owned();
    let old = inspect["NetworkSettings"]["Networks"].as_object();
    let old_main = old.and_then(|networks| main_network(before, networks));
    if stands_alone(&mode) {
        endpoints.retain(|name, _| patched.contains_key(name));
    } else if mode != before {
        endpoints.retain(|name, _| Some(name) != old_main.as_ref() || *name == mode || patched.contains_key(name));
    } else if old_main.as_ref().is_some_and(|main| patched.get(main).is_some_and(Value::is_null)) {
        let next = endpoints.keys().next().cloned();
        mode = next.ok_or("its only network cannot be taken away: set HostConfig.NetworkMode, as \"none\"")?;
        body["HostConfig"]["NetworkMode"] = mode.as_str().into();
        notes.push(format!("HostConfig.NetworkMode is {mode} now, since the patch takes its main network away"));
    } else if old_main.is_none() && !asks_for(patch, named(&mode)) && old.is_some() {
        mode = remaining(&endpoints, before)?;
        body["HostConfig"]["NetworkMode"] = mode.as_str().into();
        notes.push(format!("HostConfig.NetworkMode is {mode} now, since it was not on {before}"));
    }
    let main = (!stands_alone(&mode)).then(|| match main_network(&mode, &endpoints) {
        Some(main) => main,
        None => old.and_then(|old| main_network(&mode, old)).unwrap_or_else(|| named(&mode).to_owned()),
    });
    if let Some(main) = &main {
        endpoints.entry(main.clone()).or_insert_with(|| json!({}));
    }
    place_address(body, patch, main.as_ref(), &mut endpoints, version);
    let (first, later): (Map<_, _>, Vec<_>) = match version >= SEVERAL {
        true => (endpoints, Vec::new()),
        false => {
            let (first, later): (Map<_, _>, Map<_, _>) =
                endpoints.into_iter().partition(|(name, _)| main.as_ref().is_none_or(|main| main == name));
            (first, later.into_iter().collect())
        }
    };
    if first.len() > 1 || !first.values().all(is_empty) {
        body.insert("NetworkingConfig".to_owned(), json!({ "EndpointsConfig": first }));
    }
    Ok(later)
}

/// Returns whether a patch names a network.
fn asks_for(patch: &Map<String, Value>, network: &str) -> bool {
    let value = |path: &[&str]| path.iter().try_fold(patch, |object, name| object.get(*name)?.as_object());
    value(&["HostConfig"]).is_some_and(|host| host.contains_key("NetworkMode"))
        || value(&["NetworkingConfig", "EndpointsConfig"]).is_some_and(|endpoints| endpoints.contains_key(network))
}

/// Chooses the main network of a container that was disconnected from the one that it was created with.
fn remaining(endpoints: &Map<String, Value>, before: &str) -> Result<String, String> {
    let first = endpoints.keys().next().cloned();
    first.ok_or_else(|| {
        format!("it was disconnected from every network, and would be in {before} again: set HostConfig.NetworkMode")
    })
}

fn take_endpoints(body: &mut Map<String, Value>) -> Map<String, Value> {
    let config = body.shift_remove("NetworkingConfig").unwrap_or_default();
    let Value::Object(endpoints) = config.get("EndpointsConfig").cloned().unwrap_or_default() else {
        return Map::new();
    };
    endpoints
        .into_iter()
        .map(|(name, endpoint)| (name, if endpoint.is_null() { json!({}) } else { endpoint }))
        .collect()
}

/// A MAC address belongs to the container, and to its endpoint since there can be several.
fn place_address(
    body: &mut Map<String, Value>,
    patch: &Map<String, Value>,
    main: Option<&String>,
    endpoints: &mut Map<String, Value>,
    version: Version,
) {
    let Some(main) = main else {
        body.shift_remove("MacAddress");
        return;
    };
    if version < SEVERAL {
        return;
    }
    let address = body.shift_remove("MacAddress").filter(|address| !is_empty(address));
    let is_patched = patch.contains_key("MacAddress");
    if let (Some(address), Some(endpoint)) = (address, endpoints.get_mut(main))
        && (is_patched || is_empty(&endpoint["MacAddress"]))
    {
        endpoint["MacAddress"] = address;
    }
}

/// Returns whether a container in this mode has no endpoints of its own.
fn stands_alone(mode: &str) -> bool {
    matches!(mode, "host" | "none") || mode.starts_with("container:")
}

/// The network that a mode names.
fn main_network(mode: &str, networks: &Map<String, Value>) -> Option<String> {
    let has_id = |endpoint: &Value| mode.len() >= 12 && text(&endpoint["NetworkID"]).starts_with(mode);
    let by_id = || networks.iter().find(|(_, endpoint)| has_id(endpoint)).map(|(name, _)| name.clone());
    let name = named(mode);
    networks.contains_key(name).then(|| name.to_owned()).or_else(by_id)
}

fn named(mode: &str) -> &str {
    if mode.is_empty() || mode == "default" { "bridge" } else { mode }
}

/// Returns whether an endpoint may have a MAC address that somebody chose. The engine shows no difference between such
/// an address and one that it made up, unless it made it of the IP address; an address that it made up stays unique.
fn is_chosen_address(endpoint: &Value) -> bool {
    let address = text(&endpoint["MacAddress"]);
    let derived = text(&endpoint["IPAddress"]).parse::<Ipv4Addr>().map(|ip| {
        let [a, b, c, d] = ip.octets();
        format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
    });
    !address.is_empty() && derived.is_ok_and(|derived| derived != address.to_ascii_lowercase())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Version = Version { major: 1, minor: 41 };

    fn inspect(mode: &str) -> Value {
        json!({"Id": "76b44f5cef758f38", "Config": {"Hostname": "webhost"}, "HostConfig": {"NetworkMode": mode},
        "NetworkSettings": {"Networks": {
            "back": {"IPAMConfig": {"IPv4Address": "10.78.0.20"}, "Aliases": ["inner", "76b44f5cef75", "webhost"],
                "IPAddress": "10.78.0.20", "MacAddress": "02:42:0a:4e:00:14", "DriverOpts": {}, "GwPriority": 0},
            "front": {"IPAMConfig": null, "Aliases": ["www"], "NetworkID": "8af3db9bfdc9dddc", "Links": null,
                "IPAddress": "10.77.0.2", "MacAddress": "02:42:99:00:00:01", "GwPriority": 5},
        }}})
    }

    fn arranged(mode: &str, patch: Value, version: Version) -> Result<(Value, Vec<(String, Value)>), String> {
        let inspect = inspect("front");
        let Value::Object(patch) = patch else { unreachable!() };
        let host = json!({ "NetworkMode": mode });
        let body = json!({"HostConfig": host, "MacAddress": "02:42:99:00:00:01",
            "NetworkingConfig": {"EndpointsConfig": kept(&inspect, version)}});
        let Value::Object(mut body) = crate::arguments::merge::apply(patch.clone().into(), body) else {
            unreachable!()
        };
        let later = arrange(&mut body, &inspect, &patch, version, &mut Vec::new())?;
        Ok((body.into(), later))
    }

    #[test]
    fn what_the_engine_gave_an_endpoint_is_left_out() {
        let endpoints = kept(&inspect("front"), OLD);
        assert_eq!(endpoints["back"], json!({"IPAMConfig": {"IPv4Address": "10.78.0.20"}, "Aliases": ["inner"]}));
        assert_eq!(endpoints["front"], json!({"Aliases": ["www"], "GwPriority": 5}));
        assert_eq!(kept(&inspect("back"), SEVERAL)["front"]["MacAddress"], "02:42:99:00:00:01");
        assert!(kept(&inspect("host"), SEVERAL).is_empty());
        let id = inspect("8af3db9bfdc9");
        assert_eq!(kept(&id, SEVERAL)["front"]["MacAddress"], Value::Null, "that is the main one, by its id");
    }

    #[test]
    fn an_old_engine_connects_the_other_networks_later() {
        let (body, later) = arranged("front", json!({}), OLD).unwrap();
        assert_eq!(body["MacAddress"], "02:42:99:00:00:01");
        assert_eq!(
            body["NetworkingConfig"]["EndpointsConfig"],
            json!({"front": {"Aliases": ["www"], "GwPriority": 5}})
        );
        assert_eq!(later.len(), 1);
        assert_eq!(later[0].0, "back");
        let (body, later) = arranged("front", json!({}), SEVERAL).unwrap();
        assert!(later.is_empty() && body["MacAddress"].is_null());
        assert_eq!(body["NetworkingConfig"]["EndpointsConfig"]["front"]["MacAddress"], "02:42:99:00:00:01");
        assert_eq!(body["NetworkingConfig"]["EndpointsConfig"].as_object().unwrap().len(), 2);
    }

    #[test]
    fn a_network_that_was_left_is_not_joined_again() {
        let mode = |inspect: &Value, patch: Value| {
            let Value::Object(patch) = patch else { unreachable!() };
            let body = json!({"HostConfig": inspect["HostConfig"],
                "NetworkingConfig": {"EndpointsConfig": kept(inspect, SEVERAL)}});
            let Value::Object(mut body) = crate::arguments::merge::apply(patch.clone().into(), body) else {
                unreachable!()
            };
            arrange(&mut body, inspect, &patch, SEVERAL, &mut Vec::new())?;
            let body = Value::from(body);
            let endpoints = body["NetworkingConfig"]["EndpointsConfig"].as_object().map_or(0, Map::len);
            Ok((body["HostConfig"]["NetworkMode"].as_str().unwrap().to_owned(), endpoints))
        };
        let mut left = inspect("left");
        assert_eq!(mode(&left, json!({})), Ok(("back".into(), 2)));
        let joins = json!({"NetworkingConfig": {"EndpointsConfig": {"left": {}}}});
        assert_eq!(mode(&left, joins), Ok(("left".into(), 3)));
        assert_eq!(mode(&left, json!({"HostConfig": {"NetworkMode": "left"}})), Ok(("left".into(), 3)));
        left["NetworkSettings"]["Networks"] = json!({});
        let refused: Result<_, String> = mode(&left, json!({}));
        assert!(refused.unwrap_err().contains("disconnected from every network"));
        left["HostConfig"]["NetworkMode"] = json!("none");
        assert_eq!(mode(&left, json!({})), Ok(("none".into(), 0)));
    }

    #[test]
    fn a_patch_adds_changes_and_takes_away_networks() {
        let names = |mode: &str, patch: Value| {
            let (body, _) = arranged(mode, patch, SEVERAL).unwrap();
            let endpoints = body["NetworkingConfig"]["EndpointsConfig"].as_object().cloned().unwrap_or_default();
            let mut names: Vec<_> = endpoints.keys().cloned().collect();
            names.sort();
            (body["HostConfig"]["NetworkMode"].as_str().unwrap().to_owned(), names.join(" "))
        };
        let endpoints = |config: Value| json!({"NetworkingConfig": {"EndpointsConfig": config}});
        assert_eq!(names("front", endpoints(json!({"other": {}}))), ("front".into(), "back front other".into()));
        assert_eq!(names("front", endpoints(json!({"back": null}))), ("front".into(), "front".into()));
        assert_eq!(names("front", endpoints(json!({"front": null}))), ("back".into(), "back".into()));
        assert_eq!(names("other", json!({})), ("other".into(), "back other".into()));
        assert_eq!(names("host", json!({})), ("host".into(), String::new()));
        let none = arranged("front", endpoints(json!({"front": null, "back": null})), SEVERAL).unwrap_err();
        assert!(none.contains("NetworkMode"), "{none}");
    }
}
