//! Reads `HOST` and `HOST:PORT`.

use http::uri::Authority;

/// The host in lower case and without brackets, and the port if there is one. A user's name or a port that is no
/// number makes it none.
pub(super) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let authority = Authority::try_from(text).ok()?;
    let host = authority.host();
    let port = match text.strip_prefix(host)? {
        "" => None,
        rest => Some(rest.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?),
    };
    let port = port.map(str::parse).transpose().ok()?;
    let name = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    (!name.is_empty()).then_some((name, port))
}
