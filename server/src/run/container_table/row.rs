//! A row of the table: what the list, the inspection and the samples of a container tell, as cells and as an object.

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

use crate::catalogue::container_table::COLUMNS;
use crate::reply::amounts;
use crate::reply::view::usage::Usage;

/// The most ports that are shown.
const PORTS: usize = 4;
/// The digits of a short id.
const SHORT_ID: usize = 12;

/// A container, with `None` for unknown values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) image: String,
    /// Its state, with its health, or its exit code and the time since.
    pub(super) state: String,
    /// Seconds since it was started.
    pub(super) uptime: Option<u64>,
    pub(super) cpu: Option<f64>,
    pub(super) memory: Option<u64>,
    /// The limit of its memory; `Some(None)` if it has none.
    pub(super) limit: Option<Option<u64>>,
    pub(super) memory_percent: Option<f64>,
    pub(super) restarts: Option<u64>,
    pub(super) ports: String,
}

impl Row {
    /// A row of the element of a list alone.
    pub(super) fn listed(listed: &Value) -> Self {
        Row {
            name: name(listed),
            image: image(listed),
            state: text(&listed["State"]),
            ports: ports(listed),
            ..Row::default()
        }
    }

    /// A row of a container that was inspected, with its usage and the time of the sample if it runs.
    pub(super) fn new(listed: &Value, inspected: &Value, usage: Option<(Usage, &Value)>) -> Self {
        let limit = inspected["HostConfig"]["Memory"].as_u64().filter(|limit| *limit > 0);
        let (memory, host) = usage.map_or((None, None), |(usage, _)| (usage.memory, usage.limit));
        let share = |memory: u64, limit: u64| amounts::percent(memory as f64 / limit as f64 * 100.0);
        Row {
            state: state(&inspected["State"]) + &ended(listed),
            uptime: usage.and_then(|(_, read)| seconds(&inspected["State"]["StartedAt"], read)),
            cpu: usage.and_then(|(usage, _)| usage.cpu),
            memory,
            limit: Some(limit),
            memory_percent: memory.zip(limit.or(host)).map(|(memory, limit)| share(memory, limit)),
            restarts: inspected["RestartCount"].as_u64(),
            ..Row::listed(listed)
        }
    }

    /// Its cells, for reading.
    pub(super) fn cells(&self) -> Value {
        json!([
            self.name,
            self.image,
            self.state,
            self.uptime.map(length),
            self.cpu,
            self.memory.map(amounts::memory),
            self.limit.map(|limit| limit.map_or_else(|| "none".to_owned(), amounts::memory)),
            self.memory_percent,
            self.restarts,
            self.ports,
        ])
    }

    /// Its values as an object, for computing.
    pub(super) fn object(&self) -> Value {
        let limit = self.limit.flatten();
        let values = json!([
            self.name,
            self.image,
            self.state,
            self.uptime,
            self.cpu,
            self.memory,
            limit,
            self.memory_percent,
            self.restarts,
            self.ports
        ]);
        let values = if let Value::Array(values) = values { values } else { Vec::new() };
        Value::Object(COLUMNS.into_iter().map(str::to_owned).zip(values).collect())
    }
}

