//! The resources that a container uses, as `docker stats` computes them from a sample's counters.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::reply::amounts;

/// The beginning of the time in a sample of a container that does not run.
const NEVER: &str = "0001-01-01";

/// The resources that a container uses; `None` if an engine does not measure them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// CPU time in percent of one CPU, between two moments.
    pub cpu: Option<f64>,
    /// Bytes of memory, without the cache that can be dropped.
    pub memory: Option<u64>,
    /// The limit of memory in bytes; the memory of the host where none is set.
    pub limit: Option<u64>,
    /// Bytes received and sent.
    pub net: Option<(u64, u64)>,
    /// Bytes read from and written to block devices.
    pub block: Option<(u64, u64)>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

impl Usage {
    /// The usage that a sample tells; `None` of a container that does not run.
    #[must_use]
    pub fn of(sample: &Value) -> Option<Self> {
        is_running(sample).then(|| Usage {
            cpu: cpu(sample, &sample["precpu_stats"], &sample["preread"]),
            memory: memory(&sample["memory_stats"]),
            limit: sample["memory_stats"]["limit"].as_u64().filter(|limit| *limit > 0),
            net: net(&sample["networks"]),
            block: block(sample),
            processes: sample["pids_stats"]["current"].as_u64().or_else(|| processes(sample)),
        })
    }

    /// The usage between two samples that each tell of one moment.
    #[must_use]
    pub fn between(first: &Value, second: &Value) -> Option<Self> {
        let usage = Usage::of(second)?;
        let cpu = usage.cpu.or_else(|| cpu(second, &first["cpu_stats"], &first["read"]));
        Some(Usage { cpu, ..usage })
    }

    /// The share of the limit that the memory has, in percent.
    #[must_use]
    pub fn memory_percent(&self) -> Option<f64> {
        Some(amounts::percent(self.memory? as f64 / self.limit? as f64 * 100.0))
    }
}

/// True if a sample is of a container that runs. Otherwise the engine answers with zeros.
#[must_use]
pub fn is_running(sample: &Value) -> bool {
    !sample["read"].as_str().unwrap_or(NEVER).starts_with(NEVER)
}

/// A sample in percent and in units.
pub fn shown(sample: &Value, notes: &mut Vec<String>) -> Value {
    let Some(usage) = Usage::of(sample) else {
        return json!({ "Name": sample["name"], "State": "not running" });
    };
    if usage.cpu.is_none() {
        notes.push(
            "no CPU use: this sample tells of one moment; it is the difference of two (without one-shot)".to_owned(),
        );
    }
    let pair = |pair: Option<(u64, u64)>, one: &str, other: &str| {
        pair.map(|(a, b)| format!("{} {one}, {} {other}", amounts::bytes(a), amounts::bytes(b)))
    };
    let limit = usage.limit.map(|limit| match has_no_limit(sample, limit) {
        true => format!("none; the host has {}", amounts::memory(limit)),
        false => amounts::memory(limit),
    });
    json!({
        "Name": sample["name"],
        "CPU %": usage.cpu,
        "Memory": usage.memory.map(amounts::memory),
        "Limit": limit,
        "Memory %": usage.memory_percent(),
        "Net": pair(usage.net, "in", "out"),
        "Block": pair(usage.block, "read", "written"),
        "PIDs": usage.processes,
    })
}

/// True if the limit is known to be the memory of the host: cgroup version 1 tells both.
fn has_no_limit(sample: &Value, limit: u64) -> bool {
    sample["memory_stats"]["stats"]["hierarchical_memory_limit"].as_u64().is_some_and(|own| own > limit)
}

/// The use of CPUs since an earlier moment, in percent of one.
fn cpu(sample: &Value, earlier: &Value, earlier_read: &Value) -> Option<f64> {
    if earlier_read.as_str().unwrap_or(NEVER).starts_with(NEVER) {
        return None;
    }
    let now = &sample["cpu_stats"];
    let used = difference(now, earlier, "/cpu_usage/total_usage")?;
    let percent = match difference(now, earlier, "/system_cpu_usage") {
        Some(passed) if passed > 0.0 => used / passed * cpus(now) * 100.0,
        Some(_) => return None,
        // Windows counts in 100 ns, and tells no time of the system.
        None => used / possible(sample, earlier_read)? * 100.0,
    };
    Some(amounts::percent(percent.max(0.0)))
}

fn difference(now: &Value, earlier: &Value, pointer: &str) -> Option<f64> {
    Some(now.pointer(pointer)?.as_f64()? - earlier.pointer(pointer)?.as_f64()?)
}

fn cpus(now: &Value) -> f64 {
    let listed = || now["cpu_usage"]["percpu_usage"].as_array().map_or(1, Vec::len);
    let online = now["online_cpus"].as_u64().filter(|online| *online > 0);
    online.map_or_else(|| listed() as f64, |online| online as f64)
}

/// The time that all processors had between two moments, in 100 ns.
fn possible(sample: &Value, earlier: &Value) -> Option<f64> {
    let time = |value: &Value| DateTime::parse_from_rfc3339(value.as_str()?).ok();
    let passed = (time(&sample["read"])? - time(earlier)?).num_nanoseconds()?;
    let possible = passed as f64 / 100.0 * processes(sample)? as f64;
    (possible > 0.0).then_some(possible)
}

