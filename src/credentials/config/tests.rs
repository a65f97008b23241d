use serde_json::{Value, json};

use super::*;

fn config(value: &Value) -> Config {
    Config::parse(value.to_string().as_bytes()).unwrap()
}

/// The login that is sent for `127.0.0.1:15001`, or for Docker Hub, if it is stored under this key.
fn sent(registry: &str, key: &str) -> Option<String> {
    let config = config(&json!({"auths": {key: {"auth": "YWxpY2U6d29uZGVy"}}}));
    let (stored, login) = config.login(registry)?;
    assert_eq!(login.clone().unwrap(), Login::password("alice", "wonder"));
    Some(stored.to_owned())
}

#[test]
fn a_key_is_a_host_with_its_port_or_an_address_of_it() {
    const HOST: &str = "127.0.0.1:15001";
    for key in [
        HOST,
        "http://127.0.0.1:15001",
        "https://127.0.0.1:15001",
        "https://127.0.0.1:15001/",
        "https://127.0.0.1:15001/v1/",
        "https://127.0.0.1:15001/v2/",
        "127.0.0.1:15001/p",
    ] {
        assert_eq!(sent(HOST, key).as_deref(), Some(key));
    }
    for key in ["127.0.0.1", "127.0.0.1:1500", "127.0.0.1:150011", "ftp://127.0.0.1:15001", "x127.0.0.1:15001", ""] {
        assert_eq!(sent(HOST, key), None, "{key}");
    }
}

#[test]
fn docker_hub_has_one_key_exactly() {
    const HUB: &str = "https://index.docker.io/v1/";
    assert_eq!(sent(HUB, HUB).as_deref(), Some(HUB));
    for key in [
        "https://index.docker.io/v1",
        "index.docker.io",
        "docker.io",
        "https://docker.io",
        "registry-1.docker.io",
        "https://index.docker.io/v1/access-token",
    ] {
        assert_eq!(sent(HUB, key), None, "{key}");
    }
}

#[test]
fn the_exact_key_goes_before_an_address() {
    let config = config(&json!({"auths": {"http://a:1": {"username": "b"}, "a:1": {"username": "c"}}}));
    assert_eq!(config.login("a:1").unwrap().0, "a:1");
}

#[test]
fn each_kind_of_value_is_sent_as_the_cli_sends_it() {
    for (entry, sent) in [
        (json!({"username": "u", "password": "p"}), json!({"username": "u", "password": "p"})),
        (json!({"auth": "YWxpY2U6d29uOmRlcg=="}), json!({"username": "alice", "password": "won:der"})),
        (json!({"auth": "YWxpY2U6\nd29uOmRlcg=="}), json!({"username": "alice", "password": "won:der"})),
        (
            json!({"auth": "YWxpY2U6dwAA", "username": "x", "password": "y"}),
            json!({"username": "alice", "password": "w"}),
        ),
        (json!({"identitytoken": "IDT"}), json!({"identitytoken": "IDT"})),
        (
            json!({"auth": "PHRva2VuPjo=", "identitytoken": "IDT"}),
            json!({"username": "<token>", "identitytoken": "IDT"}),
        ),
        (json!({"registrytoken": "RT"}), json!({"registrytoken": "RT"})),
        (json!({"Auth": "YWxpY2U6d29uOmRlcg==", "email": "e"}), json!({"username": "alice", "password": "won:der"})),
    ] {
        let config = config(&json!({"auths": {"a:1": entry}}));
        assert_eq!(config.login("a:1").unwrap().1.as_ref().unwrap().to_json(""), sent);
    }
    for empty in [json!({}), json!(null), json!({"auth": null}), json!(7)] {
        let config = config(&json!({"auths": {"a:1": empty}}));
        assert!(config.login("a:1").unwrap().1.as_ref().unwrap().is_empty());
    }
}

#[test]
fn a_login_that_cannot_be_read_spoils_no_other_and_is_not_quoted() {
    for broken in ["@@@", "bm9jb2xvbg==", "OnB3"] {
        let config = config(&json!({"auths": {"a:1": {"auth": broken}, "b:2": {"username": "u"}}}));
        let problem = config.login("a:1").unwrap().1.as_ref().unwrap_err();
        assert!(problem.contains("not `user:password` in base64") && !problem.contains(broken), "{problem}");
        assert!(config.login("b:2").unwrap().1.is_ok());
    }
}

#[test]
fn a_file_is_read_generously() {
    let full =
        json!({"auths": {"a:1": {"username": "u"}}, "credsStore": "pass", "credHelpers": {"b:2": "x", "c:3": ""}});
    let bytes = [b"\xef\xbb\xbf \n", full.to_string().as_bytes(), b" trailing"].concat();
    let config = Config::parse(&bytes).unwrap();
    assert_eq!((config.logins.len(), config.default_helper.as_deref()), (1, Some("pass")));
    assert_eq!(config.helpers, BTreeMap::from([("b:2".into(), "x".into()), ("c:3".into(), String::new())]));
    assert!(!config.is_silent());

    let odd = json!({"AUTHS": {"a:1": {"username": "u"}}, "credsStore": 7, "credHelpers": [1], "x": null});
    let config = Config::parse(odd.to_string().as_bytes()).unwrap();
    assert_eq!((config.logins.len(), config.helpers.len(), config.default_helper), (1, 0, None));
    for silent in ["", " \n", "{}", "null", "[]", r#"{"auths":{},"credsStore":"","currentContext":"a"}"#] {
        assert!(Config::parse(silent.as_bytes()).unwrap().is_silent(), "{silent}");
    }
    assert!(Config::parse(b"{\"auths\":").is_err());
}

#[test]
fn the_variable_is_read_whole_or_not_at_all() {
    let read = |text: &str| parse_variable(text);
    let auth = r#"{"auth":"YWxpY2U6d29uZGVy"}"#;
    let logins = read(&format!(r#"{{"auths":{{"a:1":{auth},"b:2":{auth}}}}}"#)).unwrap();
    assert_eq!(logins["b:2"], Login::password("alice", "wonder"));
    for empty in ["", "{}", r#"{"auths":null}"#] {
        assert!(read(empty).unwrap().is_empty(), "{empty}");
    }
    for (text, problem) in [
        ("{", "not JSON"),
        ("\"s3cret\"", "another key"),
        (r#"{"auths":{}} {}"#, "more than one"),
        (r#"{"auths":{},"credsStore":"x"}"#, "another key"),
        (&format!(r#"{{"auths":{{"a:1":{auth},"b:2":{{"auth":"YWxpY2U6d29uZGVy","email":"e"}}}}}}"#), "than `auth`"),
        (r#"{"auths":{"a:1":{}}}"#, "without `auth`"),
        (r#"{"auths":{"a:1":{"auth":"@@@"}}}"#, "base64"),
    ] {
        let told = read(text).unwrap_err();
        assert!(told.contains(problem) && !told.contains("s3cret"), "{text}: {told}");
    }
}
