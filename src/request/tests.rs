//! Requests byte for byte, from rows made by hand.

use http::Method;
use serde_json::json;

use super::*;
use crate::operation::{Annotations, Answer, Facets, Lifetime, RequestBody, Waits};

/// A row for tests to vary: `GET /things`, without arguments.
pub(crate) fn row() -> Operation {
    Operation {
        id: "ThingList",
        name: "thing_list",
        tag: "Thing",
        summary: "Lists things.",
        method: Method::GET,
        path: &[Segment::Literal("things")],
        parameters: &[],
        body: None,
        answer: Answer::Json,
        statuses: &[200],
        headers: &[],
        produces: &["application/json"],
        protocol: None,
        waits: Waits::Nothing,
        annotations: Annotations { read_only: true, destructive: false, idempotent: true, open_world: false },
        projection: &[],
        terminal: None,
        running: None,
        login: None,
        reads: None,
        list: None,
        resource: None,
        preview: None,
        loss: None,
        lifetime: Lifetime::ALWAYS,
        facets: Facets::NONE,
        versioned: &[],
    }
}

pub(crate) const fn parameter(name: &'static str, place: Place, encoding: Encoding, kind: Kind) -> Parameter {
    Parameter { name, place, encoding, kind, unit: None, members: &[], default: None, absent: None, required: false }
}

pub(crate) const JSON: Option<RequestBody> =
    Some(RequestBody { name: "thing", media_type: "application/json", json: true, required: true });

/// `POST /things/{id}/json`, with every encoding of an argument.
fn everything() -> Operation {
    use Encoding::*;
    use Kind::*;
    const PARAMETERS: &[Parameter] = &[
        parameter("id", Place::Path, Plain, String),
        parameter("text", Place::Query, Plain, String),
        parameter("count", Place::Query, Plain, Integer),
        parameter("all", Place::Query, Plain, Boolean),
        parameter("tags", Place::Query, Repeated, Array),
        parameter("fields", Place::Query, Commas, Array),
        parameter("filters", Place::Query, Json, Object),
        parameter("X-Plain", Place::Header, Plain, String),
        parameter("X-Auth", Place::Header, Base64Json, Object),
    ];
    const PATH: &[Segment] = &[Segment::Literal("things"), Segment::Argument("id"), Segment::Literal("json")];
    Operation { name: "thing_do", method: Method::POST, path: PATH, parameters: PARAMETERS, ..row() }
}

/// `GET /things/{id}/json` whose identifier may hold slashes.
fn with_slashes() -> Operation {
    const PARAMETERS: &[Parameter] = &[parameter("id", Place::Path, Encoding::Slashes, Kind::String)];
    Operation { parameters: PARAMETERS, ..everything() }
}

fn send(operation: &Operation, arguments: Value) -> Result<http::Request<crate::body::Body>> {
    request(operation, arguments.as_object().unwrap(), None)
}

fn uri(operation: &Operation, arguments: Value) -> String {
    send(operation, arguments).unwrap().uri().to_string()
}

fn refusal(operation: &Operation, arguments: Value) -> String {
    let error = send(operation, arguments).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }));
    error.to_string()
}

#[test]
fn writes_every_kind_of_argument_byte_for_byte() {
    for (arguments, query) in [
        (json!({}), ""),
        (json!({"text": null, "tags": [], "fields": []}), ""),
        (json!({"text": "a b+c&d=e/ü%\n"}), "?text=a%20b%2Bc%26d%3De%2F%C3%BC%25%0A"),
        (json!({"text": ""}), "?text="),
        (json!({"count": -1, "all": false}), "?count=-1&all=false"),
        (json!({"count": u64::MAX}), "?count=18446744073709551615"),
        (json!({"tags": ["a:1", 2, {"os": "linux"}]}), "?tags=a%3A1&tags=2&tags=%7B%22os%22%3A%22linux%22%7D"),
        (json!({"fields": ["pid", "comm"]}), "?fields=pid%2Ccomm"),
        (json!({"filters": {"label": ["a=b"]}}), "?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D"),
    ] {
        let mut arguments = arguments;
        arguments["id"] = "web".into();
        assert_eq!(uri(&everything(), arguments), format!("/things/web/json{query}"));
    }
}

#[test]
fn the_query_stands_in_the_order_of_the_description() {
    let query = uri(&everything(), json!({"id": "a", "all": true, "text": "x", "count": 1}));
    assert_eq!(query, "/things/a/json?text=x&count=1&all=true");
}

