//! The login that went out with a request. Errors of the answer hide what is secret of it, and a refusal for want of a
//! login tells where one was looked for.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use http::StatusCode;
use serde_json::Value;

use crate::body::Body;
use crate::error::Error;

/// The text that is shown in place of a secret.
const HIDDEN: &str = "***";

/// The members of a login that are no secrets.
const PUBLIC: &[&str] = &["username", "serveraddress", "email"];

/// Words by which engines pass on that a registry wants a login, or refused one.
const REFUSALS: &[&str] = &[
    "no basic auth credentials",
    "authentication required",
    "authorization failed",
    "unauthorized",
    "access denied",
    "access to the resource is denied",
    "incorrect username or password",
    "docker login",
];

/// The beginnings of an engine's words on a base image that it could not pull: Docker's, containerd's and Podman's.
const PULL_FAILURES: &[&str] = &[
    "head \"http",
    "get \"http",
    "pull access denied",
    "no basic auth credentials",
    "unauthorized: ",
    "denied: ",
    "error from registry: ",
    "invalid from flag value ",
    "failed to resolve reference ",
    "creating build container: ",
];

/// The words before an image in BuildKit's on one that it could not pull.
const FRAMES: &[&str] = &[
    "failed to solve: ",
    "failed to solve with frontend dockerfile.v0: ",
    "failed to create llb definition: ",
    "failed to load cache key: ",
    "rpc error: code = unknown desc = ",
];

/// The words after that image.
const AFTER_IMAGE: &[&str] =
    &["failed to resolve source metadata for ", "failed to authorize: ", "pull access denied", "unexpected status "];

/// A search for the login of a request. It travels with the request.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "credentials"), allow(dead_code, reason = "only stored logins are searched for"))]
pub(crate) struct LoginSearch {
    /// The registry; `None` if all logins were wanted.
    pub registry: Option<String>,
    /// Where it looked, and what was sent.
    pub account: LoginAccount,
}

/// The most searches of a session that are told.
const SEARCHES: usize = 5;

/// The words on searches for logins. A session adds to them while a build runs. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoginAccount(Arc<Mutex<Vec<String>>>);

#[cfg_attr(not(feature = "credentials"), allow(dead_code, reason = "only stored logins are searched for"))]
impl LoginAccount {
    /// Adds the words on a search.
    pub fn tell(&self, words: String) {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if account.len() < SEARCHES && !account.contains(&words) {
            account.push(words);
        }
    }

    /// All words so far.
    fn words(&self) -> String {
        let account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if account.is_empty() { "the engine asked for no login".to_owned() } else { account.join("; ") }
    }
}

impl From<String> for LoginAccount {
    fn from(words: String) -> Self {
        let account = LoginAccount::default();
        account.tell(words);
        account
    }
}

/// The login that went out with a request.
pub(crate) struct SentLogin {
    /// Every form in which a secret may come back.
    secrets: Vec<String>,
    search: Option<LoginSearch>,
}

impl SentLogin {
    /// Reads the login off a request; `None` if it has none and none was looked for.
    pub fn of(request: &http::Request<Body>) -> Option<Box<Self>> {
        let secrets = request.headers().values().filter(|value| value.is_sensitive());
        let mut secrets: Vec<_> = secrets.filter_map(|value| value.to_str().ok()).flat_map(secret_forms).collect();
        // A longer one may hold a shorter one.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        let search = request.extensions().get::<LoginSearch>().cloned();
        (!secrets.is_empty() || search.is_some()).then(|| Box::new(SentLogin { secrets, search }))
    }

    /// Hides the secrets in a text of the engine.
    pub fn hide(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }

    /// Completes an error of the answer, whose message was hidden already.
    pub fn explain(&self, error: Error) -> Error {
        match (error, &self.search) {
            (Error::Decode { operation, reason, .. }, _) if !self.secrets.is_empty() => {
                // An excerpt may begin in the middle of a secret, and the cause quotes the answer.
                Error::Decode { operation, reason: self.hide(&reason), excerpt: String::new(), source: None }
            }
            (error, Some(LoginSearch { registry, account })) if is_about_a_login(&error, registry.is_none()) => {
                let (registry, account) = (registry.clone(), account.words());
                Error::Login { refusal: Box::new(error), registry, account }
            }
            (error, _) => error,
        }
    }
}

