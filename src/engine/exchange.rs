//! Sends every request: negotiates the version, applies limits, maps failures.

use http::StatusCode;

use super::no_engine::{self, Peer};
use super::{Engine, newest, oldest};
use crate::body::Body;
use crate::error::{Error, Phase, Result, SshError};
use crate::limits::with_limit;
use crate::negotiation::{Agreement, newest_version};
use crate::operation::Answer;
use crate::reply::{Reply, RequestLabel};
use crate::sent_login::SentLogin;
use crate::transport::SendError;
use crate::version::Version;

impl Engine {
    /// Sends a request below the version prefix and returns its answer once the head has arrived. `known` refuses
    /// versions that do not know the request, before it is sent.
    pub(crate) async fn exchange(
        &self,
        label: RequestLabel,
        request: http::Request<Body>,
        known: impl Fn(Version) -> Result<()>,
    ) -> Result<Reply> {
        let version = self.api_version().await?;
        known(version)?;
        let again = copy(&request);
        let result = self.exchange_at(Some(version), label.clone(), request).await;
        match (&result, again) {
            // Another engine is at the address now, and refused an API version that it does not speak.
            (Err(error), Some(again)) if refuses_version(error) && self.known_api_version() != Some(version) => {
                let version = self.api_version().await?;
                known(version)?;
                self.exchange_at(Some(version), label, again).await
            }
            _ => result,
        }
    }

    async fn exchange_at(
        &self,
        version: Option<Version>,
        label: RequestLabel,
        request: http::Request<Body>,
    ) -> Result<Reply> {
        self.answer_at(version, label, request).await?.accept().await
    }

    /// Sends a request once, below the prefix of a version if there is one, and returns its answer whatever the status.
    pub(crate) async fn answer_at(
        &self,
        version: Option<Version>,
        label: RequestLabel,
        mut request: http::Request<Body>,
    ) -> Result<Reply> {
        self.add_headers(request.headers_mut());
        let operation = label.name();
        let limits = match &label {
            RequestLabel::Operation(_, waits) => self.inner.limits.for_call(*waits),
            RequestLabel::Path { .. } => self.inner.limits,
        };
        let is_output =
            matches!(&label, RequestLabel::Operation(operation, _) if operation.answer == Answer::LogStream);
        let login = SentLogin::of(&request);
        match with_limit(limits.first_byte, self.inner.transport.send(version, is_output, request)).await {
            Ok(Ok(response)) => {
                if let Some(engine) = newest_version(response.headers()) {
                    self.inner.version.hear(engine);
                }
                Ok(Reply::new(label, response, limits, login))
            }
            Ok(Err(failure)) => Err(self.explain(operation, failure)),
            Err(_) => {
                let limit = limits.first_byte.unwrap_or_default();
                Err(Error::Timeout { operation, phase: Phase::FirstByte, limit })
            }
        }
    }

    pub(super) async fn negotiate(&self) -> Result<Agreement> {
        // GET and not HEAD, because more proxies in front of engines allow it.
        let mut ping = http::Request::new(Body::default());
        *ping.uri_mut() = http::Uri::from_static("/_ping");
        let label = RequestLabel::Path { name: "negotiation", method: http::Method::GET, path: "/_ping".into() };
        let peer = Peer { address: self.inner.address.as_ref(), is_encrypted: self.inner.tls.is_some() };
        let mut reply = self.exchange_at(None, label, ping).await.map_err(|error| no_engine::explain(&peer, error))?;
        let engine = newest_version(reply.headers()).ok_or_else(|| Error::NoEngine {
            address: self.address(),
            problem: "it answers GET /_ping without the header Api-Version".to_owned(),
            remedy: "another HTTP server is there: correct the address or its port".to_owned(),
            is_temporary: false,
        })?;
        reply.drain().await.map_err(|error| no_engine::explain(&peer, error))?;
        if engine < oldest() {
            return Err(Error::TooOld { engine, oldest: oldest(), address: self.address() });
        }
        Ok(Agreement { version: engine.min(newest()), engine })
    }

    fn explain(&self, operation: &'static str, failure: SendError) -> Error {
        match failure {
            SendError::Connect(error) => {
                let (kind, reason) = (error.kind(), error.to_string());
                Error::Unreachable { address: self.address(), kind, reason, source: Some(error.into()) }
            }
            SendError::Ssh(SshError { fault, said }) => Error::Ssh { address: self.address(), fault, said },
            SendError::Lost { reason, source } => Error::Interrupted { operation, reason, source },
            SendError::Body { reason, source } => Error::Body { operation, reason, source },
            SendError::Garbage(reason) => {
                let reason = format!("not HTTP: {reason}");
                Error::Decode { operation, reason, excerpt: String::new(), source: None }
            }
            SendError::Path => Error::Argument {
                operation,
                argument: "uri".into(),
                expected: "path and query to have 65,000 bytes at most".into(),
                got: "more".into(),
            },
        }
    }
}

/// Tells whether the engine refused the version of a request, before anything else of it. Any other refusal may come
/// after a part of the work was done.
fn refuses_version(error: &Error) -> bool {
    let Error::Api { status: StatusCode::BAD_REQUEST, message, .. } = error else { return false };
    message.contains("version") && ["too new", "too old"].iter().any(|words| message.contains(words))
}

/// A copy of a request, unless its body is a stream.
fn copy(request: &http::Request<Body>) -> Option<http::Request<Body>> {
    let mut copy = http::Request::new(Body::from(request.body().as_bytes()?.clone()));
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    Some(copy)
}