#[test]
fn a_path_argument_stays_one_segment_that_decodes_to_itself() {
    for (id, segment) in [
        ("web", "web"),
        ("sha256:0a", "sha256:0a"),
        ("a@b!$&'()*+,;=-._~", "a@b!$&'()*+,;=-._~"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c d\"<>", "a%3Fb%23c%20d%22%3C%3E"),
        ("größe", "gr%C3%B6%C3%9Fe"),
        ("...", "..."),
        ("a\\b", "a%5Cb"),
        // As in lists of containers.
        ("/web", "web"),
    ] {
        assert_eq!(uri(&everything(), json!({"id": id})), format!("/things/{segment}/json"));
    }
}

#[test]
fn slashes_of_a_name_stay_slashes() {
    let name = "registry:5000/team/app@sha256:0a";
    assert_eq!(uri(&with_slashes(), json!({"id": name})), format!("/things/{name}/json"));
}

#[test]
fn refuses_a_path_argument_that_would_name_something_else() {
    for (id, expected) in [
        ("", "text that is not empty"),
        (".", "neither `.` nor `..`"),
        ("..", "neither `.` nor `..`"),
        ("//web", "no leading slash"),
        ("a\0b", "no control characters"),
        ("a\r\nb", "no control characters"),
    ] {
        for operation in [everything(), with_slashes()] {
            let refusal = refusal(&operation, json!({ "id": id }));
            assert!(refusal.starts_with(&format!("thing_do: argument `id`: expected {expected}")), "{refusal}");
        }
    }
    assert!(refusal(&everything(), json!({ "id": "/" })).contains("expected text that is not empty"));
    assert!(refusal(&with_slashes(), json!({ "id": "/web" })).contains("expected no leading slash"));
    for id in ["a/b", "web/", "../etc", "/a/b"] {
        assert!(refusal(&everything(), json!({ "id": id })).contains("expected no slash, got"));
    }
    for id in ["a//b", "a/"] {
        assert!(refusal(&with_slashes(), json!({ "id": id })).contains("no trailing or doubled slash"));
    }
    for id in ["../a", "a/../b", "a/.", "a/./b"] {
        assert!(refusal(&with_slashes(), json!({ "id": id })).contains("neither `.` nor `..`"));
    }
}

#[test]
fn refuses_arguments_that_are_missing_unknown_or_of_another_kind() {
    for (arguments, message) in [
        (json!({}), "argument `id`: expected a string, got nothing"),
        (json!({"id": null}), "argument `id`: expected a string, got nothing"),
        (json!({"id": 5}), "argument `id`: expected a string, got 5"),
        (json!({"id": "a", "ID": "b"}), "argument `ID`: expected one of id, text, count, all"),
        (json!({"id": "a", "text": ["b"]}), "argument `text`: expected a string, got [\"b\"]"),
        (json!({"id": "a", "count": "3"}), "argument `count`: expected an integer, got \"3\""),
        (json!({"id": "a", "count": 1.5}), "argument `count`: expected an integer, got 1.5"),
        (json!({"id": "a", "all": 1}), "argument `all`: expected true or false, got 1"),
        (json!({"id": "a", "tags": "b"}), "argument `tags`: expected an array, got \"b\""),
        (json!({"id": "a", "tags": [["b"]]}), "argument `tags`: expected text, a number, true or false, each"),
        (json!({"id": "a", "tags": [null]}), "argument `tags`: expected text, a number, true or false, each"),
        (json!({"id": "a", "fields": ["b,c"]}), "argument `fields`: expected items without a comma"),
        (json!({"id": "a", "fields": [{}]}), "argument `fields`: expected text, a number, true or false, each"),
        (json!({"id": "a", "filters": "{}"}), "argument `filters`: expected an object, got \"{}\""),
    ] {
        let refusal = refusal(&everything(), arguments);
        assert!(refusal.starts_with(&format!("thing_do: {message}")), "{refusal}");
    }
    assert!(refusal(&row(), json!({"a": 1})).contains("expected no arguments"));
}

#[test]
fn a_required_list_is_not_satisfied_by_an_empty_one() {
    let names = Parameter { required: true, ..parameter("n", Place::Query, Encoding::Repeated, Kind::Array) };
    let operation = Operation { parameters: Box::leak(Box::new([names])), ..row() };
    assert!(refusal(&operation, json!({"n": []})).contains("argument `n`: expected an array"));
    assert_eq!(uri(&operation, json!({"n": [""]})), "/things?n=");
}

