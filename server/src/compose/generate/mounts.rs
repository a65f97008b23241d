//! Mounts of a create body as volumes of a service: `Binds`, `Mounts`, and volumes without a name.

use serde_json::{Map, Value, json};

use super::members::is_set;
use super::objects::Objects;

/// Words of a bind that say how mounts below it spread.
const PROPAGATIONS: [&str; 6] = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];
/// Members of a mount, and those of its options that a file can say, each with the word there.
const OPTIONS: [(&str, &str, &str, &str); 6] = [
    ("BindOptions", "Propagation", "bind", "propagation"),
    ("VolumeOptions", "NoCopy", "volume", "nocopy"),
    ("VolumeOptions", "Subpath", "volume", "subpath"),
    ("ImageOptions", "Subpath", "image", "subpath"),
    ("TmpfsOptions", "SizeBytes", "tmpfs", "size"),
    ("TmpfsOptions", "Mode", "tmpfs", "mode"),
];

/// Takes mounts out of a body and gives them to a service.
pub(super) fn take(
    body: &mut Map<String, Value>,
    service: &mut Map<String, Value>,
    objects: &mut Objects<'_>,
    lost: &mut Vec<String>,
) {
    let mut volumes = Vec::new();
    let host = body.get_mut("HostConfig").and_then(Value::as_object_mut);
    let [binds, mounts] = host.map_or([Value::Null, Value::Null], |host| {
        ["Binds", "Mounts"].map(|name| host.shift_remove(name).unwrap_or_default())
    });
    for bind in binds.as_array().into_iter().flatten().filter_map(Value::as_str) {
        volumes.push(from_bind(bind, objects, lost));
    }
    for mount in mounts.as_array().into_iter().flatten() {
        volumes.push(from_mount(mount, objects, lost));
    }
    let is_taken = |place: &str| volumes.iter().any(|volume| volume["target"] == place);
    let places = body.get("Volumes").and_then(Value::as_object).into_iter().flatten().map(|(place, _)| place);
    let nameless: Vec<_> = places.filter(|place| !is_taken(place)).map(|place| nameless(place)).collect();
    volumes.extend(nameless);
    if volumes.iter().any(|volume| volume["type"] == "volume" && volume.get("source").is_none()) {
        lost.push("the data of volumes without a name".to_owned());
    }
    if !volumes.is_empty() {
        service.insert("volumes".to_owned(), volumes.into());
    }
}

fn nameless(place: &str) -> Value {
    json!({ "type": "volume", "target": place })
}

/// `/folder:/place:ro` or `volume:/place`.
fn from_bind(bind: &str, objects: &mut Objects<'_>, lost: &mut Vec<String>) -> Value {
    let mut parts = bind.splitn(3, ':');
    let (Some(source), Some(target)) = (parts.next(), parts.next()) else { return nameless(bind) };
    let is_folder = source.starts_with('/');
    let mut volume = match is_folder {
        true => json!({ "type": "bind", "source": source, "target": target, "bind": { "create_host_path": true } }),
        false => json!({ "type": "volume", "source": objects.volume(source), "target": target }),
    };
    for option in parts.next().unwrap_or_default().split(',').filter(|option| !matches!(*option, "" | "rw")) {
        match option {
            "ro" => volume["read_only"] = true.into(),
            "z" | "Z" if is_folder => volume["bind"]["selinux"] = option.into(),
            "nocopy" if !is_folder => volume["volume"]["nocopy"] = true.into(),
            option if is_folder && PROPAGATIONS.contains(&option) => volume["bind"]["propagation"] = option.into(),
            option => lost.push(format!("`{option}` of the mount at {target}")),
        }
    }
    volume
}

fn from_mount(mount: &Value, objects: &mut Objects<'_>, lost: &mut Vec<String>) -> Value {
    let mut volume = json!({ "type": mount["Type"], "target": mount["Target"] });
    if let Some(source) = mount["Source"].as_str().filter(|source| !source.is_empty()) {
        let is_volume = mount["Type"] == "volume";
        volume["source"] = if is_volume { objects.volume(source).into() } else { source.into() };
    }
    if mount["ReadOnly"] == true {
        volume["read_only"] = true.into();
    }
    if mount["Type"] == "bind" {
        volume["bind"]["create_host_path"] = (mount["BindOptions"]["CreateMountpoint"] == true).into();
    }
    for (group, options) in mount.as_object().into_iter().flatten().filter(|(group, _)| group.ends_with("Options")) {
        for (name, value) in options.as_object().into_iter().flatten().filter(|(_, value)| is_set(value)) {
            match OPTIONS.iter().find(|(of, option, ..)| of == group && option == name) {
                Some((_, _, kind, word)) => volume[*kind][*word] = value.clone(),
                // The driver of a volume stands at the volume itself.
                None if matches!(name.as_str(), "CreateMountpoint" | "DriverConfig") => {}
                None => {
                    lost.push(format!("{group}.{name} of the mount at {}", mount["Target"].as_str().unwrap_or("?")))
                }
            }
        }
    }
    volume
}
