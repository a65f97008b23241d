//! Members of a create body as members of a service. Each is taken out of the body, so that what is left has no word in
//! a file of Compose.

use serde_json::{Map, Value, json};

use crate::compose::service::SAME;

/// Makes a member of a service of one of a body.
type Convert = fn(&Value) -> Value;

/// Members of another form: the service's, the place in the body, and the change.
const CONVERTED: [(&str, &str, Convert); 36] = [
    ("environment", "Env", variables),
    ("expose", "ExposedPorts", keys),
    ("healthcheck", "Healthcheck", healthcheck),
    ("stop_grace_period", "StopTimeout", seconds),
    ("mac_address", "MacAddress", Value::clone),
    ("annotations", "HostConfig/Annotations", Value::clone),
    ("cpu_count", "HostConfig/CpuCount", Value::clone),
    ("cpu_percent", "HostConfig/CpuPercent", Value::clone),
    ("cpu_period", "HostConfig/CpuPeriod", Value::clone),
    ("cpu_quota", "HostConfig/CpuQuota", Value::clone),
    ("cpu_rt_period", "HostConfig/CpuRealtimePeriod", Value::clone),
    ("cpu_rt_runtime", "HostConfig/CpuRealtimeRuntime", Value::clone),
    ("cpu_shares", "HostConfig/CpuShares", Value::clone),
    ("cpus", "HostConfig/NanoCpus", cpus),
    ("cpuset", "HostConfig/CpusetCpus", Value::clone),
    ("deploy", "HostConfig/DeviceRequests", device_requests),
    ("devices", "HostConfig/Devices", devices),
    ("dns_opt", "HostConfig/DnsOptions", Value::clone),
    ("dns_search", "HostConfig/DnsSearch", Value::clone),
    ("external_links", "HostConfig/Links", links),
    ("extra_hosts", "HostConfig/ExtraHosts", Value::clone),
    ("logging", "HostConfig/LogConfig", logging),
    ("mem_limit", "HostConfig/Memory", Value::clone),
    ("mem_reservation", "HostConfig/MemoryReservation", Value::clone),
    ("mem_swappiness", "HostConfig/MemorySwappiness", Value::clone),
    ("memswap_limit", "HostConfig/MemorySwap", Value::clone),
    ("oom_kill_disable", "HostConfig/OomKillDisable", Value::clone),
    ("oom_score_adj", "HostConfig/OomScoreAdj", Value::clone),
    ("ports", "HostConfig/PortBindings", ports),
    ("restart", "HostConfig/RestartPolicy", restart),
    ("shm_size", "HostConfig/ShmSize", Value::clone),
    ("storage_opt", "HostConfig/StorageOpt", Value::clone),
    ("isolation", "HostConfig/Isolation", Value::clone),
    ("tmpfs", "HostConfig/Tmpfs", tmpfs),
    ("ulimits", "HostConfig/Ulimits", ulimits),
    ("volumes_from", "HostConfig/VolumesFrom", volumes_from),
];

/// Values that every engine gives by itself.
const USUAL: [(&str, &str); 6] = [
    ("cgroup", "private"),
    ("ipc", "private"),
    ("isolation", "default"),
    ("runtime", "runc"),
    ("shm_size", "67108864"),
    ("mem_swappiness", "-1"),
];

/// Members that say nothing of a container: they are about the client that made it, or stand elsewhere in the body.
const SILENT: [&str; 11] = [
    "ArgsEscaped",
    "AttachStderr",
    "AttachStdin",
    "AttachStdout",
    "HostConfig",
    "Image",
    "NetworkingConfig",
    "StdinOnce",
    "Volumes",
    "ConsoleSize",
    "ContainerIDFile",
];

/// The beginning of the labels that Compose gives.
const COMPOSE: &str = "com.docker.compose.";

/// Takes members out of a body and gives them to a service.
pub(super) fn take(body: &mut Map<String, Value>, service: &mut Map<String, Value>) {
    if let Some(Value::Object(labels)) = body.get_mut("Labels") {
        labels.retain(|name, _| !name.starts_with(COMPOSE));
    }
    let same = SAME.iter().filter(|(member, _)| *member != "image");
    let same = same.map(|(member, place)| (*member, place.trim_start_matches('/'), Value::clone as Convert));
    for (member, place, convert) in same.chain(CONVERTED) {
        let Some(value) = remove(body, place).filter(is_set) else { continue };
        let value = convert(&value);
        let is_usual = USUAL.iter().any(|(name, usual)| *name == member && plain(&value) == *usual);
        if is_set(&value) && !is_usual {
            service.insert(member.to_owned(), value);
        }
    }
    expose(service);
    block_io(body, service);
    unmasked(body, service);
}

