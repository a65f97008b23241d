//! The body that creates a container anew: what its inspect says was set, with the caller's patch. It sends nothing.

use dockwright::Version;
use serde_json::{Map, Value, json};

use super::{defaults, networks, ports, variables, volumes};
use crate::arguments::merge;

/// Paths that engines hide or protect by themselves. A list of just these was not set by anybody.
const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
/// Engines add the folder of each CPU.
const THROTTLE: &str = "/sys/devices/system/cpu/cpu";

/// The maps to which an image adds what it gives, whatever a patch takes away.
const GIVEN: [&str; 3] = ["Labels", "ExposedPorts", "Volumes"];

/// A container and the images before and after.
pub(in crate::run) struct Present<'a> {
    /// The answer of container_inspect.
    pub(in crate::run) inspect: &'a Value,
    /// The configuration of its image; null if the image is gone.
    pub(in crate::run) image: &'a Value,
    /// The configuration of the image of the new container.
    pub(in crate::run) new_image: &'a Value,
    /// The API version that is spoken.
    pub(in crate::run) version: Version,
}

/// A new container.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    /// The body that creates it.
    pub(super) body: Value,
    /// The networks that it is connected to afterwards, with its endpoints.
    pub(super) connections: Vec<(String, Value)>,
    pub(super) notes: Vec<String>,
}

/// Plans the container that takes the place of `present`, from `image`, with a patch of the create body.
///
/// # Errors
/// A text, if the patch asks for something that cannot be.
pub(super) fn plan(present: &Present<'_>, image: &str, mut patch: Map<String, Value>) -> Result<Plan, String> {
    let mut notes = Vec::new();
    ports::normalize(&mut patch)?;
    let mut body = settings(present);
    let_go(&mut body, &patch);
    variables::merge(&mut patch, &mut body, present.new_image, &mut notes);
    notes.extend(given_again(&patch, present.new_image));
    let Value::Object(mut body) = merge::apply(patch.clone().into(), body.into()) else {
        return Err("a patch is an object".to_owned());
    };
    body.insert("Image".to_owned(), image.into());
    let places = volumes::keep(&mut body, present.inspect, &patch);
    if !places.is_empty() {
        let places = places.join(", ");
        notes.push(format!("anonymous volumes at {places} are mounted by name now: deleting it with v keeps them"));
    }
    ports::expose(&mut body, &patch);
    let connections = networks::arrange(&mut body, present.inspect, &patch, present.version, &mut notes)?;
    Ok(Plan { body: body.into(), connections, notes })
}

/// Everything that was set when a container was created, as the body that sets it again.
pub(in crate::run) fn settings(present: &Present<'_>) -> Map<String, Value> {
    let inspect = present.inspect;
    let mut config = inspect["Config"].as_object().cloned().unwrap_or_default();
    defaults::take_out(&mut config, present.image);
    for name in ["Image", "OnBuild"] {
        config.shift_remove(name);
    }
    let host = &inspect["HostConfig"];
    let id = inspect["Id"].as_str().unwrap_or_default();
    let hostname = config.get("Hostname").and_then(Value::as_str).unwrap_or_default();
    let joins = host["NetworkMode"].as_str().is_some_and(|mode| mode.starts_with("container:"));
    if joins || host["UTSMode"] == "host" || hostname == &id[..id.len().min(12)] {
        config.shift_remove("Hostname");
    }
    if joins {
        // They are those of the container that it joins.
        for name in ["Domainname", "ExposedPorts", "MacAddress"] {
            config.shift_remove(name);
        }
    }
    config.retain(|_, value| !value.is_null());
    config.insert("HostConfig".to_owned(), host_settings(host).into());
    let endpoints = networks::kept(inspect, present.version);
    config.insert("NetworkingConfig".to_owned(), json!({ "EndpointsConfig": endpoints }));
    config
}

/// The host configuration without what the engine worked out of the rest of it.
fn host_settings(host: &Value) -> Map<String, Value> {
    let mut settings = host.as_object().cloned().unwrap_or_default();
    settings.retain(|_, value| !value.is_null());
    settings.shift_remove("ContainerIDFile");
    if host["ConsoleSize"] == json!([0, 0]) {
        settings.shift_remove("ConsoleSize");
    }
    // Twice the memory is what it is unless it is set.
    if let (Some(memory), Some(swap)) = (host["Memory"].as_i64(), host["MemorySwap"].as_i64())
        && memory > 0
        && swap == memory.saturating_mul(2)
    {
        settings.shift_remove("MemorySwap");
    }
    let is_privileged = host["Privileged"] == true;
    let shares = |name: &str| host[name] == "host";
    if is_privileged || is_default(&host["MaskedPaths"], &MASKED) {
        settings.shift_remove("MaskedPaths");
    }
    if is_privileged || is_default(&host["ReadonlyPaths"], &READ_ONLY) {
        settings.shift_remove("ReadonlyPaths");
    }
    if (is_privileged || shares("PidMode") || shares("IpcMode"))
        && let Some(options) = settings.get_mut("SecurityOpt").and_then(Value::as_array_mut)
    {
        options.retain(|option| option != "label=disable");
    }
    settings
}

/// Takes away what belongs to a setting that the patch replaces, and would be refused beside the new one.
fn let_go(body: &mut Map<String, Value>, patch: &Map<String, Value>) {
    let Some(patch) = patch.get("HostConfig") else { return };
    let Some(host) = body.get_mut("HostConfig") else { return };
    for (setting, name, detail) in [("RestartPolicy", "Name", "MaximumRetryCount"), ("LogConfig", "Type", "Config")] {
        let replaces = patch[setting].get(name).is_some_and(|name_of_new| *name_of_new != host[setting][name]);
        if let Some(setting) = host.get_mut(setting).and_then(Value::as_object_mut).filter(|_| replaces) {
            setting.shift_remove(detail);
        }
    }
}

/// Returns whether a list of paths is that of an engine.
fn is_default(paths: &Value, known: &[&str]) -> bool {
    let Some(paths) = paths.as_array().filter(|paths| paths.len() >= 5) else { return false };
    let is_known = |path: &str| known.contains(&path) || path.starts_with(THROTTLE);
    paths.iter().all(|path| path.as_str().is_some_and(is_known))
}

/// Notes about what a patch takes away and the image gives all the same.
fn given_again(patch: &Map<String, Value>, image: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    for name in GIVEN {
        let removed = patch.get(name).and_then(Value::as_object).into_iter().flatten();
        for (key, _) in removed.filter(|(key, value)| value.is_null() && image[name].get(*key).is_some()) {
            notes.push(format!("{name}: {key} stays, because the image has it"));
        }
    }
    notes
}

#[cfg(test)]
mod tests;
