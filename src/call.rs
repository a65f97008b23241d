//! A call of one operation: arguments and a body in, sent and read by one of its end methods. A problem with an
//! argument is reported by the end method, so that calls can be chained.

mod ends;
#[cfg(feature = "credentials")]
mod login;
mod terminal;

use std::time::Instant;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::body::Body;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::reply::{Reply, RequestLabel};
use crate::request::request;
#[cfg(feature = "session")]
use crate::sent_login::{LoginAccount, LoginSearch};
use crate::version::Version;
use crate::version_check;

/// A call that is being built. Nothing is sent before one of its end methods is awaited, and dropping that future
/// closes the connection.
///
/// Every end method may fail with [`Error::Argument`] or [`Error::Unsupported`] before anything is sent, with
/// [`Error::Unreachable`], [`Error::Timeout`] or [`Error::Interrupted`] on the way, and with [`Error::Api`] if the
/// engine refuses.
#[must_use = "nothing is sent before an end method is awaited"]
pub struct Call<'a> {
    engine: &'a Engine,
    operation: &'static Operation,
    arguments: Map<String, Value>,
    body: Option<Body>,
    /// Headers in addition to those of the row and the arguments.
    headers: HeaderMap,
    allow_newer: bool,
    /// The API version of this call, if it is not that of the engine's other calls.
    version: Option<Version>,
    /// True if no stored login is sent.
    #[cfg(feature = "credentials")]
    withholds_login: bool,
    /// The logins that a session gives in place of the call.
    #[cfg(feature = "session")]
    session_logins: Option<LoginAccount>,
    problem: Option<Error>,
}

