//! The builder that an engine has, by the headers of its ping.

use http::HeaderMap;

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

#[cfg(test)]
mod tests {
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
}