/// Its own name, not that of a link to it.
fn name(listed: &Value) -> String {
    let names = listed["Names"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names = names.map(|name| name.strip_prefix('/').unwrap_or(name)).filter(|name| !name.contains('/'));
    names.next().map_or_else(|| short(listed["Id"].as_str().unwrap_or_default()).to_owned(), str::to_owned)
}

fn image(listed: &Value) -> String {
    let image = listed["Image"].as_str().unwrap_or_default();
    image.strip_prefix("sha256:").map_or(image, short).to_owned()
}

fn state(state: &Value) -> String {
    let status = text(&state["Status"]);
    let health = state["Health"]["Status"].as_str().filter(|health| !health.is_empty() && *health != "none");
    match (health, state["ExitCode"].as_i64()) {
        _ if state["OOMKilled"] == true && state["Running"] != true => format!("{status} (out of memory)"),
        (Some(health), _) if state["Running"] == true => format!("{status} ({health})"),
        (_, Some(code)) if ["exited", "dead", "restarting"].contains(&&*status) => format!("{status} ({code})"),
        _ => status,
    }
}

/// The time since its end, in the words of the engine.
fn ended(listed: &Value) -> String {
    let end = listed["Status"].as_str().and_then(|status| status.split_once(") ")).map(|(_, end)| end);
    end.filter(|end| end.ends_with(" ago")).map(|end| format!(" {end}")).unwrap_or_default()
}

fn ports(listed: &Value) -> String {
    let mut ports: Vec<String> = Vec::new();
    for port in listed["Ports"].as_array().into_iter().flatten() {
        let kind = port["Type"].as_str().unwrap_or("tcp");
        let inner = format!("{}/{kind}", port["PrivatePort"]);
        let address = port["IP"].as_str().filter(|address| !["0.0.0.0", "::", ""].contains(address));
        let outer = port["PublicPort"].as_u64().map(|outer| match address {
            Some(address) => format!("{address}:{outer}->"),
            None => format!("{outer}->"),
        });
        let shown = outer.unwrap_or_default() + &inner;
        if !ports.contains(&shown) {
            ports.push(shown);
        }
    }
    ports.sort();
    let more = ports.len().saturating_sub(PORTS);
    ports.truncate(PORTS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    ports.join(", ") + &more
}

/// The seconds between two times of the engine.
fn seconds(from: &Value, to: &Value) -> Option<u64> {
    let time = |value: &Value| -> Option<DateTime<FixedOffset>> { DateTime::parse_from_rfc3339(value.as_str()?).ok() };
    u64::try_from((time(to)? - time(from)?).num_seconds()).ok()
}

/// A length of time in its two largest units.
fn length(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days}d{}h", hours % 24),
        () if hours > 0 => format!("{hours}h{}m", minutes % 60),
        () if minutes > 0 => format!("{minutes}m{}s", seconds % 60),
        () => format!("{seconds}s"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn short(id: &str) -> &str {
    id.get(..SHORT_ID).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspected(state: Value, memory: u64) -> Value {
        json!({"State": state, "HostConfig": {"Memory": memory}, "RestartCount": 2})
    }

    #[test]
    fn a_running_container_has_all_columns() {
        let port = |ip: &str, outer: Value| json!({"IP": ip, "PrivatePort": 80, "PublicPort": outer, "Type": "tcp"});
        let ports = [
            port("0.0.0.0", json!(8080)),
            port("::", json!(8080)),
            port("127.0.0.1", json!(81)),
            json!({"PrivatePort": 53, "Type": "udp"}),
        ];
        let listed = json!({"Names": ["/db/alias", "/web"], "Image": "nginx:1", "Ports": ports});
        let state = json!({"Status": "running", "Running": true, "Health": {"Status": "unhealthy"},
            "StartedAt": "2026-11-22T19:00:00.5Z"});
        let usage = Usage { cpu: Some(12.5), memory: Some(16 << 20), limit: Some(1 << 35), ..Usage::default() };
        let read = json!("2026-11-22T22:02:49.4Z");
        let row = Row::new(&listed, &inspected(state.clone(), 64 << 20), Some((usage, &read)));
        let expected = json!([
            "web",
            "nginx:1",
            "running (unhealthy)",
            "3h2m",
            12.5,
            "16 MiB",
            "64 MiB",
            25.0,
            2,
            "127.0.0.1:81->80/tcp, 53/udp, 8080->80/tcp"
        ]);
        assert_eq!(row.cells(), expected);
        assert_eq!((&row.object()["limit"], &row.object()["uptime"]), (&json!(64 << 20), &json!(10_968)));
        let row = Row::new(&listed, &inspected(state, 0), Some((usage, &read)));
        assert_eq!(
            (&row.cells()[6], &row.cells()[7], &row.object()["limit"]),
            (&json!("none"), &json!(0.05), &Value::Null)
        );
    }

    #[test]
    fn a_stopped_container_says_how_it_ended() {
        let listed = json!({"Names": ["/job"], "Image": format!("sha256:{}", "a".repeat(64)), "Ports": []});
        for (state, shown) in [
            (json!({"Status": "exited", "ExitCode": 137, "OOMKilled": true}), "exited (out of memory)"),
            (json!({"Status": "exited", "ExitCode": 3, "Health": {"Status": "unhealthy"}}), "exited (3)"),
            (json!({"Status": "restarting", "Running": true, "ExitCode": 1}), "restarting (1)"),
            (json!({"Status": "paused", "Running": true, "ExitCode": 0}), "paused"),
            (json!({"Status": "created", "ExitCode": 0}), "created"),
        ] {
            let row = Row::new(&listed, &inspected(state, 0), None);
            assert_eq!(row.cells(), json!(["job", "aaaaaaaaaaaa", shown, null, null, null, "none", null, 2, ""]));
        }
    }

    #[test]
    fn the_end_of_a_container_is_told_by_the_list() {
        for (status, shown) in [
            ("Exited (3) 46 seconds ago", " 46 seconds ago"),
            ("Up 2 minutes (healthy)", ""),
            ("Up 2 minutes", ""),
            ("Created", ""),
        ] {
            assert_eq!(ended(&json!({ "Status": status })), shown);
        }
    }

    #[test]
    fn lengths_of_time_are_short() {
        assert_eq!([5, 65, 3_661, 90_000].map(length), ["5s", "1m5s", "1h1m", "1d1h"]);
    }
}
