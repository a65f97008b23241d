//! A request below the version prefix in, the head of its answer out, over any kind of connection. Connections are kept
//! and used again. It knows no operation.

mod answer_body;
mod coalescer;
mod connector;
#[cfg(windows)]
mod pipe;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http_body_util::{BodyExt, Either, Full};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::address::Address;
use crate::body::{Body, BodyError};
use crate::budget::Exchanges;
use crate::connection::Refusal;
use crate::error::{Cause, SshError};
use crate::limits::Limits;
#[cfg(feature = "ssh")]
use crate::ssh::SshRoute;
use crate::tls::Tls;
use crate::version::Version;
use answer_body::ReceivedBody;
use connector::Connector;

pub(crate) use connector::UpgradeFlag;

/// The most idle connections to an engine. A burst of calls leaves some for the next one; the budget of the process
/// closes those that others need.
const IDLE: usize = 64;

/// The body of an answer, from the network or from a function.
pub(crate) type AnswerBody = Either<ReceivedBody, Full<Bytes>>;

/// A function that answers in place of an engine.
pub(crate) type Canned = Arc<dyn Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync>;

/// A way to send requests.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "an engine has one, and it is not moved")]
pub(crate) enum Transport {
    Engine {
        client: Client<Connector, Body>,
        /// The client for answers of many small chunks. Each answer has a connection of its own, which coalesces them.
        coalescing: Client<Connector, Body>,
        authority: Authority,
        #[cfg(feature = "ssh")]
        connector: Connector,
        /// The path before that of every request.
        base: String,
    },
    Canned(Canned),
}

/// No answer arrived.
#[derive(Debug)]
pub(crate) enum SendError {
    /// The path is too long for a request.
    Path,
    /// No connection was opened, and nothing was sent.
    Connect(io::Error),
    /// No connection was opened over ssh, and the engine has read nothing.
    Ssh(SshError),
    /// The answer is not HTTP.
    Garbage(String),
    /// The connection ended before the head of the answer.
    Lost { reason: String, source: Option<Cause> },
    /// The body of the request could not be read.
    Body { reason: String, source: Option<Cause> },
}

impl Transport {
    pub(crate) fn new(address: Address, tls: Option<Tls>, limits: Limits) -> Self {
        let authority = match &address {
            // The engine requires a Host header and ignores its value.
            Address::Unix(_) | Address::Pipe(_) => Authority::from_static("docker"),
            #[cfg(feature = "ssh")]
            Address::Ssh(_) => Authority::from_static("docker"),
            address => authority(address),
        };
        let base = address.base().to_owned();
        let connector = Connector::new(address, tls, limits);
        let coalescing =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector.coalescing(limits));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(IDLE)
            // Sends a request again only if hyper returns it unwritten, because an idle connection was already closed.
            // A request of which the engine may have read a byte is not sent again there.
            .retry_canceled_requests(true)
            .build(connector.clone());
        Transport::Engine {
            client,
            coalescing,
            authority,
            #[cfg(feature = "ssh")]
            connector,
            base,
        }
    }

    /// The way in which ssh reached the engine last.
    #[cfg(feature = "ssh")]
    pub(crate) fn ssh_route(&self) -> Option<SshRoute> {
        match self {
            Transport::Engine { connector, .. } => connector.ssh_route(),
            Transport::Canned(_) => None,
        }
    }

    /// Sends a request, below the prefix of `version` if there is one. The path and the query are sent byte for byte.
    /// An answer that `is_output` of processes arrives in many small chunks.
    ///
    /// A proxy may close a connection after an answer without saying so. A request that changes nothing, and whose used
    /// connection ended before a byte of the answer, is therefore sent once more, on a new connection.
    pub(crate) async fn send(
        &self,
        version: Option<Version>,
        is_output: bool,
        mut request: http::Request<Body>,
    ) -> Result<http::Response<AnswerBody>, SendError> {
        match self {
            Transport::Canned(answer) => {
                let (head, body) = request.into_parts();
                let body = body.collect().await.map_err(|error| body_failure(&error))?.to_bytes();
                let response = answer(http::Request::from_parts(head, body));
                Ok(response.map(|body| Either::Right(Full::new(body))))
            }
            Transport::Engine { client, coalescing, authority, base, .. } => {
                *request.uri_mut() = absolute(authority, base, version, request.uri()).ok_or(SendError::Path)?;
                let again = repeatable(&request);
                let answer = match (if is_output { coalescing } else { client }.request(request).await, again) {
                    (Err(error), Some(again)) if ended_unanswered(&error) => coalescing.request(again).await,
                    (answer, _) => answer,
                };
                Ok(ReceivedBody::of(answer.map_err(|error| failure(&error))?).map(Either::Left))
            }
        }
    }
}

