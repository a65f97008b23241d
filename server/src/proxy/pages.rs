//! Pages of the web in a browser, which may send requests to any address that the browser reaches: all are refused.

use http::StatusCode;
use http::request::Parts;

use super::failure::Failure;
use crate::http::Hosts;

/// Headers that browsers add and no page can leave out: `Origin` to requests that could change something and to
/// websockets, the other to all.
const OF_BROWSERS: [&str; 2] = ["origin", "sec-fetch-site"];

/// Refuses a request that a browser sent, or one for a host that is not the proxy's.
pub(super) fn check(hosts: Option<&Hosts>, parts: &Parts) -> Result<(), Failure> {
    if OF_BROWSERS.iter().any(|name| parts.headers.contains_key(*name)) {
        return Err(Failure::Page(StatusCode::FORBIDDEN, "denied by pages: requests of web pages do not pass"));
    }
    let Some(hosts) = hosts else { return Ok(()) };
    hosts.check(parts).map_err(|(status, words)| Failure::Page(status, words))
}
