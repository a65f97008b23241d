//! The registry in the name of an image or a plugin, as the engine finds it.

/// The registry of names without one.
pub(crate) const HUB: &str = "docker.io";

/// Another name of it in the names of images.
pub(crate) const HUB_ALIAS: &str = "index.docker.io";

/// The registry that the engine asks about a name: `ghcr.io` for `ghcr.io/acme/app`, `docker.io` for `nginx`. `None`
/// if that is not certain.
#[must_use]
pub fn registry_of(name: &str) -> Option<String> {
    registry_as_written(name).map(str::to_ascii_lowercase)
}

/// The registry of a name, in the letters of the name.
pub(crate) fn registry_as_written(name: &str) -> Option<&str> {
    let Some((first, _)) = name.split_once('/') else { return (!name.is_empty()).then_some(HUB) };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | ':' | '-' | '_' | '[' | ']');
    if first.is_empty() || !first.chars().all(is_plain) {
        return None;
    }
    let host = first.to_ascii_lowercase();
    match host.as_str() {
        _ if host.ends_with(':')
            || !host.starts_with(['[']) && !host.starts_with(|letter: char| letter.is_ascii_alphanumeric()) =>
        {
            None
        }
        // In capitals it is not Docker Hub, but a server of this name.
        HUB | HUB_ALIAS => (host == first).then_some(HUB),
        _ if host.contains(['.', ':']) => Some(first),
        // Engines do not agree on a name in capitals.
        _ if host != first => None,
        "localhost" => Some(first),
        _ => Some(HUB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_found_as_the_engine_finds_it() {
        for (name, registry) in [
            ("nginx", Some("docker.io")),
            ("nginx:1.27", Some("docker.io")),
            ("library/nginx:1.27", Some("docker.io")),
            ("docker.io/library/nginx", Some("docker.io")),
            ("index.docker.io/nginx", Some("docker.io")),
            ("registry-1.docker.io/nginx", Some("registry-1.docker.io")),
            ("GHCR.io/acme/app@sha256:00", Some("ghcr.io")),
            ("localhost/app", Some("localhost")),
            ("127.0.0.1:9/secret", Some("127.0.0.1:9")),
            ("[::1]:5000/app", Some("[::1]:5000")),
            ("FOO/app", None),
            ("LOCALHOST/app", None),
            ("Docker.io/nginx", None),
            ("INDEX.docker.io/nginx", None),
            ("/127.0.0.1:9/x", None),
            (" 127.0.0.1:9/x", None),
            ("http://127.0.0.1:9/x", None),
            ("a@b/x", None),
            ("", None),
        ] {
            assert_eq!(registry_of(name).as_deref(), registry, "{name}");
        }
    }
}