/// A copy of a request that changes nothing and has no body.
fn repeatable(request: &http::Request<Body>) -> Option<http::Request<Body>> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_safe || !request.body().as_bytes().is_some_and(Bytes::is_empty) {
        return None;
    }
    let mut copy = http::Request::new(Body::default());
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Returns true if a used connection ended before the first byte of the answer.
fn ended_unanswered(error: &ClientError) -> bool {
    let mut extras = http::Extensions::new();
    if let Some(connected) = error.connect_info() {
        connected.get_extras(&mut extras);
    }
    extras.get::<Arc<Exchanges>>().is_some_and(|exchanges| exchanges.is_used_and_unanswered())
}

fn authority(address: &Address) -> Authority {
    let text = address.to_string();
    let authority = text.split_once("://").map_or(text.as_str(), |(_, authority)| authority);
    let authority = authority.strip_suffix(address.base()).unwrap_or(authority);
    authority.parse().expect("an address is displayed as it was parsed, from an authority")
}

fn absolute(authority: &Authority, base: &str, version: Option<Version>, path: &Uri) -> Option<Uri> {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority.clone());
    let path = path.path_and_query()?;
    parts.path_and_query = match version {
        Some(version) => PathAndQuery::try_from(format!("{base}/v{version}{path}")).ok(),
        None => PathAndQuery::try_from(format!("{base}{path}")).ok(),
    };
    Uri::from_parts(parts).ok()
}

fn failure(error: &ClientError) -> SendError {
    let innermost = innermost(error);
    let io = innermost.downcast_ref::<io::Error>();
    if let Some(error) = io.and_then(io::Error::get_ref).and_then(|error| error.downcast_ref::<SshError>()) {
        return SendError::Ssh(error.clone());
    }
    // A connection that is refused after it was opened counts as not opened: the request was not read.
    if error.is_connect() || io.and_then(io::Error::get_ref).is_some_and(|error| error.is::<Refusal>()) {
        return SendError::Connect(io.map_or_else(|| io::Error::other(innermost.to_string()), copy));
    }
    let http = std::error::Error::source(error).and_then(|source| source.downcast_ref::<hyper::Error>());
    let reason = innermost.to_string();
    match http {
        Some(http) if http.is_parse() => SendError::Garbage(reason),
        Some(http) if http.is_user() => io.map_or(SendError::Body { reason, source: None }, body_failure),
        _ => SendError::Lost { reason, source: io.map(|error| copy(error).into()) },
    }
}

/// The failure of a body, with the error that its stream gave.
fn body_failure(error: &io::Error) -> SendError {
    let own = error.get_ref().and_then(|error| error.downcast_ref::<BodyError>());
    SendError::Body {
        reason: error.to_string(),
        source: own
            .map(|BodyError(error)| Cause::shared(Arc::clone(error) as Arc<dyn std::error::Error + Send + Sync>)),
    }
}

/// The error at the end of the chain, which tells the cause.
pub(crate) fn innermost<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error)
}

/// A copy of an I/O error, since the client owns the original.
pub(crate) fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_not_touched_by_its_prefix() {
        let path = Uri::from_static("/containers/%252e%252e/json?a=%20b&c=%2F");
        let version = Version { major: 1, minor: 51 };
        let uri = absolute(&Authority::from_static("docker"), "", Some(version), &path).unwrap();
        assert_eq!(uri.to_string(), "http://docker/v1.51/containers/%252e%252e/json?a=%20b&c=%2F");
        let uri = absolute(&Authority::from_static("a"), "/api/1/docker", None, &Uri::from_static("/_ping")).unwrap();
        assert_eq!(uri.to_string(), "http://a/api/1/docker/_ping");
    }

    #[test]
    fn every_address_has_an_authority() {
        for (text, expected) in
            [("tcp://[::1]:2375", "[::1]:2375"), ("tcp://a_b", "a_b:2375"), ("tcp://a:1/b/c", "a:1")]
        {
            assert_eq!(authority(&crate::address::parse("address", text).unwrap()), expected);
        }
    }
}
