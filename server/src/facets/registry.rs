//! The registry in the name of an image or a plugin, as the engine finds it.

/// The registry of names without one.
const DEFAULT: &str = "docker.io";

/// The registry that the engine asks about a name: `ghcr.io` for `ghcr.io/acme/app`, `docker.io` for `nginx`. `None`
/// if that is not certain.
#[must_use]
pub fn registry_of(name: &str) -> Option<String> {
    let Some((first, _)) = name.split_once('/') else { return (!name.is_empty()).then(|| DEFAULT.to_owned()) };
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
        "docker.io" | "index.docker.io" => Some(DEFAULT.to_owned()),
        "localhost" => Some(host),
        _ if host.contains(['.', ':']) => Some(host),
        // Engines do not agree on a name in capitals.
        _ => (host == first).then(|| DEFAULT.to_owned()),
    }
}
