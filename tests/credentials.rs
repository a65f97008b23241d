//! Stored logins in the requests that take one: each registry's own, for every operation with such a header, and never
//! in an error or a debug text. A recording engine answers.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use dockwright::operation::{Encoding, Kind, LoginRegistry, Place};
use dockwright::{Body, Call, Credentials, Engine, Error, Login, Operation, Value, operations};
use serde_json::json;

/// Takes the login of one registry.
const ONE: &str = "one";
/// Takes those of all.
const ALL: &str = "all";
/// Docker Hub's key.
const HUB: &str = "https://index.docker.io/v1/";

/// The logins of requests.
type Logins = Arc<Mutex<Vec<Option<Value>>>>;

/// An engine that answers alike, and the login of each request.
fn recording(status: u16, body: &'static str) -> (Engine, Logins) {
    let requests = Logins::default();
    let seen = requests.clone();
    let engine = Engine::canned(move |request: http::Request<Bytes>| {
        let headers = request.headers();
        let header = headers.get("x-registry-auth").or(headers.get("x-registry-config"));
        let login = header.map(|header| serde_json::from_slice(&URL_SAFE.decode(header).unwrap()).unwrap());
        seen.lock().unwrap().push(login);
        http::Response::builder().status(status).body(body.into()).unwrap()
    });
    (engine, requests)
}

/// Logins for `a.test:1`, `b.test` and Docker Hub, each with a password of its own.
fn credentials() -> Credentials {
    Credentials::none()
        .with_login("a.test:1", Login::password("ada", "pass-a"))
        .with_login("b.test", Login::identity_token("token-b"))
        .with_login("docker.io", Login::password("hal", "pass-hub"))
}

fn login_of(registry: &str) -> Option<Value> {
    match registry {
        "a" => Some(json!({"username": "ada", "password": "pass-a", "serveraddress": "a.test:1"})),
        "b" => Some(json!({"identitytoken": "token-b", "serveraddress": "b.test"})),
        "hub" => Some(json!({"username": "hal", "password": "pass-hub", "serveraddress": HUB})),
        _ => None,
    }
}

/// The operations whose header takes a login, as `ONE` or `ALL`.
fn with_login() -> impl Iterator<Item = (&'static Operation, &'static str)> {
    operations::ALL.iter().filter_map(|operation| {
        let is_all = operation.login?.registry == LoginRegistry::All;
        Some((*operation, if is_all { ALL } else { ONE }))
    })
}

/// A call that names this image wherever the operation takes a name.
fn naming<'a>(engine: &'a Engine, operation: &'static Operation, image: &str) -> Call<'a> {
    let mut call = engine.call(operation);
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        call = match (parameter.kind, parameter.encoding) {
            (Kind::Integer, _) => call.argument(parameter.name, &1),
            (_, Encoding::Slashes) => call.argument(parameter.name, "b.test/decoy"),
            _ => call.argument(parameter.name, "decoy"),
        };
    }
    if operation.body.is_some_and(|body| body.json && body.required) {
        call = call.body(&json!({}));
    }
    match operation.login.unwrap().registry {
        LoginRegistry::Argument(name) | LoginRegistry::ArgumentOrId(name) => call.argument(name, image),
        LoginRegistry::Body(_) => call.body(&json!({"TaskTemplate": {"ContainerSpec": {"Image": image}}})),
        _ => call,
    }
}

async fn sent(operation: &'static Operation, image: &str) -> Option<Value> {
    let (engine, requests) = recording(200, "");
    let engine = engine.with_credentials(credentials());
    naming(&engine, operation, image).empty().await.unwrap();
    requests.lock().unwrap().pop().unwrap()
}

/// Nothing, or the empty login that some engines want in place of none.
fn is_none(login: Option<&Value>) -> bool {
    login.is_none_or(|login| *login == json!({}))
}

