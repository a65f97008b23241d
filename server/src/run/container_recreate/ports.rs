//! Published ports of a create body: their keys in one form, and each of them exposed, as engines want it.

use serde_json::{Map, Value, json};

/// Writes the ports of a patch as the engine shows them, `80/tcp`, so that a patch meets what it is for.
///
/// # Errors
/// A text, if a range of ports has not as many ports on the host.
pub(super) fn normalize(patch: &mut Map<String, Value>) -> Result<(), String> {
    if let Some(exposed) = patch.get_mut("ExposedPorts").and_then(Value::as_object_mut) {
        rewrite(exposed)?;
    }
    let host = patch.get_mut("HostConfig").and_then(|host| host.get_mut("PortBindings"));
    host.and_then(Value::as_object_mut).map_or(Ok(()), rewrite)
}

/// Exposes every port that is published, and hides those that the patch takes away.
pub(super) fn expose(body: &mut Map<String, Value>, patch: &Map<String, Value>) {
    let bindings = |of: &Map<String, Value>| of.get("HostConfig")?.get("PortBindings")?.as_object().cloned();
    let removed = bindings(patch).into_iter().flatten().filter(|(_, value)| value.is_null());
    let removed: Vec<_> = removed.map(|(port, _)| port).collect();
    let published: Vec<_> = bindings(body).into_iter().flatten().map(|(port, _)| port).collect();
    if published.is_empty() && removed.is_empty() {
        return;
    }
    let exposed = body.entry("ExposedPorts").or_insert_with(|| json!({}));
    if exposed.is_null() {
        *exposed = json!({});
    }
    let Some(exposed) = exposed.as_object_mut() else { return };
    exposed.retain(|port, _| !removed.contains(port));
    for port in published {
        exposed.entry(port).or_insert_with(|| json!({}));
    }
}

/// Writes the keys of a map of ports in the engine's form.
fn rewrite(ports: &mut Map<String, Value>) -> Result<(), String> {
    for (key, value) in std::mem::take(ports) {
        let (range, protocol) = key.trim().split_once('/').unwrap_or((key.trim(), "tcp"));
        let protocol = protocol.to_ascii_lowercase();
        let Some((first, last)) = parse_range(range) else {
            ports.insert(format!("{range}/{protocol}"), value);
            continue;
        };
        for offset in 0..=last - first {
            let value = shift(&value, last - first, offset)
                .ok_or_else(|| format!("HostConfig.PortBindings of `{key}`: as many host ports are needed"))?;
            ports.insert(format!("{}/{protocol}", first + offset), value);
        }
    }
    Ok(())
}

/// The first and the last port of `8000-8010`.
fn parse_range(range: &str) -> Option<(u16, u16)> {
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last))
}

/// The bindings of one port of a range, whose host ports are a range too, or free ones.
fn shift(bindings: &Value, length: u16, offset: u16) -> Option<Value> {
    let Value::Array(items) = bindings else { return Some(bindings.clone()) };
    let shifted = items.iter().map(|binding| {
        let mut binding = binding.clone();
        match binding["HostPort"].as_str() {
            None | Some("" | "0") => {}
            Some(_) if length == 0 => {}
            Some(range) => {
                let (first, last) = parse_range(range)?;
                binding["HostPort"] = (last - first == length).then(|| (first + offset).to_string())?.into();
            }
        }
        Some(binding)
    });
    shifted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(bindings: Value) -> Result<Value, String> {
        let mut patch = Map::from_iter([("HostConfig".to_owned(), json!({ "PortBindings": bindings }))]);
        normalize(&mut patch)?;
        Ok(patch["HostConfig"]["PortBindings"].take())
    }

    #[test]
    fn ports_have_one_form() {
        let one = json!([{"HostPort": "8080"}]);
        for key in ["80", "80/tcp", "80/TCP", " 80/tcp "] {
            assert_eq!(normalized(json!({ key: one })).unwrap(), json!({"80/tcp": one}), "{key}");
        }
        assert_eq!(normalized(json!({"53/UDP": null})).unwrap(), json!({"53/udp": null}));
        let range = json!({"80-81": [{"HostIp": "127.0.0.1", "HostPort": "90-91"}, {"HostPort": ""}]});
        let each = json!({
            "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "90"}, {"HostPort": ""}],
            "81/tcp": [{"HostIp": "127.0.0.1", "HostPort": "91"}, {"HostPort": ""}],
        });
        assert_eq!(normalized(range).unwrap(), each);
        let short = normalized(json!({"80-81": [{"HostPort": "90"}]})).unwrap_err();
        assert!(short.contains("`80-81`"), "{short}");
    }

    #[test]
    fn what_is_published_is_exposed() {
        let exposed = |body: Value, patch: Value| {
            let (Value::Object(mut body), Value::Object(patch)) = (body, patch) else { unreachable!() };
            expose(&mut body, &patch);
            body.shift_remove("ExposedPorts").unwrap_or_default()
        };
        let bindings = json!({"HostConfig": {"PortBindings": {"80/tcp": []}}});
        assert_eq!(exposed(bindings, json!({})), json!({"80/tcp": {}}));
        let before = json!({"ExposedPorts": {"80/tcp": {}, "90/tcp": {}}, "HostConfig": {"PortBindings": {}}});
        let patch = json!({"HostConfig": {"PortBindings": {"80/tcp": null}}});
        assert_eq!(exposed(before, patch), json!({"90/tcp": {}}));
        assert_eq!(exposed(json!({}), json!({})), Value::Null);
    }
}
