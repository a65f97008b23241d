//! Requests in every spelling that an engine takes.

use super::*;

const JSON: Header<'static> = ("Content-Type", b"application/json");

fn read(method: &str, target: &str, headers: &[Header<'_>]) -> Result<Head, Refusal> {
    Head::read(method, target, headers, dockwright::API_VERSION.parse().unwrap())
}

fn name(method: &str, target: &str) -> Option<&'static str> {
    read(method, target, &[]).ok().map(|head| head.operation.name)
}

fn body(target: &str, body: &str) -> Result<Call, Refusal> {
    read("POST", target, &[JSON])?.with_body(body.as_bytes())
}

#[test]
fn a_path_is_decoded_once_and_found_in_the_table() {
    for (method, target, expected) in [
        ("GET", "/v1.51/containers/json", "container_list"),
        ("GET", "/containers/json", "container_list"),
        ("GET", "/v1.41/containers/%6Ason", "container_list"),
        ("GET", "/v1.51/containers%2Fjson", "container_list"),
        ("GET", "/v1.51/containers/a%2Fb/json", "container_inspect"),
        ("GET", "/containers/json/json", "container_inspect"),
        ("GET", "/images/json", "image_list"),
        ("GET", "/images/ghcr.io/acme/app:1/json", "image_inspect"),
        ("GET", "/images/get/json", "image_inspect"),
        ("GET", "/images/a/history", "image_history"),
        ("HEAD", "/_ping", "system_ping_head"),
        ("GET", "/version", "system_version"),
        ("DELETE", "/volumes/a", "volume_delete"),
        ("POST", "/containers/create", "container_create"),
        ("POST", "/containers/a/attach", "container_attach"),
        ("GET", "/containers/a/attach/ws", "container_attach_websocket"),
        ("POST", "/exec/a/start", "exec_start"),
    ] {
        assert_eq!(name(method, target), Some(expected), "{method} {target}");
    }
}

#[test]
fn what_an_engine_could_take_in_another_meaning_is_refused() {
    for (method, target) in [
        ("GET", "//v1.51/containers/json"),
        ("GET", "/v1.51//containers/json"),
        ("GET", "/v1.51/./containers/json"),
        ("GET", "/v1.51/x/../containers/json"),
        ("GET", "/v1.51/x/%2e%2e/containers/json"),
        ("GET", "/v1.51/containers/json/"),
        ("GET", "/v01.51/containers/json"),
        ("GET", "/v1.51.0/containers/json"),
        ("GET", "/v1.051/containers/json"),
        ("GET", "/v1.24/containers/json"),
        ("GET", "/v1.99/containers/json"),
        ("GET", "/v2.0/containers/json"),
        ("GET", "/v1/containers/json"),
        ("GET", "/V1.51/containers/json"),
        ("GET", "http://evil/v1.51/containers/json"),
        ("GET", "*"),
        ("GET", ""),
        ("GET", "/v1.51/containers/json#x"),
        ("GET", "/v1.51/containers/ json"),
        ("GET", "/v1.51/containers/%/json"),
        ("GET", "/v1.51/containers/%zz/json"),
        ("GET", "/v1.51/containers/%00/json"),
        ("GET", "/v1.51/containers/%0a/json"),
        ("GET", "/v1.51/containers/%ff/json"),
        ("GET", "/v1.51/containers/a%5Cb/json"),
        ("GET", "/v1.51/Containers/json"),
        ("get", "/v1.51/containers/json"),
        ("OPTIONS", "/v1.51/containers/json"),
        ("HEAD", "/v1.51/containers/json"),
        ("PUT", "/v1.51/containers/create"),
        ("GET", "/debug/pprof/"),
        ("POST", "/grpc"),
        ("POST", "/v1.51/containers/a/teleport"),
        ("GET", "/v1.51/containers/json?All=1"),
        ("GET", "/v1.51/containers/json?all=1&all=0"),
        ("GET", "/v1.51/containers/json?all=maybe"),
        ("GET", "/v1.51/containers/json?limit=x"),
        ("GET", "/v1.51/containers/json?limit=1;all=1"),
        ("GET", "/v1.51/containers/json?madness=1"),
        ("GET", "/v1.51/containers/json?filters=%7B"),
        ("GET", "/v1.51/containers/a/archive"),
    ] {
        assert_eq!(name(method, target), None, "{method} {target}");
    }
}

#[test]
fn parameters_become_values_of_their_types() {
    let head = read(
        "GET",
        "/containers/json?all=True&limit=3&size=0&madness=&filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D",
        &[],
    );
    let call = head.unwrap().with_body(b"").unwrap();
    assert_eq!(
        Value::Object(call.arguments),
        serde_json::json!({
            "all": true, "limit": 3, "size": false, "filters": { "label": ["a=b"] },
        })
    );
    let call = read("POST", "/build?t=a&t=b&buildargs=%7B%22A%22:%22b%22%7D", &[]).unwrap().with_body(b"").unwrap();
    assert_eq!(Value::Object(call.arguments), serde_json::json!({"t": ["a", "b"], "buildargs": {"A": "b"}}));
}