#[test]
fn every_header_with_a_login_says_which_registry_it_is_for() {
    let takes_login = |operation: &&&Operation| {
        let is_login = |encoding, place| (encoding, place) == (Encoding::Base64Json, Place::Header);
        operation.parameters.iter().any(|parameter| is_login(parameter.encoding, parameter.place))
    };
    let takes: Vec<_> = operations::ALL.iter().filter(takes_login).map(|operation| operation.name).collect();
    let says: Vec<_> = with_login().map(|(operation, _)| operation.name).collect();
    assert_eq!(takes, says);
    assert!(says.len() >= 11, "{says:?}");
}

#[tokio::test]
async fn each_operation_gets_the_login_of_the_registry_that_it_names_and_no_other() {
    for (operation, _) in with_login().filter(|(_, takes)| *takes == ONE) {
        for (image, registry) in [
            ("a.test:1/deep/app", "a"),
            ("A.test:1/app", "a"),
            ("b.test/app", "b"),
            ("docker.io/library/nginx", "hub"),
            ("index.docker.io/library/nginx", "hub"),
            ("library/nginx", "hub"),
            ("a.test/app", ""),
            ("a.test:2/app", ""),
            ("a.test:11/app", ""),
            ("xa.test:1/app", ""),
            ("a.test:1.evil.test/app", ""),
            ("evil.test/a.test:1/app", ""),
            ("registry-1.docker.io/library/nginx", ""),
            ("localhost/app", ""),
            ("CAPITALS/app", ""),
            ("Docker.io/library/nginx", ""),
        ] {
            let login = sent(operation, image).await;
            match login_of(registry) {
                None => assert!(is_none(login.as_ref()), "{} {image}: {login:?}", operation.name),
                expected => assert_eq!(login, expected, "{} {image}", operation.name),
            }
        }
        // Only a name with a slash tells the registry where an id may stand.
        let expected = match operation.login.unwrap().registry {
            LoginRegistry::ArgumentOrId(_) => None,
            _ => login_of("hub"),
        };
        assert_eq!(sent(operation, "cafe").await, expected, "{}", operation.name);
    }
}

#[tokio::test]
async fn a_build_gets_all_logins_by_their_keys_unless_the_builder_reads_none() {
    for (operation, _) in with_login().filter(|(_, takes)| *takes == ALL) {
        let all = json!({"a.test:1": login_of("a"), "b.test": login_of("b"), HUB: login_of("hub")});
        assert_eq!(sent(operation, "").await, Some(all));
        let (engine, requests) = recording(200, "");
        let engine = engine.with_credentials(credentials());
        let exception = operation.login.unwrap().unless[0];
        engine.call(operation).argument(exception.argument, exception.value.unwrap()).empty().await.unwrap();
        engine.call(operation).argument(exception.argument, "1").empty().await.unwrap();
        let logins: Vec<_> = requests.lock().unwrap().iter().map(Option::is_some).collect();
        assert_eq!(logins, [false, true]);
    }
}

