//! Volumes without a name of their own: the new container mounts them by the names that the engine gave them.

use serde_json::{Map, Value, json};

/// Mounts the anonymous volumes of a container where they were, unless the patch puts something else there or takes
/// them away. Returns the places.
pub(super) fn keep(body: &mut Map<String, Value>, inspect: &Value, patch: &Map<String, Value>) -> Vec<String> {
    let mut kept = Vec::new();
    let host = body.entry("HostConfig").or_insert_with(|| json!({}));
    let Some(host) = host.as_object_mut() else { return kept };
    let mut mounts = match host.shift_remove("Mounts") {
        Some(Value::Array(mounts)) => mounts,
        _ => Vec::new(),
    };
    for mount in &mut mounts {
        let target = mount["Target"].as_str().unwrap_or_default().to_owned();
        let is_anonymous = mount["Type"] == "volume" && mount["Source"].as_str().is_none_or(str::is_empty);
        if let Some(volume) = volume_at(inspect, &target).filter(|_| is_anonymous) {
            mount["Source"] = volume["Name"].clone();
            kept.push(target);
        }
    }
    let mut anonymous = anonymous_places(inspect, patch);
    if let Some(Value::Array(binds)) = host.get_mut("Binds") {
        // A bind without a source is an anonymous volume too.
        binds.retain(|bind| {
            let place = bind.as_str().filter(|bind| !bind.contains(':') && volume_at(inspect, bind).is_some());
            anonymous.extend(place.map(str::to_owned));
            place.is_none()
        });
    }
    let taken = taken_places(host, &mounts);
    for place in anonymous {
        let Some(volume) = volume_at(inspect, &place).filter(|_| !taken.contains(&cleaned(&place))) else { continue };
        let mut mount = json!({ "Type": "volume", "Source": volume["Name"], "Target": place });
        if volume["RW"] == false {
            mount["ReadOnly"] = true.into();
        }
        mounts.push(mount);
        kept.push(place);
    }
    if !mounts.is_empty() {
        host.insert("Mounts".to_owned(), mounts.into());
    }
    kept
}

/// The volume that a container has at a place.
fn volume_at<'a>(inspect: &'a Value, place: &str) -> Option<&'a Value> {
    let mounts = inspect["Mounts"].as_array()?;
    mounts.iter().find(|mount| {
        mount["Type"] == "volume"
            && mount["Destination"].as_str().is_some_and(|at| cleaned(at) == cleaned(place))
            && mount["Name"].is_string()
    })
}

/// The places for which the container or its image wants a volume of any name.
fn anonymous_places(inspect: &Value, patch: &Map<String, Value>) -> Vec<String> {
    let wanted = inspect["Config"]["Volumes"].as_object();
    let taken_away = |place: &String| match patch.get("Volumes") {
        Some(Value::Null) => true,
        Some(volumes) => volumes.get(place).is_some_and(Value::is_null),
        None => false,
    };
    wanted.into_iter().flat_map(Map::keys).filter(|place| !taken_away(place)).cloned().collect()
}

/// The places at which the body itself mounts something.
fn taken_places(host: &Map<String, Value>, mounts: &[Value]) -> Vec<String> {
    let binds = host.get("Binds").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let binds = binds.filter_map(|bind| bind.split(':').nth(1));
    let tmpfs = host.get("Tmpfs").and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str);
    let mounts = mounts.iter().filter_map(|mount| mount["Target"].as_str());
    binds.chain(tmpfs).chain(mounts).map(cleaned).collect()
}

fn cleaned(place: &str) -> String {
    format!("/{}", place.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounted(host: Value, patch: Value) -> (Value, Vec<String>) {
        let volume =
            |name: &str, place: &str| json!({"Type": "volume", "Name": name, "Destination": place, "RW": true});
        let inspect = json!({
            "Config": {"Volumes": {"/data": {}, "/anon/": {}}},
            "Mounts": [volume("1a", "/data"), volume("2b", "/anon"), volume("3c", "/more"), volume("4d", "/bind")],
        });
        let mut body = Map::from_iter([("HostConfig".to_owned(), host)]);
        let kept = keep(&mut body, &inspect, patch.as_object().unwrap());
        (body["HostConfig"].take(), kept)
    }

    #[test]
    fn anonymous_volumes_are_mounted_by_name() {
        let anonymous = json!({"Type": "volume", "Target": "/more"});
        let (host, kept) = mounted(json!({"Binds": ["/bind", "x:/y"], "Mounts": [anonymous]}), json!({}));
        let by_name = |name: &str, place: &str| json!({"Type": "volume", "Source": name, "Target": place});
        assert_eq!(host["Binds"], json!(["x:/y"]));
        let mounts = [by_name("3c", "/more"), by_name("1a", "/data"), by_name("2b", "/anon/"), by_name("4d", "/bind")];
        assert_eq!(host["Mounts"], json!(mounts));
        assert_eq!(kept, ["/more", "/data", "/anon/", "/bind"]);
    }

    #[test]
    fn a_patch_puts_something_else_there_or_takes_them_away() {
        for host in [
            json!({"Binds": ["x:/data/", "y:/anon"]}),
            json!({"Tmpfs": {"/data": "", "/anon": ""}}),
            json!({"Mounts": [{"Type": "bind", "Target": "/data"}, {"Type": "tmpfs", "Target": "/anon"}]}),
        ] {
            assert!(mounted(host.clone(), json!({})).1.is_empty(), "{host}");
        }
        assert_eq!(mounted(json!({}), json!({"Volumes": {"/data": null}})).1, ["/anon/"]);
        assert_eq!(mounted(json!({}), json!({"Volumes": null})).0, json!({}));
    }
}
