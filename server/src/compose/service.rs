//! A service of the resolved model as the body of the container that Compose makes of it, for the policy that judges
//! bodies and for a comparison with a container. Only members with a meaning for either are there.

use serde_json::{Map, Value, json};

use super::model::Model;

/// Members that a container has under another name: the service's, and the place in the body.
pub(super) const SAME: [(&str, &str); 30] = [
    ("image", "/Image"),
    ("user", "/User"),
    ("working_dir", "/WorkingDir"),
    ("hostname", "/Hostname"),
    ("domainname", "/Domainname"),
    ("tty", "/Tty"),
    ("stdin_open", "/OpenStdin"),
    ("stop_signal", "/StopSignal"),
    ("labels", "/Labels"),
    ("command", "/Cmd"),
    ("entrypoint", "/Entrypoint"),
    ("privileged", "/HostConfig/Privileged"),
    ("read_only", "/HostConfig/ReadonlyRootfs"),
    ("init", "/HostConfig/Init"),
    ("network_mode", "/HostConfig/NetworkMode"),
    ("pid", "/HostConfig/PidMode"),
    ("ipc", "/HostConfig/IpcMode"),
    ("uts", "/HostConfig/UTSMode"),
    ("userns_mode", "/HostConfig/UsernsMode"),
    ("cgroup", "/HostConfig/CgroupnsMode"),
    ("cgroup_parent", "/HostConfig/CgroupParent"),
    ("runtime", "/HostConfig/Runtime"),
    ("cap_add", "/HostConfig/CapAdd"),
    ("cap_drop", "/HostConfig/CapDrop"),
    ("security_opt", "/HostConfig/SecurityOpt"),
    ("device_cgroup_rules", "/HostConfig/DeviceCgroupRules"),
    ("group_add", "/HostConfig/GroupAdd"),
    ("sysctls", "/HostConfig/Sysctls"),
    ("dns", "/HostConfig/Dns"),
    ("pids_limit", "/HostConfig/PidsLimit"),
];

/// The body of a service's containers.
pub(crate) fn body(name: &str, service: &Value, model: &Model) -> Value {
    let mut body = json!({ "HostConfig": {} });
    for (member, place) in SAME {
        set(&mut body, place, service[member].clone());
    }
    if service["image"].is_null() {
        set(&mut body, "/Image", format!("{}-{name}", model.value()["name"].as_str().unwrap_or_default()).into());
    }
    set(&mut body, "/Env", environment(&service["environment"]));
    set(&mut body, "/HostConfig/Memory", number(&service["mem_limit"]));
    set(&mut body, "/HostConfig/Devices", devices(&service["devices"]));
    set(&mut body, "/HostConfig/Binds", binds(service, model));
    set(&mut body, "/HostConfig/Mounts", mounts(service, model));
    set(&mut body, "/HostConfig/PortBindings", ports(&service["ports"]));
    set(&mut body, "/HostConfig/RestartPolicy", restart(&service["restart"]));
    if let Some(from) = service["volumes_from"].as_array() {
        let containers = from.iter().filter_map(|from| from.as_str()?.strip_prefix("container:").map(Value::from));
        set(&mut body, "/HostConfig/VolumesFrom", containers.collect());
    }
    let gpus = [&service["gpus"], &service["deploy"]["resources"]["reservations"]["devices"]];
    if gpus.into_iter().any(|gpus| gpus.as_array().is_some_and(|gpus| !gpus.is_empty())) {
        set(&mut body, "/HostConfig/DeviceRequests", json!([{ "Count": -1, "Capabilities": [["gpu"]] }]));
    }
    body
}

/// The body as a policy is to judge it before anything is there.
pub(crate) fn judged(mut body: Value, service: &Value, model: &Model) -> Value {
    if service["build"].is_object()
        && let Value::Object(members) = &mut body
    {
        // The image is not there yet. Its build is judged when Compose asks for it.
        members.shift_remove("Image");
    }
    for name in ["NetworkMode", "PidMode", "IpcMode"] {
        let mode = &mut body["HostConfig"][name];
        // The other container is one of the project.
        if mode.as_str().is_none_or(|mode| mode.starts_with("service:")) {
            *mode = Value::Null;
        }
    }
    let hooks = ["post_start", "pre_stop"].into_iter().filter_map(|name| service[name].as_array()).flatten();
    if hooks.into_iter().any(|hook| hook["privileged"] == true) {
        body["HostConfig"]["Privileged"] = true.into();
    }
    let joined = service["networks"].as_object().into_iter().flatten().map(|(name, _)| name);
    for name in joined.filter(|name| model.is_external("networks", name)) {
        body["NetworkingConfig"]["EndpointsConfig"][model.real_name("networks", name)] = json!({});
    }
    body
}

/// Puts a value at a place, if it says anything.
fn set(body: &mut Value, place: &str, value: Value) {
    let is_empty = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if is_empty {
        return;
    }
    match place.strip_prefix("/HostConfig/") {
        Some(name) => body["HostConfig"][name] = value,
        None => body[&place[1..]] = value,
    }
}

fn environment(variables: &Value) -> Value {
    let variable = |(name, value): (&String, &Value)| match value {
        Value::String(value) => Some(format!("{name}={value}")),
        Value::Null => None,
        value => Some(format!("{name}={value}")),
    };
    variables.as_object().into_iter().flatten().filter_map(variable).collect()
}

fn number(value: &Value) -> Value {
    value.as_str().and_then(|text| text.parse::<i64>().ok()).map_or_else(|| value.clone(), Value::from)
}