#[test]
fn bodies_are_json_of_which_every_key_is_known() {
    for text in [
        r#"{"Image":"a","hostconfig":{}}"#,
        r#"{"Image":"a","HostConfig":{"privileged":false}}"#,
        r#"{"Image":"a","Ho\u017ftConfig":{}}"#,
        r#"{"Image":"a","Madness":1}"#,
        r#"{"Image":"a","HostConfig":{"Madness":[1]}}"#,
        r#"{"Image":"a","HostConfig":{"Mounts":"x"}}"#,
        r#"{"Image":"a","HostConfig":{"Memory":1.5}}"#,
        r#"{"Image":"a","HostConfig":{"Memory":"1"}}"#,
        r#"{"Image":"a","HostConfig":{"Privileged":"true"}}"#,
        r#"{"Image":"a","HostConfig":{"Privileged":1}}"#,
        r#"{"Image":"a","HostConfig":{},"HostConfig":{}}"#,
        r#"{"Image":"a"}{}"#,
        r#"[]"#,
        r#""a""#,
        "",
        "x",
    ] {
        assert!(body("/v1.51/containers/create", text).is_err(), "{text}");
    }
    let escaped =
        body("/containers/create", r#"{"\u0049mage":"a","Labels":{"A":"1","a":"2"},"Madness":false,"Tty":null}"#);
    let expected = serde_json::json!({"Image": "a", "Labels": {"A": "1", "a": "2"}, "Tty": null});
    assert_eq!(escaped.unwrap().body, Some(expected), "unknown members that mean nothing are left out");
    assert!(body("/containers/a/start", "{}").is_ok() && body("/containers/a/start", r#"{"Binds":["/:/h"]}"#).is_err());
    assert!(body("/containers/create", &format!("\"{}\"", "a".repeat(MOST_BODY_BYTES))).is_err());
}

#[test]
fn a_version_knows_what_it_is_sent() {
    let annotated = r#"{"Image":"a","HostConfig":{"Annotations":{"a":"b"}}}"#;
    assert!(body("/v1.43/containers/create", annotated).is_ok());
    let refusal = body("/v1.42/containers/create", annotated).unwrap_err();
    assert!(refusal.to_string().contains("needs API 1.43"), "{refusal}");
    assert!(body("/v1.42/containers/create", r#"{"Image":"a","HostConfig":{"Annotations":null}}"#).is_ok());
    // The docker CLI of that time tells the size of its terminal, which its engine does not read.
    let sized = r#"{"Image":"a","HostConfig":{"ConsoleSize":[40,120]}}"#;
    for (version, size) in [("1.41", None), ("1.42", Some(serde_json::json!([40, 120])))] {
        let call = body(&format!("/v{version}/containers/create"), sized).unwrap();
        assert_eq!(call.body.unwrap()["HostConfig"].get("ConsoleSize"), size.as_ref(), "{version}");
    }
}

#[test]
fn the_length_and_the_type_of_a_body_are_clear() {
    let create = |headers: &[Header<'_>]| read("POST", "/containers/create", headers).is_ok();
    assert!(create(&[JSON, ("Content-Length", b"2")]) && create(&[JSON, ("Transfer-Encoding", b"Chunked")]));
    assert!(create(&[("content-type", b"application/json; charset=utf-8"), ("content-length", b"2")]));
    for headers in [
        [JSON, ("Content-Length", b"2".as_slice()), ("Content-Length", b"2")].as_slice(),
        &[JSON, ("Content-Length", b"0"), ("Transfer-Encoding", b"chunked")],
        &[JSON, ("Transfer-Encoding", b"gzip, chunked")],
        &[JSON, ("Transfer-Encoding", b"identity")],
        &[JSON, ("Content-Length", b"+2")],
        &[JSON, ("Content-Length", b"2, 2")],
        &[JSON, ("Content-Length", b"")],
        &[JSON, ("Content-Encoding", b"gzip")],
        &[("Content-Length", b"2")],
        &[("Content-Type", b"text/plain"), ("Content-Length", b"2")],
        &[("Content-Type", b"application/json-patch"), ("Content-Length", b"2")],
        &[JSON, JSON, ("Content-Length", b"2")],
    ] {
        assert!(!create(headers), "{headers:?}");
    }
    let pull = |length| {
        let headers = [("Content-Type", b"text/plain".as_slice()), ("Content-Length", length)];
        read("POST", "/images/create?fromImage=a", &headers).is_ok()
    };
    assert!(pull(b"0") && !pull(b"1"));
    let build = |kind: &'static [u8]| read("POST", "/build", &[("Content-Type", kind)]).is_ok();
    assert!(build(b"application/x-tar") && build(b"application/tar"));
    assert!(!build(b"application/x-www-form-urlencoded") && !build(b"multipart/form-data; boundary=a"));
    assert!(
        read("POST", "/images/create?fromImage=a", &[("X-Registry-Auth", b"e30="), ("x-registry-auth", b"e30=")])
            .is_err()
    );
    assert!(read("POST", "/images/create?fromImage=a", &[("X-Registry-Auth", b"e30")]).is_ok());
}
