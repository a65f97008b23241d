//! Headers of every request: those of the caller and of the docker CLI's configuration.

use std::sync::Arc;

use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
    USER_AGENT,
};

use super::Engine;

/// The headers that frame requests.
const FRAMING: [HeaderName; 7] = [CONNECTION, CONTENT_LENGTH, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Headers of every request.
impl Engine {
    /// Sends a header with every request, for proxies and plugins that want one. Connections stay shared with the other
    /// clones, so it may also be for one typed call: `engine.clone().with_header(…).container_list(…)`.
    ///
    /// Headers that a call sets itself take precedence. Headers that frame requests (`Host`, `Content-Length`,
    /// `Connection` and their like) are not taken. `User-Agent` is `dockwright/` and the version of this crate by
    /// default. Debug output and the log never show values.
    ///
    /// ```
    /// use dockwright::Engine;
    /// use dockwright::http::{HeaderName, HeaderValue};
    ///
    /// # fn main() -> dockwright::Result<()> {
    /// let token = HeaderName::from_static("x-proxy-token");
    /// let engine = Engine::at("tcp://127.0.0.1:2375")?.with_header(token, HeaderValue::from_static("abc"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.with_headers(&HeaderMap::from_iter([(name, value)]))
    }

    /// Sends these headers with every request, except for those that frame it.
    pub(super) fn with_headers(self, headers: &HeaderMap) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        for (name, value) in headers.iter().filter(|(name, _)| !FRAMING.contains(name)) {
            let mut value = value.clone();
            value.set_sensitive(true);
            inner.headers.get_or_insert_default().insert(name, value);
        }
        Engine::new(inner)
    }

    /// Adds the headers of every request to those of one, which take precedence.
    pub(super) fn add_headers(&self, request: &mut HeaderMap) {
        for (name, value) in self.inner.headers.iter().flat_map(|headers| headers.iter()) {
            if !request.contains_key(name) {
                request.insert(name, value.clone());
            }
        }
        let agent = HeaderValue::from_static(concat!("dockwright/", env!("CARGO_PKG_VERSION")));
        request.entry(USER_AGENT).or_insert(agent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_added_unless_a_call_has_its_own_and_never_shown() {
        let name = HeaderName::from_static;
        let value = HeaderValue::from_static;
        let engine = Engine::at("tcp://a").unwrap();
        let engine = engine.with_header(name("x-a"), value("secret")).with_header(name("x-b"), value("2"));
        let engine = engine.with_header(HOST, value("elsewhere")).with_header(CONTENT_LENGTH, value("5"));
        let mut request = HeaderMap::from_iter([(name("x-b"), value("own"))]);
        engine.add_headers(&mut request);
        assert_eq!((request.len(), &request["x-a"], &request["x-b"]), (3, &value("secret"), &value("own")));
        assert!(request["user-agent"].to_str().unwrap().starts_with("dockwright/"));
        assert!(!format!("{engine:?} {request:?}").contains("secret"));
    }
}
