//! The headers that an operation declares, as a JSON object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::operation::{Header, Kind};

/// The declared headers that were received, by the names of the description. A header whose value is not of its
/// declared type counts as absent: one odd header must not spoil the answer.
pub(super) fn declared_headers(declared: &[Header], headers: &HeaderMap) -> Map<String, Value> {
    let value = |header: &Header| {
        let text = String::from_utf8_lossy(headers.get(header.name)?.as_bytes()).into_owned();
        match header.kind {
            Kind::Boolean => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
            Kind::Integer | Kind::Number => text.parse().ok().map(Value::Number),
            Kind::Object => serde_json::from_slice(&STANDARD.decode(text).ok()?).ok().filter(Value::is_object),
            Kind::String | Kind::Array => Some(Value::String(text)),
        }
    };
    declared.iter().filter_map(|header| Some((header.name.to_owned(), value(header)?))).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_have_the_names_of_the_description_and_the_types_of_the_row() {
        const DECLARED: &[Header] = &[
            Header { name: "Docker-Experimental", kind: Kind::Boolean },
            Header { name: "X-Total", kind: Kind::Integer },
            Header { name: "API-Version", kind: Kind::String },
            Header { name: "Swarm", kind: Kind::String },
            Header { name: "X-Stat", kind: Kind::Object },
            Header { name: "X-Odd", kind: Kind::Object },
            Header { name: "X-List", kind: Kind::Object },
        ];
        let mut received = HeaderMap::new();
        received.insert("docker-experimental", HeaderValue::from_static("False"));
        received.insert("x-total", HeaderValue::from_static("many"));
        received.insert("api-version", HeaderValue::from_static("1.51"));
        received.insert("unknown", HeaderValue::from_static("x"));
        received.insert("x-stat", HeaderValue::from_static("eyJuYW1lIjoiw7w/Pn4ifQ=="));
        received.insert("x-odd", HeaderValue::from_static("{}"));
        received.insert("x-list", HeaderValue::from_static("W10="));
        let expected =
            serde_json::json!({ "Docker-Experimental": false, "API-Version": "1.51", "X-Stat": { "name": "ü?>~" } });
        assert_eq!(Value::Object(declared_headers(DECLARED, &received)), expected);
    }
}
