//! The headers of an answer that are passed on.

use dockwright::operation::Operation;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, PRAGMA, SERVER};

use super::versions;

const NEWEST_VERSION: HeaderName = HeaderName::from_static("api-version");

/// Headers by which clients learn about the engine and the answer.
const PASSED_ON: [HeaderName; 8] = [
    CONTENT_TYPE,
    CACHE_CONTROL,
    PRAGMA,
    SERVER,
    HeaderName::from_static("ostype"),
    HeaderName::from_static("docker-experimental"),
    BUILDER,
    HeaderName::from_static("swarm"),
];

/// The builder that clients choose: `2` needs connections on which anything passes, `1` sends plain requests.
const BUILDER: HeaderName = HeaderName::from_static("builder-version");
const PLAIN_BUILDER: HeaderValue = HeaderValue::from_static("1");

/// The headers for the client: those that are known, those that the row declares, and the newest API version that both
/// the engine and this build speak, so that clients negotiate one that is understood. The builder is one that works:
/// only a policy that `grants_opaque` connections lets the other pass.
pub(super) fn passed_on(operation: &Operation, headers: &HeaderMap, grants_opaque: bool) -> HeaderMap {
    let declared = operation.headers.iter().filter_map(|header| HeaderName::from_bytes(header.name.as_bytes()).ok());
    let mut passed = HeaderMap::new();
    for name in PASSED_ON.into_iter().chain(declared) {
        if let Some(value) = headers.get(&name) {
            passed.insert(name, value.clone());
        }
    }
    if !grants_opaque && let Some(builder) = passed.get_mut(&BUILDER) {
        *builder = PLAIN_BUILDER;
    }
    passed.remove(&NEWEST_VERSION);
    if let Some(version) = newest_version(headers) {
        passed.insert(NEWEST_VERSION, version);
    }
    passed
}

fn newest_version(headers: &HeaderMap) -> Option<HeaderValue> {
    HeaderValue::from_str(&versions::newest(headers.get(NEWEST_VERSION)?.to_str().ok()?)?).ok()
}

#[cfg(test)]
mod tests {
    use dockwright::API_VERSION;

    use super::*;

    #[test]
    fn headers_of_the_connection_stay_behind_and_the_version_is_one_that_is_understood() {
        let row = dockwright::operations::ALL.iter().find(|row| !row.headers.is_empty()).unwrap();
        let headers = [
            ("api-version", "9.99"),
            ("ostype", "linux"),
            ("builder-version", "2"),
            ("content-type", "text/plain"),
            ("connection", "close"),
            ("transfer-encoding", "chunked"),
            ("set-cookie", "a=b"),
            ("location", "http://elsewhere"),
        ];
        let headers = headers.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.into_iter().collect();
        let passed = passed_on(row, &headers, false);
        let mut names: Vec<_> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["api-version", "builder-version", "content-type", "ostype"]);
        assert_eq!(passed["api-version"], API_VERSION);
        let older = HeaderMap::from_iter([(NEWEST_VERSION, HeaderValue::from_static("1.41"))]);
        assert_eq!(passed_on(row, &older, false)["api-version"], "1.41");
        assert_eq!((&passed[BUILDER], &passed_on(row, &headers, true)[BUILDER]), (&PLAIN_BUILDER, &headers[BUILDER]));
    }
}