/// The number of processors, which Windows tells in place of processes.
fn processes(sample: &Value) -> Option<u64> {
    sample["num_procs"].as_u64().filter(|count| *count > 0)
}

/// Without the pages of files that nobody has used lately, for they are the first to be dropped.
fn memory(memory: &Value) -> Option<u64> {
    let Some(usage) = memory["usage"].as_u64() else { return memory["privateworkingset"].as_u64() };
    let version_1 = memory["stats"]["total_inactive_file"].as_u64();
    let cache = version_1.or_else(|| memory["stats"]["inactive_file"].as_u64()).unwrap_or_default();
    Some(if cache < usage { usage - cache } else { usage })
}

fn net(networks: &Value) -> Option<(u64, u64)> {
    let networks = networks.as_object()?.values();
    let sum = |name: &str| networks.clone().filter_map(|network| network[name].as_u64()).sum();
    Some((sum("rx_bytes"), sum("tx_bytes")))
}

fn block(sample: &Value) -> Option<(u64, u64)> {
    let storage = &sample["storage_stats"];
    if let (Some(read), Some(written)) = (storage["read_size_bytes"].as_u64(), storage["write_size_bytes"].as_u64()) {
        return Some((read, written));
    }
    let entries = sample["blkio_stats"]["io_service_bytes_recursive"].as_array()?;
    let sum = |operation: &str| {
        let is_it = |entry: &&Value| entry["op"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(operation));
        entries.iter().filter(is_it).filter_map(|entry| entry["value"].as_u64()).sum()
    };
    Some((sum("read"), sum("write")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::tests::recorded_stats;

    fn view(sample: &Value) -> Value {
        shown(sample, &mut Vec::new())
    }

    #[test]
    fn a_recorded_sample_is_shown_as_docker_stats_shows_it() {
        let sample = recorded_stats("1.51", "validate-full");
        // (115358197 - 99549297) / (9559010000000 - 9557030000000) * 2 CPUs
        let expected = json!({"Name": "validate-full", "CPU %": 1.6, "Memory": "756 KiB",
            "Limit": "none; the host has 23.5 GiB", "Memory %": 0.0, "Net": "3.2 kB in, 1.1 kB out",
            "Block": "0 B read, 0 B written", "PIDs": 4});
        assert_eq!(view(&sample), expected);
        let sample = recorded_stats("1.51", "validate-limited");
        assert_eq!((&view(&sample)["Limit"], &view(&sample)["Memory %"]), (&json!("64 MiB"), &json!(0.49)));
        for (version, name) in [("1.41", "validate-full"), ("1.45", "validate-limited")] {
            let shown = view(&recorded_stats(version, name));
            assert!(shown["CPU %"].is_number() && shown["PIDs"].is_u64(), "{version}: {shown}");
        }
    }

    #[test]
    fn what_does_not_run_is_said_to_be_so() {
        let sample = recorded_stats("1.51", "validate-base");
        assert_eq!(view(&sample), json!({"Name": "validate-base", "State": "not running"}));
    }

    #[test]
    fn one_moment_tells_no_cpu_use_and_two_do() {
        let mut notes = Vec::new();
        let (mut first, second) = (recorded_stats("1.51", "validate-full"), recorded_stats("1.51", "validate-full"));
        first["read"] = first["preread"].take();
        first["cpu_stats"] = first["precpu_stats"].take();
        let once = json!({"name": "a", "read": second["read"], "preread": "0001-01-01T00:00:00Z",
            "cpu_stats": second["cpu_stats"],
            "precpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {}, "pids_stats": {"current": 2}});
        assert_eq!(shown(&once, &mut notes)["CPU %"], Value::Null);
        assert!(notes[0].starts_with("no CPU use: "), "{notes:?}");
        assert_eq!(Usage::between(&first, &once).unwrap().cpu, Some(1.6));
    }

    #[test]
    fn memory_is_without_the_cache_in_both_versions_of_cgroups() {
        for (stats, used) in [
            (json!({"total_inactive_file": 400, "inactive_file": 1}), 600),
            (json!({"inactive_file": 300}), 700),
            (json!({"inactive_file": 2_000}), 1_000),
            (json!({}), 1_000),
        ] {
            assert_eq!(memory(&json!({"usage": 1_000, "stats": stats})), Some(used));
        }
        assert_eq!(memory(&json!({"privateworkingset": 5})), Some(5));
    }

    #[test]
    fn windows_counts_otherwise() {
        let used = |time: u64| json!({"cpu_usage": {"total_usage": time}});
        let sample = json!({"name": "w", "read": "2026-01-01T00:00:02Z", "preread": "2026-01-01T00:00:01Z",
            "num_procs": 4, "cpu_stats": used(30_000_000), "precpu_stats": used(10_000_000),
            "memory_stats": {"privateworkingset": 1_048_576},
            "storage_stats": {"read_size_bytes": 1, "write_size_bytes": 2}});
        let usage = Usage::of(&sample).unwrap();
        assert_eq!((usage.cpu, usage.memory, usage.block), (Some(50.0), Some(1 << 20), Some((1, 2))));
    }
}