/// The forms in which the secrets of a header may come back: the header itself, each secret in its JSON, a user and a
/// password as HTTP wants them, and each of these as JSON and Go quote text.
fn secret_forms(header: &str) -> Vec<String> {
    let json = URL_SAFE.decode(header).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let mut secrets = vec![header.to_owned()];
    if let Some(json) = &json {
        collect(json, &mut secrets);
    }
    let quoted = |secret: &String| {
        let json = Value::from(secret.as_str()).to_string();
        [secret.clone(), json.trim_matches('"').to_owned(), secret.escape_debug().to_string()]
    };
    secrets.iter().flat_map(quoted).filter(|secret| !secret.is_empty()).collect()
}

fn collect(value: &Value, secrets: &mut Vec<String>) {
    let Some(members) = value.as_object() else { return };
    let text = |name: &str| {
        let member = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        member.and_then(|(_, value)| value.as_str())
    };
    if let (Some(user), Some(password)) = (text("username"), text("password")) {
        secrets.push(STANDARD.encode(format!("{user}:{password}")));
    }
    for (name, value) in members {
        match value {
            Value::String(secret) if !PUBLIC.iter().any(|public| name.eq_ignore_ascii_case(public)) => {
                secrets.push(secret.clone());
            }
            value => collect(value, secrets),
        }
    }
}

/// Returns true if a refusal is about a login for a registry. A build mostly fails for other reasons: its message must
/// begin as an engine's on a base image, since the rest may quote the Dockerfile and the output of its commands.
fn is_about_a_login(error: &Error, is_build: bool) -> bool {
    let message = match error {
        Error::Api { status: StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, .. } if !is_build => return true,
        Error::Api { message, .. } | Error::Failed { message, .. } => message.to_ascii_lowercase(),
        _ => return false,
    };
    let is_of_a_pull =
        || PULL_FAILURES.iter().any(|words| message.starts_with(words)) || is_of_a_pull_by_buildkit(&message);
    REFUSALS.iter().any(|words| message.contains(words)) && (!is_build || is_of_a_pull())
}