fn devices(devices: &Value) -> Value {
    let device = |device: &Value| {
        json!({
            "PathOnHost": device["source"], "PathInContainer": device["target"],
            "CgroupPermissions": device["permissions"],
        })
    };
    devices.as_array().into_iter().flatten().map(device).collect()
}

/// Mounts of the host: folders, and the files of secrets and configs.
fn binds(service: &Value, model: &Model) -> Value {
    let volumes = service["volumes"].as_array().into_iter().flatten().filter(|volume| volume["type"] == "bind");
    let bind = |source: &Value, target: &Value, read_only: bool| {
        let (source, target) = (source.as_str()?, target.as_str()?);
        Some(Value::from(format!("{source}:{target}:{}", if read_only { "ro" } else { "rw" })))
    };
    let folders = volumes.filter_map(|volume| bind(&volume["source"], &volume["target"], volume["read_only"] == true));
    let files = ["secrets", "configs"].into_iter().flat_map(|kind| {
        let used = service[kind].as_array().into_iter().flatten();
        used.filter_map(move |used| {
            let source = &model.value()[kind][used["source"].as_str()?]["file"];
            bind(source, &used["target"], true)
        })
    });
    folders.chain(files).collect()
}

/// Mounts of volumes that the project does not make. Its own are judged when they are made.
fn mounts(service: &Value, model: &Model) -> Value {
    let volumes = service["volumes"].as_array().into_iter().flatten().filter(|volume| volume["type"] == "volume");
    let mount = |volume: &Value| {
        let name = volume["source"].as_str()?;
        let mount = || {
            let read_only = volume["read_only"] == true;
            json!({
                "Type": "volume", "Source": model.real_name("volumes", name), "Target": volume["target"],
                "ReadOnly": read_only,
            })
        };
        model.is_external("volumes", name).then(mount)
    };
    volumes.filter_map(mount).collect()
}

fn ports(ports: &Value) -> Value {
    let mut bindings: Map<String, Value> = Map::new();
    for port in ports.as_array().into_iter().flatten() {
        let key = format!("{}/{}", port["target"], port["protocol"].as_str().unwrap_or("tcp"));
        let mut binding = json!({ "HostPort": port["published"].as_str().unwrap_or_default() });
        if let Some(address) = port["host_ip"].as_str() {
            binding["HostIp"] = address.into();
        }
        if let Some(bound) = bindings.entry(key).or_insert_with(|| json!([])).as_array_mut() {
            bound.push(binding);
        }
    }
    bindings.into()
}

fn restart(restart: &Value) -> Value {
    let Some(restart) = restart.as_str() else { return Value::Null };
    match restart.split_once(':') {
        Some((name, count)) => json!({ "Name": name, "MaximumRetryCount": count.parse::<i64>().unwrap_or_default() }),
        None => json!({ "Name": restart }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_judges_hooks_and_networks_of_others_too() {
        let service = json!({
            "build": { "context": "/x" }, "pid": "service:b", "ipc": "host", "networks": { "own": null, "other": null },
            "post_start": [{ "command": ["id"], "privileged": true }],
            "deploy": { "resources": { "reservations": { "devices": [{ "capabilities": ["gpu"] }] } } },
        });
        let networks = json!({ "own": {}, "other": { "name": "real", "external": true } });
        let model = json!({ "name": "p", "networks": networks, "services": { "a": service } });
        let model = Model::parse(model.to_string().as_bytes()).unwrap();
        let body = judged(body("a", &service, &model), &service, &model);
        assert!(body.get("Image").is_none() && body["HostConfig"]["DeviceRequests"].is_array(), "{body}");
        assert_eq!((&body["HostConfig"]["PidMode"], &body["HostConfig"]["IpcMode"]), (&Value::Null, &json!("host")));
        assert_eq!(body["HostConfig"]["Privileged"], true);
        assert_eq!(body["NetworkingConfig"]["EndpointsConfig"], json!({ "real": {} }));
    }

    #[test]
    fn a_service_becomes_the_body_that_compose_sends() {
        let model = json!({
            "name": "shop",
            "services": { "web": {
                "image": "x:1", "command": ["a"], "entrypoint": null, "environment": { "A": "1", "B": null },
                "privileged": true, "mem_limit": "1024", "restart": "on-failure:3",
                "ports": [{ "target": 80, "published": "8080", "host_ip": "127.0.0.1", "protocol": "tcp" }],
                "volumes": [
                    { "type": "bind", "source": "/etc", "target": "/e", "read_only": true },
                    { "type": "volume", "source": "own", "target": "/o" },
                    { "type": "volume", "source": "other", "target": "/p" },
                ],
                "secrets": [{ "source": "s", "target": "/run/secrets/s" }],
            } },
            "volumes": { "own": { "name": "shop_own" }, "other": { "name": "real", "external": true } },
            "secrets": { "s": { "file": "/srv/s" } },
        });
        let model = Model::parse(model.to_string().as_bytes()).unwrap();
        let (name, service) = model.services().next().unwrap();
        assert_eq!(
            body(name, service, &model),
            json!({
                "HostConfig": {
                    "Privileged": true, "Memory": 1024, "Binds": ["/etc:/e:ro", "/srv/s:/run/secrets/s:ro"],
                    "Mounts": [{ "Type": "volume", "Source": "real", "Target": "/p", "ReadOnly": false }],
                    "PortBindings": { "80/tcp": [{ "HostPort": "8080", "HostIp": "127.0.0.1" }] },
                    "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 3 },
                },
                "Image": "x:1", "Cmd": ["a"], "Env": ["A=1"],
            })
        );
    }
}
