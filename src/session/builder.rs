//! The builder of a build: by the headers of an engine's ping, and by the options that only the classic one heeds.

use http::HeaderMap;
use serde::Serialize;
use serde_json::{Value, json};

use crate::negotiation::newest_version;
use crate::version::Version;

/// The options of `POST /build` that BuildKit passes over in silence.
const CLASSIC_ONLY: [&str; 9] =
    ["memory", "memswap", "cpushares", "cpusetcpus", "cpusetmems", "cpuperiod", "cpuquota", "cgroupparent", "squash"];

/// The options of `POST /build` that BuildKit passes over in silence before 23.0.
const NEWER: [&str; 2] = ["ulimits", "shmsize"];

/// The API version of 23.0.
const NEWER_SINCE: Version = Version { major: 1, minor: 42 };

/// The option for the network of steps, and its values that BuildKit takes. It refuses others.
const NETWORK: &str = "networkmode";
const NETWORKS: [&str; 4] = ["", "default", "host", "none"];

/// Returns true if an engine has BuildKit, and was not told to prefer the classic builder, by the headers of its ping.
///
/// Docker says so since 23.0. Before, it has BuildKit, on Linux, and prefers neither; Podman has none.
#[must_use]
pub fn prefers_buildkit(headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match header("builder-version") {
        "2" => true,
        "" => header("server").starts_with("Docker/") && !header("ostype").eq_ignore_ascii_case("windows"),
        _ => false,
    }
}

/// The first option of `POST /build` that only the classic builder heeds: limits of memory and processors, their cgroup
/// and `squash`, which BuildKit passes over in silence, and a network by its name, which it refuses. `None` if there is
/// none.
#[must_use]
pub fn classic_only(options: &impl Serialize) -> Option<&'static str> {
    let options = serde_json::to_value(options).unwrap_or_default();
    let network = options.get(NETWORK).and_then(Value::as_str).unwrap_or_default();
    first(&CLASSIC_ONLY, &options).or_else(|| (!NETWORKS.contains(&network)).then_some(NETWORK))
}

/// The first option of `POST /build` that the BuildKit of an old engine passes over in silence, by the headers of its
/// answer to `GET /_ping`, and the API version of the first engines that heed it. `None` if there is none.
#[must_use]
pub fn newer_with_buildkit(options: &impl Serialize, ping: &HeaderMap) -> Option<(&'static str, Version)> {
    let options = serde_json::to_value(options).unwrap_or_default();
    let is_old = || newest_version(ping).is_some_and(|newest| newest < NEWER_SINCE);
    first(&NEWER, &options).filter(|_| is_old()).map(|option| (option, NEWER_SINCE))
}

/// The first of these options that is given and means something.
fn first(names: &[&'static str], options: &Value) -> Option<&'static str> {
    let means_nothing =
        |value: &Value| value.is_null() || [json!(0), json!(""), json!(false), json!([])].contains(value);
    names.iter().copied().find(|name| options.get(name).is_some_and(|value| !means_nothing(value)))
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    #[test]
    fn an_engine_has_buildkit_if_it_says_so_or_is_an_old_docker_of_linux() {
        for (headers, expected) in [
            (&[("builder-version", "2"), ("server", "Docker/28.5.2 (linux)")][..], true),
            (&[("builder-version", "1"), ("server", "Docker/28.5.2 (linux)")], false),
            (&[("server", "Docker/20.10.24 (linux)"), ("ostype", "linux")], true),
            (&[("builder-version", ""), ("server", "Docker/20.10.24 (linux)")], true),
            (&[("server", "Docker/20.10.24 (windows)"), ("ostype", "windows")], false),
            (&[("server", "Libpod/5.4.0 (linux)")], false),
            (&[], false),
        ] {
            let map = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(prefers_buildkit(&map), expected, "{headers:?}");
        }
    }

    #[test]
    fn some_options_are_heeded_by_newer_engines_only() {
        for (options, engine, expected) in [
            (json!({ "ulimits": [{ "Name": "nofile" }] }), "1.41", Some("ulimits")),
            (json!({ "shmsize": 1 << 20 }), "1.41", Some("shmsize")),
            (json!({ "shmsize": 1 << 20 }), "1.42", None),
            (json!({ "shmsize": 0, "ulimits": [], "memory": 1 }), "1.41", None),
        ] {
            let ping = [(HeaderName::from_static("api-version"), engine.parse().unwrap())].into_iter().collect();
            let option = newer_with_buildkit(&options, &ping).map(|(option, _)| option);
            assert_eq!(option, expected, "{options} {engine}");
        }
    }

    #[test]
    fn limits_and_networks_by_name_are_for_the_classic_builder_alone() {
        for (options, expected) in [
            (json!({ "memory": 1_000_000 }), Some("memory")),
            (json!({ "cpusetcpus": "0", "t": ["a"] }), Some("cpusetcpus")),
            (json!({ "squash": true }), Some("squash")),
            (json!({ "cgroupparent": "/builds" }), Some("cgroupparent")),
            (json!({ "memory": 0, "cpusetcpus": "", "squash": false, "cpuquota": null }), None),
            (json!({ "shmsize": 1, "networkmode": "none" }), None),
            (json!({ "networkmode": "bridge" }), Some("networkmode")),
        ] {
            assert_eq!(classic_only(&options), expected, "{options}");
        }
    }
}