/// The names of the members that were not taken.
pub(super) fn left(body: &Map<String, Value>) -> Vec<String> {
    let host = body.get("HostConfig").and_then(Value::as_object).into_iter().flatten();
    let is_told = |(name, value): &(&String, &Value)| is_set(value) && !SILENT.contains(&name.as_str());
    body.iter().chain(host).filter(is_told).map(|(name, _)| name.clone()).collect()
}

/// Returns true for a value that says anything.
pub(super) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn remove(body: &mut Map<String, Value>, place: &str) -> Option<Value> {
    match place.strip_prefix("HostConfig/") {
        Some(name) => body.get_mut("HostConfig")?.as_object_mut()?.shift_remove(name),
        None => body.shift_remove(place),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn keys(value: &Value) -> Value {
    members(value).map(|(key, _)| key.clone()).collect()
}

/// Variables; one without a value takes away that of the image.
fn variables(list: &Value) -> Value {
    let variable = |variable: &Value| {
        let variable = variable.as_str()?;
        let (name, value) =
            variable.split_once('=').map_or((variable, Value::Null), |(name, value)| (name, value.into()));
        Some((name.to_owned(), value))
    };
    items(list).filter_map(variable).collect::<Map<_, _>>().into()
}

/// A time in nanoseconds in the words of Compose.
fn duration(value: &Value) -> Value {
    match value.as_u64() {
        None | Some(0) => Value::Null,
        Some(time) if time % 1_000_000_000 == 0 => format!("{}s", time / 1_000_000_000).into(),
        Some(time) => format!("{time}ns").into(),
    }
}

fn seconds(value: &Value) -> Value {
    format!("{value}s").into()
}

fn healthcheck(check: &Value) -> Value {
    if check["Test"] == json!(["NONE"]) {
        return json!({ "disable": true });
    }
    let parts = [
        ("test", check["Test"].clone()),
        ("interval", duration(&check["Interval"])),
        ("timeout", duration(&check["Timeout"])),
        ("retries", check["Retries"].clone()),
        ("start_period", duration(&check["StartPeriod"])),
        ("start_interval", duration(&check["StartInterval"])),
    ];
    parts.into_iter().filter(|(_, value)| is_set(value)).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn cpus(nano: &Value) -> Value {
    nano.as_f64().map_or(Value::Null, |nano| json!(nano / 1e9))
}

fn device_requests(requests: &Value) -> Value {
    let request = |request: &Value| {
        let count = if request["Count"] == -1 { "all".into() } else { request["Count"].clone() };
        let parts = [
            ("driver", request["Driver"].clone()),
            ("count", count),
            ("device_ids", request["DeviceIDs"].clone()),
            ("capabilities", request["Capabilities"][0].clone()),
            ("options", request["Options"].clone()),
        ];
        let parts = parts.into_iter().filter(|(_, value)| is_set(value));
        parts.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
    };
    json!({ "resources": { "reservations": { "devices": items(requests).map(request).collect::<Vec<_>>() } } })
}

fn devices(devices: &Value) -> Value {
    let device = |device: &Value| {
        let [from, to, rights] = ["PathOnHost", "PathInContainer", "CgroupPermissions"].map(|name| text(device, name));
        Value::from(format!("{from}:{to}:{rights}"))
    };
    items(devices).map(device).collect()
}

/// Links as `name:alias`, from `/name:/container/alias`.
fn links(links: &Value) -> Value {
    let link = |link: &Value| {
        let (name, alias) = link.as_str()?.split_once(':')?;
        Some(Value::from(format!("{}:{}", name.trim_start_matches('/'), alias.rsplit('/').next()?)))
    };
    items(links).filter_map(link).collect()
}

/// The driver of logs, unless it is that of an engine without settings.
fn logging(config: &Value) -> Value {
    match (text(config, "Type"), is_set(&config["Config"])) {
        ("" | "json-file", false) => Value::Null,
        (driver, false) => json!({ "driver": driver }),
        (driver, true) => json!({ "driver": driver, "options": config["Config"] }),
    }
}

fn ports(bindings: &Value) -> Value {
    let mut ports = Vec::new();
    for (port, bound) in members(bindings) {
        let (target, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        for binding in items(bound) {
            let mut port = json!({ "target": target.parse::<u16>().unwrap_or_default(), "protocol": protocol });
            for (member, name) in [("published", "HostPort"), ("host_ip", "HostIp")] {
                if is_set(&binding[name]) {
                    port[member] = binding[name].clone();
                }
            }
            ports.push(port);
        }
    }
    ports.into()
}

fn restart(policy: &Value) -> Value {
    match (text(policy, "Name"), policy["MaximumRetryCount"].as_i64()) {
        ("" | "no", _) => Value::Null,
        (name, Some(count)) if count > 0 => format!("{name}:{count}").into(),
        (name, _) => name.into(),
    }
}

fn tmpfs(places: &Value) -> Value {
    let place = |(place, options): (&String, &Value)| match options.as_str().filter(|options| !options.is_empty()) {
        Some(options) => Value::from(format!("{place}:{options}")),
        None => Value::from(place.as_str()),
    };
    members(places).map(place).collect()
}

fn ulimits(limits: &Value) -> Value {
    let limit = |limit: &Value| {
        let sizes = json!({ "soft": limit["Soft"], "hard": limit["Hard"] });
        (text(limit, "Name").to_owned(), sizes)
    };
    items(limits).map(limit).collect::<Map<_, _>>().into()
}

fn volumes_from(containers: &Value) -> Value {
    items(containers).filter_map(|from| Some(Value::from(format!("container:{}", from.as_str()?)))).collect()
}

/// Leaves out the ports that are exposed because they are published.
fn expose(service: &mut Map<String, Value>) {
    let published = service.get("ports").cloned().unwrap_or_default();
    let is_published = |port: &Value| {
        let has = |one: &Value| port.as_str() == Some(&format!("{}/{}", one["target"], text(one, "protocol")));
        items(&published).any(has)
    };
    if let Some(Value::Array(exposed)) = service.get_mut("expose") {
        exposed.retain(|port| !is_published(port));
        if exposed.is_empty() {
            service.shift_remove("expose");
        }
    }
}

/// Limits of block devices.
fn block_io(body: &mut Map<String, Value>, service: &mut Map<String, Value>) {
    let devices = |list: &Value, from: &str, to: &str| -> Value {
        items(list).map(|device| json!({ "path": device["Path"], to: device[from] })).collect()
    };
    let mut config = Map::new();
    for (place, member, from, to) in [
        ("BlkioWeightDevice", "weight_device", "Weight", "weight"),
        ("BlkioDeviceReadBps", "device_read_bps", "Rate", "rate"),
        ("BlkioDeviceWriteBps", "device_write_bps", "Rate", "rate"),
        ("BlkioDeviceReadIOps", "device_read_iops", "Rate", "rate"),
        ("BlkioDeviceWriteIOps", "device_write_iops", "Rate", "rate"),
    ] {
        if let Some(list) = remove(body, &format!("HostConfig/{place}")).filter(is_set) {
            config.insert(member.to_owned(), devices(&list, from, to));
        }
    }
    config.extend(remove(body, "HostConfig/BlkioWeight").filter(is_set).map(|weight| ("weight".to_owned(), weight)));
    if !config.is_empty() {
        service.insert("blkio_config".to_owned(), config.into());
    }
}

/// A container of which the engine hides nothing.
fn unmasked(body: &mut Map<String, Value>, service: &mut Map<String, Value>) {
    let is_open = ["MaskedPaths", "ReadonlyPaths"].map(|name| {
        let paths = remove(body, &format!("HostConfig/{name}"));
        let is_open = paths.as_ref().is_some_and(|paths| *paths == json!([]));
        if let (Some(paths), Some(host)) = (paths.filter(is_set), body.get_mut("HostConfig")) {
            host[name] = paths;
        }
        is_open
    });
    if is_open == [true, true] && service.get("privileged") != Some(&true.into()) {
        let options = service.entry("security_opt").or_insert_with(|| json!([]));
        if let Some(options) = options.as_array_mut() {
            options.push("systempaths=unconfined".into());
        }
    }
}