/// Operations that are chosen at run time.
impl Engine {
    /// Begins a call of one operation.
    pub fn call(&self, operation: &'static Operation) -> Call<'_> {
        Call {
            engine: self,
            operation,
            arguments: Map::new(),
            body: None,
            headers: HeaderMap::new(),
            allow_newer: self.allows_newer(),
            version: None,
            #[cfg(feature = "credentials")]
            withholds_login: false,
            #[cfg(feature = "session")]
            session_logins: None,
            problem: None,
        }
    }
}

impl Call<'_> {
    /// Adds an argument by its API name. `null` is not sent.
    pub fn argument(mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => {
                self.arguments.insert(name.to_owned(), value);
            }
            Err(error) => self.keep(name, &error),
        }
        self
    }

    /// Adds the arguments that are the fields of `options`.
    pub fn options(mut self, options: &impl Serialize) -> Self {
        match serde_json::to_value(options) {
            Ok(Value::Object(options)) => return self.arguments(options),
            Ok(Value::Null) => {}
            Ok(_) => self.keep("options", &"not an object"),
            Err(error) => self.keep("options", &error),
        }
        self
    }

    /// Adds arguments by their API names, for callers that hold JSON.
    pub fn arguments(mut self, arguments: Map<String, Value>) -> Self {
        if self.arguments.is_empty() {
            self.arguments = arguments;
        } else {
            self.arguments.extend(arguments);
        }
        self
    }

    /// Sets the body, as JSON. `null` stands for no body.
    pub fn body(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.body = (json != b"null").then(|| Body::from(json)),
            Err(error) => self.keep("body", &error),
        }
        self
    }

    /// Sets the body, as bytes or as a stream of bytes.
    pub fn content(mut self, body: impl Into<Option<Body>>) -> Self {
        self.body = body.into();
        self
    }

    /// Adds a header, in place of one of this name that the arguments or the engine bring along.
    /// Debug output does not show its value.
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Sends arguments and properties that the engine's API version does not know, as [`Engine::allow_newer`] does for
    /// all calls.
    pub fn allow_newer(mut self) -> Self {
        self.allow_newer = true;
        self
    }

    /// Sends this call with an API version of its own, for programs that pass on the calls of others. An engine refuses
    /// a version that it does not speak.
    pub fn at_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Sends no stored login with this call, such as an update of a service that is to keep the login it has.
    #[cfg(feature = "credentials")]
    pub fn without_stored_login(mut self) -> Self {
        self.withholds_login = true;
        self
    }

    /// Sends no stored login, since a session gives them: its words on them.
    #[cfg(feature = "session")]
    pub(crate) fn with_session_logins(mut self, logins: Option<LoginAccount>) -> Self {
        self.session_logins = logins;
        self.withholds_login = true;
        self
    }

    /// The arguments so far, by their API names.
    #[must_use]
    pub fn given(&self) -> &Map<String, Value> {
        &self.arguments
    }

    /// Checks that the engine's API version knows all of the call, as every end method does before it sends.
    ///
    /// # Errors
    /// [`Error::Unsupported`]; otherwise fails as [`Engine::api_version`] does.
    pub async fn check(&self) -> Result<()> {
        self.known()(self.api_version().await?)
    }

    /// The API version that the call is sent with.
    async fn api_version(&self) -> Result<Version> {
        match self.version {
            Some(version) => Ok(version),
            None => self.engine.api_version().await,
        }
    }

    /// A check that refuses this call for versions that do not know all of it.
    fn known(&self) -> impl Fn(Version) -> Result<()> + use<> {
        let operation = self.operation;
        let asks = !self.allow_newer && !version_check::is_always_known(operation);
        let sent = asks.then(|| (self.arguments.clone(), self.body.as_ref().and_then(Body::as_bytes).cloned()));
        move |version| match &sent {
            Some((arguments, body)) => version_check::refuse(operation, arguments, body.as_deref(), version),
            None => Ok(()),
        }
    }

    /// Sends the call and returns the answer once its head has arrived.
    ///
    /// # Errors
    /// Fails as every call does.
    pub async fn send(self) -> Result<Reply> {
        let (engine, operation, known, version) = (self.engine, self.operation, self.known(), self.version);
        let label = RequestLabel::Operation(operation, operation.waits.with(&self.arguments));
        #[cfg(feature = "credentials")]
        let login = self.wanted_login();
        // A problem with the request is reported before the engine is asked for its version and a login is looked for.
        #[cfg_attr(not(feature = "credentials"), allow(unused_mut, reason = "a stored login is added"))]
        let mut request = self.into_request()?;
        // Boxed, because the future is large and few calls need it.
        #[cfg(feature = "credentials")]
        if let Some(login) = login {
            // No helper is run for an engine that does not answer, or does not know the call.
            known(match version {
                Some(version) => version,
                None => engine.api_version().await?,
            })?;
            Box::pin(login.add_to(&mut request, engine.credentials())).await;
        }
        match version {
            None => engine.exchange(label, request, known).await,
            Some(version) => {
                known(version)?;
                engine.answer_at(Some(version), label, request).await?.accept().await
            }
        }
    }

    /// The request of this call, its path below the version prefix. It has no stored login.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub fn into_request(self) -> Result<http::Request<Body>> {
        match self.problem {
            Some(problem) => Err(problem),
            None => {
                let mut request = request(self.operation, &self.arguments, self.body)?;
                request.headers_mut().extend(self.headers);
                #[cfg(feature = "session")]
                if let Some(account) = self.session_logins {
                    request.extensions_mut().insert(LoginSearch { registry: None, account });
                }
                Ok(request)
            }
        }
    }

    /// Sends the call, reads the answer and writes one line to the log, which quotes neither arguments nor answers.
    async fn finish<T>(self, read: impl AsyncFnOnce(Reply) -> Result<T>) -> Result<T> {
        let (operation, started) = (self.operation.id, Instant::now());
        let mut status = None;
        let result = match self.send().await {
            Ok(reply) => {
                status = Some(reply.status().as_u16());
                read(reply).await
            }
            Err(error) => Err(error),
        };
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(_) => tracing::debug!(target: "dockwright::call", operation, status, elapsed_ms, "answered"),
            Err(error) => {
                let status = status.or(error.status().map(|status| status.as_u16()));
                let error = error.class();
                tracing::debug!(target: "dockwright::call", operation, status, elapsed_ms, error, "failed");
            }
        }
        result
    }

    /// Keeps the first problem for the end method.
    fn keep(&mut self, argument: &str, problem: &dyn std::fmt::Display) {
        self.problem.get_or_insert_with(|| Error::Argument {
            operation: self.operation.name,
            argument: argument.to_owned(),
            expected: "a value that can be written as JSON".into(),
            got: problem.to_string(),
        });
    }
}

