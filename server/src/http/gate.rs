//! The gate in front of an endpoint: answers probes, and lets only those through who call an allowed host, from an
//! allowed origin, with a token.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use dockwright::bytes::Bytes;
use http::header::{ALLOW, AUTHORIZATION, HeaderMap, HeaderValue, TRANSFER_ENCODING, WWW_AUTHENTICATE};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::Service;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, busy, last, refusal, text};
use super::body::{Bodies, BodyProblem};
use super::hosts::Hosts;
use super::listener::Peer;
use super::log::BoundedLog;
use super::origins::Origins;
use super::token_file::TokenFile;

/// The name of the token with which a request came, among its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(pub Arc<str>);

/// A future answer.
type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The gate in front of one endpoint. Clones are of one gate.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    hosts: Hosts,
    origins: Origins,
    tokens: TokenFile,
    /// Cancelled when the server is drained.
    drain: CancellationToken,
    path: &'static str,
    endpoint: Box<dyn Fn(Request<Bytes>) -> Answering + Send + Sync>,
    bodies: Bodies,
    log: BoundedLog,
}

impl Gate {
    /// Guards the endpoint at a path. Requests reach it with their whole body and their [`TokenName`].
    pub fn new<F: Future<Output = Answer> + Send + 'static>(
        hosts: Hosts,
        origins: Origins,
        tokens: TokenFile,
        drain: CancellationToken,
        path: &'static str,
        endpoint: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    ) -> Self {
        let endpoint = Box::new(move |request| -> Answering { Box::pin(endpoint(request)) });
        let (bodies, log) = (Bodies::default(), BoundedLog::default());
        Gate(Arc::new(Inner { hosts, origins, tokens, drain, path, endpoint, bodies, log }))
    }
}

impl Service<Request<Incoming>> for Gate {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let gate = Arc::clone(&self.0);
        Box::pin(async move { Ok(gate.answer(request).await.unwrap_or_else(|refusal| *refusal)) })
    }
}

impl Inner {
    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Box<Answer>> {
        let (mut parts, body) = request.into_parts();
        // Load balancers probe by address, and learn nothing here, so any host will do.
        match parts.uri.path() {
            "/healthz" => return Ok(probe(&parts.method, || text(StatusCode::OK, "ok"))),
            "/readyz" => return Ok(probe(&parts.method, || self.readiness())),
            _ => {}
        }
        self.hosts.check(&parts).map_err(|(status, line)| Box::new(refusal(status, line)))?;
        self.origins.check(&parts.headers)?;
        if parts.uri.path() != self.path {
            return Err(Box::new(refusal(StatusCode::NOT_FOUND, "not found")));
        }
        let Some(name) = self.token_name(&parts.headers) else {
            if let Some(peer) = parts.extensions.get::<Peer>() {
                self.log.say(&format!("a request from {peer} had no valid token"));
            }
            return Err(Box::new(unauthorized()));
        };
        if is_coded(&parts.headers) {
            return Err(Box::new(refusal(StatusCode::NOT_IMPLEMENTED, "the only transfer coding is chunked")));
        }
        if self.drain.is_cancelled() {
            return Err(Box::new(busy("draining")));
        }
        let body =
            self.bodies.read(body).await.map_err(|BodyProblem(status, line)| Box::new(refusal(status, &line)))?;
        parts.headers.remove(AUTHORIZATION);
        parts.extensions.insert(TokenName(name));
        Ok((self.endpoint)(Request::from_parts(parts, body)).await)
    }

    /// The name of the one token of a request.
    fn token_name(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| self.tokens.name_of(token.trim()))?
    }

    fn readiness(&self) -> Answer {
        if self.drain.is_cancelled() { busy("draining") } else { text(StatusCode::OK, "ready") }
    }
}

/// Returns true for a body in a coding that nothing here undoes, which a proxy in front may have undone. A request that
/// gives a length too is read in chunks, and hyper then ends the connection.
fn is_coded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    codings.next().is_some_and(|coding| !is_chunked(coding) || codings.next().is_some())
}

fn probe(method: &Method, answer: impl Fn() -> Answer) -> Answer {
    if matches!(*method, Method::GET | Method::HEAD) {
        // Nobody keeps a place without a token.
        return last(answer());
    }
    let mut answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "use GET");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

fn unauthorized() -> Answer {
    let mut answer = refusal(StatusCode::UNAUTHORIZED, "a bearer token is required");
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}