#[test]
fn a_header_is_repeated_for_each_item_and_replaces_what_is_always_sent() {
    let names = parameter("X-Name", Place::Header, Encoding::Repeated, Kind::Array);
    let upgrade =
        Parameter { absent: Some("\"h2c\""), ..parameter("Upgrade", Place::Header, Encoding::Plain, Kind::String) };
    let operation = Operation { parameters: Box::leak(Box::new([names, upgrade])), protocol: Some("tcp"), ..row() };
    let request = send(&operation, json!({"X-Name": ["a", "b,c"]})).unwrap();
    assert_eq!(request.headers().get_all("x-name").iter().collect::<Vec<_>>(), ["a", "b,c"]);
    assert_eq!(request.headers().get_all("upgrade").iter().collect::<Vec<_>>(), ["h2c"]);
}

#[test]
fn headers_are_checked_and_credentials_encoded() {
    let arguments = json!({"id": "a", "X-Plain": "application/x-tar", "X-Auth": {"password": "ü?>~"}});
    let request = send(&everything(), arguments).unwrap();
    assert_eq!(request.headers()["x-plain"], "application/x-tar");
    // Standard base64 would have a `/` here.
    assert_eq!(request.headers()["x-auth"], "eyJwYXNzd29yZCI6IsO8Pz5-In0=");
    assert!(!format!("{request:?}").contains("eyJ"));
    let refusal = refusal(&everything(), json!({"id": "a", "X-Plain": "a\r\nHost: b"}));
    assert!(refusal.ends_with("got a value that is not shown"), "{refusal}");
}

#[test]
fn an_argument_that_is_not_given_is_sent_all_the_same_where_an_engine_wants_it() {
    let auth =
        Parameter { absent: Some("{}"), ..parameter("X-Auth", Place::Header, Encoding::Base64Json, Kind::Object) };
    let tags = Parameter { absent: Some("[1]"), ..parameter("tags", Place::Query, Encoding::Repeated, Kind::Array) };
    let operation = Operation { parameters: Box::leak(Box::new([auth, tags])), ..row() };
    let sent = |arguments| {
        let request = send(&operation, arguments).unwrap();
        (request.headers()["x-auth"].to_str().unwrap().to_owned(), request.uri().to_string())
    };
    let anyway = ("e30=".to_owned(), "/things?tags=1".to_owned());
    assert_eq!(sent(json!({})), anyway);
    assert_eq!(sent(json!({"X-Auth": null, "tags": []})), anyway);
    let given = ("eyJhIjoxfQ==".to_owned(), "/things?tags=2".to_owned());
    assert_eq!(sent(json!({"X-Auth": {"a": 1}, "tags": [2]})), given);
}

#[test]
fn a_body_has_the_media_type_of_the_row_unless_an_argument_says_otherwise() {
    const TYPE: &[Parameter] = &[parameter("Content-type", Place::Header, Encoding::Plain, Kind::String)];
    let operation = Operation { body: JSON, parameters: TYPE, ..row() };
    let body = || Some(crate::body::Body::from(r#"{"a":1}"#));
    let sent = request(&operation, &Map::new(), body()).unwrap();
    assert_eq!(sent.headers()["content-type"], "application/json");
    assert_eq!(sent.body().as_bytes().unwrap(), br#"{"a":1}"#.as_slice());
    let arguments = json!({"Content-type": "application/x-tar"});
    let sent = request(&operation, arguments.as_object().unwrap(), body()).unwrap();
    assert_eq!(sent.headers()["content-type"], "application/x-tar");
}

#[test]
fn a_body_is_neither_invented_nor_dropped() {
    let error = |operation: &Operation, body| request(operation, &Map::new(), body).unwrap_err().to_string();
    let needing = Operation { body: JSON, ..row() };
    assert_eq!(error(&needing, None), "thing_list: argument `body`: expected a body, got nothing");
    assert_eq!(
        error(&row(), Some(crate::body::Body::default())),
        "thing_list: argument `body`: expected no body, got one"
    );
    let optional = Operation { body: JSON.map(|body| RequestBody { required: false, ..body }), ..row() };
    assert!(request(&optional, &Map::new(), None).unwrap().headers().is_empty());
}

#[test]
fn an_argument_too_long_for_a_request_is_refused() {
    assert!(refusal(&everything(), json!({"id": "a", "text": "x".repeat(70_000)})).contains("bytes at most"));
}