/// Falls back to the content type to detect a terminal. Engines before API 1.42 call all output raw.
fn is_raw(reply: &Reply) -> bool {
    reply.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/vnd.docker.raw-stream")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::operation::{Encoding, Header, Kind, Parameter, Place, RequestBody};
    use crate::request::tests::{JSON, parameter, row};
    use crate::{Outcome, Text};

    fn leak(operation: Operation) -> &'static Operation {
        Box::leak(Box::new(operation))
    }

    /// An engine that answers every request alike.
    fn answering(status: u16, body: &'static str) -> Engine {
        Engine::canned(move |_| {
            let response = http::Response::builder().status(status).header("X-Total", "3");
            response.body(body.into()).unwrap()
        })
    }

    /// `POST /things?text=…&all=…` with a body that may be left out.
    fn posting() -> &'static Operation {
        const PARAMETERS: &[Parameter] = &[
            parameter("text", Place::Query, Encoding::Plain, Kind::String),
            parameter("all", Place::Query, Encoding::Plain, Kind::Boolean),
        ];
        let body = JSON.map(|body| RequestBody { required: false, ..body });
        leak(Operation { method: http::Method::POST, parameters: PARAMETERS, body, ..row() })
    }

    #[test]
    fn arguments_options_and_json_make_the_same_request() {
        let engine = answering(200, "");
        let request = |call: Call<'_>| {
            let request = call.body(&json!({"a": 1})).into_request().unwrap();
            (request.uri().to_string(), request.into_body().as_bytes().cloned())
        };
        let expected = ("/things?text=x&all=true".to_owned(), Some(Bytes::from_static(br#"{"a":1}"#)));
        assert_eq!(request(engine.call(posting()).argument("text", "x").argument("all", &true)), expected);
        assert_eq!(request(engine.call(posting()).options(&json!({"all": true, "text": "x"}))), expected);
        let arguments = json!({"all": true, "text": null}).as_object().unwrap().clone();
        assert_eq!(request(engine.call(posting()).arguments(arguments).argument("text", "x")), expected);
    }

    #[test]
    fn a_body_that_is_null_is_no_body() {
        let engine = answering(200, "");
        let request = engine.call(posting()).body(&None::<u8>).into_request().unwrap();
        assert!(request.body().as_bytes().is_some_and(Bytes::is_empty) && request.headers().is_empty());
    }

    #[tokio::test]
    async fn a_problem_with_an_argument_comes_out_at_the_end_and_nothing_is_sent() {
        let engine = Engine::canned(|_| unreachable!("nothing is sent"));
        let unwritable = BTreeMap::from([((1, 2), 3)]);
        let error = engine.call(posting()).body(&unwritable).argument("text", &unwritable).empty().await.unwrap_err();
        assert!(error.to_string().starts_with("thing_list: argument `body`: expected a value that can be"), "{error}");
        let error = engine.call(posting()).options(&"x").empty().await.unwrap_err();
        assert!(error.to_string().starts_with("thing_list: argument `options`"), "{error}");
        assert!(engine.call(posting()).argument("all", "yes").empty().await.is_err());
    }

    #[tokio::test]
    async fn each_end_reads_the_answer_its_way() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Headers {
            #[serde(rename = "X-Total")]
            total: u8,
        }
        const HEADERS: &[Header] = &[Header { name: "X-Total", kind: Kind::Integer }];
        let operation = leak(Operation { statuses: &[200, 304], headers: HEADERS, ..row() });
        let engine = answering(200, "[1, 2]");
        assert_eq!(engine.call(operation).json::<Vec<u8>>().await.unwrap(), [1, 2]);
        assert_eq!(engine.call(operation).text().await.unwrap(), "[1, 2]");
        assert_eq!(engine.call(operation).outcome().await.unwrap(), Outcome::Changed);
        assert_eq!(engine.call(operation).headers::<Headers>().await.unwrap(), Headers { total: 3 });
        let both = engine.call(operation).text_and_headers::<Headers>().await.unwrap();
        assert_eq!(both, Text { text: "[1, 2]".into(), headers: Headers { total: 3 } });
        engine.call(operation).empty().await.unwrap();
        assert_eq!(answering(304, "").call(operation).outcome().await.unwrap(), Outcome::Unchanged);
    }

    #[tokio::test]
    async fn a_refusal_names_the_operation_and_its_endpoint() {
        let engine = answering(404, r#"{"message":"No such thing: web"}"#);
        let error = engine.call(posting()).json::<Value>().await.unwrap_err();
        assert_eq!(error.to_string(), "thing_list: 404: No such thing: web");
        assert!(error.is_not_found());
        assert!(matches!(error, Error::Api { endpoint, .. } if endpoint == "POST /things"));
    }

    #[tokio::test]
    async fn an_answer_is_passed_on_whatever_its_status() {
        let engine = answering(404, r#"{"message":"No such thing: web"}"#);
        let reply = engine.call(posting()).at_version(Version { major: 1, minor: 41 }).answer().await.unwrap();
        assert_eq!(reply.status(), 404);
        assert_eq!(reply.text().await.unwrap(), r#"{"message":"No such thing: web"}"#);
        let old = Version { major: 1, minor: 1 };
        assert!(engine.call(posting()).at_version(old).json::<Value>().await.unwrap_err().is_not_found());
    }

    #[test]
    fn a_call_can_be_awaited_on_any_thread() {
        fn travels(_: impl Send) {}
        let engine = answering(200, "");
        travels(engine.call(posting()).json::<Value>());
        travels(engine.call(posting()).text_and_headers::<Value>());
        travels(engine.call(posting()).outcome());
        travels(engine.call(posting()).json_stream::<Value>());
        travels(engine.call(posting()).log_stream());
        travels(engine.call(posting()).duplex());
    }
}