/// Returns true for BuildKit's words on an image that it could not pull: the image comes first, so that no other part
/// of a message, which may quote a Dockerfile, is taken for them.
fn is_of_a_pull_by_buildkit(message: &str) -> bool {
    let mut message = message;
    while let Some(rest) = FRAMES.iter().find_map(|frame| message.strip_prefix(frame)) {
        message = rest;
    }
    // Some versions leave the image out.
    if ["pull access denied, repository", "pulling from host "].iter().any(|words| message.starts_with(words)) {
        return true;
    }
    let Some((image, words)) = message.split_once(": ") else { return false };
    let is_image = !image.contains(|letter: char| letter.is_whitespace() || letter == '"');
    is_image && AFTER_IMAGE.iter().any(|after| words.starts_with(after))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn sent(login: &Value, search: Option<LoginSearch>) -> Option<Box<SentLogin>> {
        let mut request = http::Request::new(Body::default());
        let mut header: HeaderValue = URL_SAFE.encode(login.to_string()).parse().unwrap();
        header.set_sensitive(true);
        request.headers_mut().insert("x-auth", header);
        if let Some(search) = search {
            request.extensions_mut().insert(search);
        }
        SentLogin::of(&request)
    }

    #[test]
    fn every_form_of_a_secret_is_hidden_and_the_user_is_not() {
        let login = json!({"username": "ada", "Password": "p\"w", "identitytoken": "tok", "serveraddress": "a:1"});
        let sent = sent(&login, None).unwrap();
        let header = URL_SAFE.encode(login.to_string());
        for secret in ["p\"w", r#"p\"w"#, "tok", &header, &STANDARD.encode("ada:p\"w")] {
            assert_eq!(sent.hide(&format!("<{secret}> of ada at a:1")), "<***> of ada at a:1");
        }
        let sent = sent_all();
        assert_eq!(sent.hide("one two three"), "*** *** three");
    }

    fn sent_all() -> Box<SentLogin> {
        sent(&json!({"a:1": {"password": "one"}, "b:2": {"registrytoken": "two"}}), None).unwrap()
    }

    #[test]
    fn nothing_is_kept_of_a_request_without_a_login() {
        let mut request = http::Request::new(Body::default());
        request.headers_mut().insert("x-plain", HeaderValue::from_static("x"));
        assert!(SentLogin::of(&request).is_none());
    }

    #[test]
    fn only_a_refusal_of_a_login_tells_where_it_was_looked_for() {
        let search =
            LoginSearch { registry: Some("a:1".into()), account: "no stored login was sent".to_owned().into() };
        let sent = sent(&json!({}), Some(search)).unwrap();
        let api = |status: u16, message: &str| Error::Api {
            operation: "image_push",
            endpoint: String::new(),
            status: StatusCode::from_u16(status).unwrap(),
            message: message.into(),
        };
        let failed = |message: &str| Error::Failed { operation: "image_push", message: message.into(), code: None };
        for error in [
            api(401, "x"),
            api(500, "Head \"http://a:1/v2/\": no basic auth credentials"),
            api(404, "pull access denied for a, repository does not exist or may require 'docker login'"),
            failed("unauthorized: authentication required"),
        ] {
            let words = error.to_string();
            let error = sent.explain(error);
            assert_eq!(error.to_string(), format!("{words} (no stored login was sent)"));
            assert!(matches!(error, Error::Login { registry: Some(registry), .. } if registry == "a:1"));
        }
        for error in [api(404, "manifest unknown"), failed("no space left on device")] {
            assert!(!matches!(sent.explain(error), Error::Login { .. }));
        }
    }

    #[test]
    fn a_build_wants_a_login_only_for_its_base_images() {
        let search = LoginSearch { registry: None, account: "no stored login was sent".to_owned().into() };
        let sent = sent(&json!({}), Some(search)).unwrap();
        let failed = |message: &str| Error::Failed { operation: "image_build", message: message.into(), code: None };
        for message in [
            "Head \"http://a:1/v2/x/manifests/y\": no basic auth credentials",
            "unauthorized: authentication required",
            "pull access denied for a/x, repository does not exist or may require 'docker login': denied: requested",
            "127.0.0.1:5001/x:y: failed to resolve source metadata for 127.0.0.1:5001/x:y: unexpected status from HEAD \
             request to http://127.0.0.1:5001/v2/x/manifests/y: 401 Unauthorized",
            "failed to solve with frontend dockerfile.v0: failed to create LLB definition: pull access denied, \
             repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
            "failed to solve with frontend dockerfile.v0: failed to create LLB definition: pulling from host a:1 failed with \
             status code [manifests y]: 401 Unauthorized",
            "invalid from flag value a:1/x: Head \"http://a:1/v2/x/manifests/y\": no basic auth credentials",
        ] {
            assert!(matches!(sent.explain(failed(message)), Error::Login { .. }), "{message}");
        }
        for message in [
            "The command '/bin/sh -c echo Access denied for root; exit 1' returned a non-zero code: 1",
            "failed to create task for container: exec: \"pull access denied for x\": executable file not found in $PATH",
            "process \"/bin/sh -c : a: failed to authorize: unauthorized\" did not complete successfully: exit code: 1",
            "failed to compute cache key: failed to calculate checksum of ref a::b: \"/failed to authorize: unauthorized\": \
             not found",
            "dockerfile parse error on line 2: unknown instruction: unauthorized:",
            "COPY failed: file not found in build context or excluded by .dockerignore: stat unauthorized: file does not",
            "ADD failed: failed to GET http://a:1/v2/ with status 401 Unauthorized: authentication required",
            "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: network is unreachable",
        ] {
            assert!(matches!(sent.explain(failed(message)), Error::Failed { .. }), "{message}");
        }
        let status = StatusCode::FORBIDDEN;
        let refused = Error::Api { operation: "image_build", endpoint: String::new(), status, message: "no".into() };
        assert!(matches!(sent.explain(refused), Error::Api { .. }), "an engine's own refusal of a build");
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_quoted() {
        let error = Error::Decode {
            operation: "a",
            reason: "invalid type: string \"one\"".into(),
            excerpt: "on".into(),
            source: None,
        };
        assert_eq!(sent_all().explain(error).to_string(), "a: unexpected answer: invalid type: string \"***\"");
    }
}
