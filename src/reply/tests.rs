//! Answers in every shape that engines and others were seen to send.

use super::*;
use http::HeaderValue;

#[test]
fn null_is_an_empty_list_where_a_list_is_expected() {
    assert_eq!(decode::<Vec<String>>("container_changes", b"null\n").unwrap(), [] as [String; 0]);
    assert_eq!(decode::<Value>("container_changes", b"null\n").unwrap(), Value::Null);
    assert!(decode::<String>("container_changes", b"null\n").is_err());
    assert!(decode::<Vec<String>>("container_changes", b"nul").is_err());
}

#[test]
fn a_decode_error_shows_the_place_and_only_that() {
    let text = format!("[\n{}{{\"Id\": 7}}, {}]", "\"ä\", ".repeat(500), "\"ö\", ".repeat(500));
    let error = decode::<Vec<String>>("container_list", text.as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("container_list: unexpected answer: invalid type: map, expected a string at line 2"));
    assert!(error.contains("{\"Id\": 7}") && error.len() < 500, "{error}");
    assert!(!error.contains('\u{FFFD}') && !error.contains('\n'), "{error}");
}

#[test]
fn excerpts_are_cut_between_characters_wherever_the_error_is() {
    for padding in 0..8 {
        let text = format!("\"{}{}", "x".repeat(padding), "🦀".repeat(200));
        let error = serde_json::from_slice::<String>(text.as_bytes()).unwrap_err();
        assert!(!excerpt(text.as_bytes(), &error).contains('\u{FFFD}'));
    }
    let error = serde_json::from_slice::<Value>(b"\n\n").unwrap_err();
    assert_eq!(excerpt(b"\n\n", &error), "");
}

#[test]
fn an_empty_answer_is_said_to_be_empty() {
    let error = decode::<Value>("info", b"").unwrap_err();
    assert_eq!(error.to_string(), "info: unexpected answer: it is empty, JSON was expected");
}

#[test]
fn a_refusal_is_read_in_every_shape() {
    for (body, expected) in [
        (r#"{"message":"No such container: web\n"}"#, "No such container: web"),
        ("400 Bad Request: not websocket protocol\r\n", "400 Bad Request: not websocket protocol"),
        ("<html>\n <b>\u{1b}[31mno</b>\n</html>", "<html> <b> [31mno</b> </html>"),
        (r#"{"message":5}"#, r#"{"message":5}"#),
        (r#"{"message":""}"#, "Not Found"),
        ("", "Not Found"),
    ] {
        assert_eq!(message(StatusCode::NOT_FOUND, body.as_bytes()), expected);
    }
}

#[test]
fn a_long_message_is_cut_between_characters() {
    let cut = message(StatusCode::BAD_REQUEST, "ä".repeat(5000).as_bytes());
    assert!(cut.len() <= MESSAGE_BYTES && cut.ends_with("ä…"), "{}", cut.len());
    let cut = message(StatusCode::BAD_REQUEST, "a b\n".repeat(5000).as_bytes());
    assert!(cut.len() <= MESSAGE_BYTES && cut.ends_with('…'));
}

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
    assert_eq!(Value::Object(headers(DECLARED, &received)), expected);
}

#[test]
fn only_declared_statuses_beside_2xx_are_a_success() {
    let asked =
        |statuses| Asked::Operation(Box::leak(Box::new(Operation { statuses, ..crate::request::tests::row() })));
    assert!(asked(&[200]).accepts(StatusCode::NO_CONTENT));
    assert!(asked(&[204, 304]).accepts(StatusCode::NOT_MODIFIED));
    assert!(!asked(&[204]).accepts(StatusCode::NOT_MODIFIED));
    assert!(!asked(&[200]).accepts(StatusCode::MOVED_PERMANENTLY));
}