#[tokio::test]
async fn what_the_caller_says_goes_before_a_stored_login() {
    for (operation, _) in with_login() {
        let (engine, requests) = recording(200, "");
        let engine = engine.with_credentials(credentials());
        let header = operation.login.unwrap().parameter;
        for given in [json!({}), json!({"username": "own"})] {
            let call = naming(&engine, operation, "a.test:1/app").argument(header, &given);
            call.empty().await.unwrap();
            assert_eq!(requests.lock().unwrap().pop().unwrap(), Some(given), "{}", operation.name);
        }
        naming(&engine, operation, "a.test:1/app").argument(header, &Value::Null).empty().await.unwrap();
        assert!(!is_none(requests.lock().unwrap().pop().unwrap().as_ref()), "{}", operation.name);
        for exception in operation.login.unwrap().unless.iter().filter(|exception| exception.value.is_none()) {
            let call = naming(&engine, operation, "a.test:1/app").argument(exception.argument, "spec");
            call.empty().await.unwrap();
            assert!(is_none(requests.lock().unwrap().pop().unwrap().as_ref()), "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn no_login_is_sent_for_a_body_that_two_readers_could_understand_differently() {
    let body = |text: &str| {
        let text = text.to_owned();
        async move {
            let (engine, requests) = recording(200, "");
            let engine = engine.with_credentials(credentials());
            let operation = &operations::SERVICE_CREATE;
            engine.call(operation).content(Body::from(text)).empty().await.unwrap();
            requests.lock().unwrap().pop().unwrap()
        }
    };
    for text in [
        r#"{"TaskTemplate":{"ContainerSpec":{"Image":"a.test:1/x","image":"b.test/x"}}}"#,
        r#"{"TaskTemplate":{"ContainerSpec":{"Image":"a.test:1/x"},"containerspec":{"Image":"b.test/x"}}}"#,
        "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"a.test:1/x\"}},\"Ta\u{17f}kTemplate\":{}}",
        "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"a.test:1/x\"}},\"Tas\u{212a}Template\":{}}",
        r#"{"TaskTemplate":{"ContainerSpec":{"Image":7}}}"#,
        r#"{"TaskTemplate":{"ContainerSpec":{}}}"#,
        "not JSON",
    ] {
        assert_eq!(body(text).await, None, "{text}");
    }
    let small = r#"{"tasktemplate":{"containerspec":{"image":"b.test/x"}}}"#;
    assert_eq!(body(small).await, login_of("b"));
    let last = r#"{"TaskTemplate":{"ContainerSpec":{"Image":"a.test:1/x","Image":"b.test/x"}}}"#;
    assert_eq!(body(last).await, login_of("b"), "engines read the last one, too");
}

#[tokio::test]
async fn nothing_is_sent_unless_the_program_says_so() {
    for (operation, _) in with_login() {
        let (engine, requests) = recording(200, "");
        naming(&engine, operation, "a.test:1/app").empty().await.unwrap();
        assert!(is_none(requests.lock().unwrap().pop().unwrap().as_ref()), "{}", operation.name);
    }
}

#[tokio::test]
async fn a_login_for_a_name_that_is_no_host_never_goes_to_docker_hub() {
    let (engine, requests) = recording(200, "");
    let engine = engine.with_credentials(Credentials::none().with_login("myhost", Login::password("a", "b")));
    for image in ["nginx", "myhost/app"] {
        engine.call(&operations::IMAGE_CREATE).argument("fromImage", image).empty().await.unwrap();
        assert_eq!(requests.lock().unwrap().pop().unwrap(), None, "{image}");
    }
}

#[tokio::test]
async fn the_folder_of_the_docker_cli_is_read_anew_for_each_call() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, requests) = recording(200, "");
    let engine = engine.with_credentials(Credentials::from_folder(folder.path()));
    let pull = async || {
        engine.call(&operations::IMAGE_CREATE).argument("fromImage", "a.test:1/x").empty().await.unwrap();
        requests.lock().unwrap().pop().unwrap()
    };
    assert_eq!(pull().await, None);
    let config = json!({"auths": {"https://a.test:1/v2/": {"auth": "YWRhOnB3"}}});
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let expected = json!({"username": "ada", "password": "pw", "serveraddress": "https://a.test:1/v2/"});
    assert_eq!(pull().await, Some(expected));
}

#[tokio::test]
async fn a_key_is_looked_for_as_the_name_is_written_and_then_in_small_letters() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, requests) = recording(200, "");
    let engine = engine.with_credentials(Credentials::from_folder(folder.path()));
    for (keys, image, sent) in [
        (vec!["GHCR.io"], "GHCR.io/acme/app", Some("GHCR.io")),
        (vec!["GHCR.io", "ghcr.io"], "GHCR.io/acme/app", Some("GHCR.io")),
        (vec!["GHCR.io", "ghcr.io"], "Ghcr.io/acme/app", Some("ghcr.io")),
        (vec!["ghcr.io"], "GHCR.io/acme/app", Some("ghcr.io")),
        (vec!["GHCR.io"], "ghcr.io/acme/app", None),
        (vec![HUB], "Docker.io/acme/app", None),
    ] {
        let auths: Value = keys.iter().map(|key| ((*key).to_owned(), json!({"username": "ada"}))).collect();
        std::fs::write(folder.path().join("config.json"), json!({"auths": auths}).to_string()).unwrap();
        engine.call(&operations::IMAGE_CREATE).argument("fromImage", image).empty().await.unwrap();
        let login = requests.lock().unwrap().pop().unwrap();
        let expected = sent.map(|key| json!({"username": "ada", "serveraddress": key}));
        assert_eq!(login, expected, "{keys:?} {image}");
    }
}

#[tokio::test]
async fn errors_hide_the_login_and_tell_where_one_was_looked_for() {
    let header = URL_SAFE.encode(login_of("a").unwrap().to_string());
    let basic = base64::engine::general_purpose::STANDARD.encode("ada:pass-a");
    let words = format!("no basic auth credentials: X-Registry-Auth {header}, Basic {basic}, pass-a of ada");
    let hidden = "no basic auth credentials: X-Registry-Auth ***, Basic ***, *** of ada";
    let refusal = json!({"message": words}).to_string();
    let failure = json!({"errorDetail": {"message": words}, "error": words}).to_string();
    for (status, body) in [(500, refusal), (500, words.clone()), (200, failure)] {
        let (engine, _) = recording(status, body.leak());
        let engine = engine.with_credentials(credentials());
        let call = engine.call(&operations::IMAGE_CREATE).argument("fromImage", "a.test:1/x");
        let error = match call.json_stream::<Value>().await {
            Err(error) => error,
            Ok(mut stream) => stream.next().await.unwrap().unwrap_err(),
        };
        let text = error.to_string();
        assert!(text.contains(hidden) && !text.contains("pass-a") && !text.contains("eyJ"), "{text}");
        assert!(text.ends_with("(a stored login was sent; this program: found)"), "{text}");
        assert!(!format!("{error:?}").contains("pass-a"), "{error:?}");
        assert!(matches!(&error, Error::Login { registry: Some(registry), .. } if registry == "a.test:1"), "{text}");
    }
    // A long header is hidden before the message is cut.
    let long = "x".repeat(900) + &header;
    let (engine, _) = recording(400, json!({"message": long}).to_string().leak());
    let engine = engine.with_credentials(credentials());
    let call = engine.call(&operations::IMAGE_CREATE).argument("fromImage", "a.test:1/x");
    let error = call.empty().await.unwrap_err().to_string();
    assert!(error.ends_with("xxx***"), "{error}");
}

#[tokio::test]
async fn a_login_that_is_an_argument_is_hidden_too_and_leaves_the_error_as_it_is() {
    let (engine, _) = recording(500, r#"{"message":"unauthorized: hunter2 is wrong"}"#);
    let engine = engine.with_credentials(credentials());
    let login = json!({"username": "ada", "password": "hunter2"});
    let call = engine.call(&operations::IMAGE_CREATE).argument("fromImage", "a.test:1/x");
    let error = call.argument("X-Registry-Auth", &login).empty().await.unwrap_err();
    assert!(matches!(&error, Error::Api { message, .. } if message == "unauthorized: *** is wrong"), "{error}");
}

#[test]
fn debug_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let config = json!({"auths": {"a.test:1": {"username": "ada", "password": "pass-a"}}});
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let stored = Credentials::from_folder(folder.path()).with_login("b.test", Login::password("bea", "pass-b"));
    let engine = Engine::at("tcp://127.0.0.1:1").unwrap().with_credentials(stored.clone());
    let text = format!("{stored:?} {engine:?} {:?}", Login::registry_token("pass-c"));
    assert!(text.contains("b.test") && text.contains("bea") && !text.contains("pass-"), "{text}");
}
