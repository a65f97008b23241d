//! An answer whose head has arrived. Its body is read within the limits, as JSON, text, bytes or nothing, and a refusal
//! becomes an error. It knows no stream and no model.

mod decode;
mod headers;
mod label;
mod words;

use std::borrow::Cow;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use hyper::upgrade::Upgraded;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Sleep;

use crate::error::{Cause, Error, Phase, Result};
use crate::limits::Limits;
use crate::sent_login::SentLogin;
use crate::transport::{AnswerBody, UpgradeFlag, innermost};

pub(crate) use decode::decode;
pub(crate) use label::RequestLabel;
use words::message;
pub(crate) use words::{MESSAGE_BYTES, failure_text, readable};

/// The most bytes of a refusal that are read for its message.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The answer to a request: its head has arrived, its body is still to be read.
///
/// Dropping it unread closes the connection, and the engine stops sending.
pub struct Reply {
    label: RequestLabel,
    response: http::Response<AnswerBody>,
    limits: Limits,
    /// The login that went out with the request.
    login: Option<Box<SentLogin>>,
    /// The timer that runs while a piece of the body is awaited.
    pause: Option<Pin<Box<Sleep>>>,
}

/// The effect of a call that may have nothing to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The engine carried it out.
    Changed,
    /// There was nothing to do (304): a container to start was running, one to stop was not.
    Unchanged,
}

/// A text and the headers of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<H> {
    /// The body of the answer.
    pub text: String,
    /// Its declared headers.
    pub headers: H,
}

impl Reply {
    /// An answer whose head has arrived, whatever its status.
    pub(crate) fn new(
        label: RequestLabel,
        response: http::Response<AnswerBody>,
        limits: Limits,
        login: Option<Box<SentLogin>>,
    ) -> Self {
        Reply { label, response, limits, login, pause: None }
    }

    /// Accepts a successful answer.
    ///
    /// # Errors
    /// [`Error::Api`] with the engine's message, if it is not a success. Redirects are not followed, and count as
    /// refusals.
    pub(crate) async fn accept(self) -> Result<Self> {
        if self.label.accepts(self.status()) { Ok(self) } else { Err(self.refusal().await) }
    }

    /// The status. It is a success, except after [`Call::answer`](crate::Call::answer).
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next piece of the body, as it arrived; `None` at its end.
    ///
    /// # Errors
    /// [`Error::Timeout`] if it does not arrive within [`Limits::idle`], [`Error::Interrupted`] if the connection ends
    /// first.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let operation = self.label.name();
        loop {
            let Poll::Ready(frame) = Pin::new(self.response.body_mut()).poll_frame(context) else {
                return self.poll_pause(context).map(|error| Some(Err(error)));
            };
            self.pause = None;
            match frame.transpose() {
                // Anything but data is trailers, which the engine does not use.
                Ok(Some(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                    _ => {}
                },
                Ok(None) => return Poll::Ready(None),
                Err(error) => {
                    let reason = innermost(&*error).to_string();
                    let source = Some(Cause::shared(error));
                    return Poll::Ready(Some(Err(Error::Interrupted { operation, reason, source })));
                }
            }
        }
    }

    /// Becomes ready once the body has paused for too long.
    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        let Some(limit) = self.limits.idle else { return Poll::Pending };
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(pause.as_mut().poll(context));
        Poll::Ready(Error::Timeout { operation: self.label.name(), phase: Phase::Idle, limit })
    }

    /// The whole body.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond [`Limits::answer_bytes`]; otherwise fails as [`chunk`](Reply::chunk) does.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if (first.len() + rest.len() + chunk.len()) as u64 > self.limits.answer_bytes {
                return Err(Error::TooLarge { operation: self.label.name(), limit: self.limits.answer_bytes });
            }
            // A small answer is one piece, and is not copied.
            if first.is_empty() && rest.is_empty() {
                first = chunk;
                continue;
            }
            rest.extend_from_slice(&std::mem::take(&mut first));
            rest.extend_from_slice(&chunk);
        }
        Ok(if rest.is_empty() { first } else { rest.freeze() })
    }

    /// The whole body as text; bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// Fails as [`bytes`](Reply::bytes) does.
    pub async fn text(self) -> Result<String> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The whole body, decoded from JSON.
    ///
    /// # Errors
    /// [`Error::Decode`] if it is empty, not JSON, or not a `T`; otherwise fails as [`bytes`](Reply::bytes) does.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T> {
        let (operation, login) = (self.label.name(), self.login.take());
        match (decode(operation, &self.bytes().await?), login) {
            (Err(error), Some(login)) => Err(login.explain(error)),
            (answer, _) => answer,
        }
    }

    /// Takes over the connection that an answer 101 gives up. `None` for every other answer, and for a canned engine,
    /// which has no connection.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the connection is lost first.
    pub(crate) async fn upgrade(&mut self) -> Result<Option<Upgraded>> {
        if self.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(None);
        }
        if let Some(upgraded) = self.response.extensions().get::<UpgradeFlag>() {
            upgraded.set();
        }
        match hyper::upgrade::on(&mut self.response).await {
            Ok(connection) => Ok(Some(connection)),
            Err(error) if error.is_user() => Ok(None),
            Err(error) => {
                let reason = innermost(&error).to_string();
                Err(Error::Interrupted { operation: self.label.name(), reason, source: Some(error.into()) })
            }
        }
    }

    /// The name that begins messages.
    pub(crate) fn operation(&self) -> &'static str {
        self.label.name()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Reads and discards the rest of the body, so that the engine completes its work and the connection can be used
    /// again.
    pub(crate) async fn drain(&mut self) -> Result<()> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }

    /// The headers that the row of the operation declares, decoded from an object with their names. Headers whose
    /// values are not of their declared types are left out.
    ///
    /// # Errors
    /// [`Error::Decode`] if they are not an `H`.
    pub fn declared_headers<H: DeserializeOwned>(&self) -> Result<H> {
        let declared = match &self.label {
            RequestLabel::Operation(operation, _) => operation.headers,
            RequestLabel::Path { .. } => &[],
        };
        let object = Value::Object(headers::declared_headers(declared, self.headers()));
        serde_json::from_value(object).map_err(|error| Error::Decode {
            operation: self.label.name(),
            reason: format!("headers: {error}"),
            excerpt: String::new(),
            source: Some(error.into()),
        })
    }

    async fn refusal(mut self) -> Error {
        // An operation may wait for its work, but not for the message of a refusal.
        self.limits.idle = self.limits.idle.or(Limits::default().idle);
        let status = self.status();
        let text = |header: &http::HeaderValue| String::from_utf8_lossy(header.as_bytes()).into_owned();
        let message = match self.headers().get(LOCATION).filter(|_| status.is_redirection()).map(text) {
            Some(location) => {
                let location = self.hide(&location);
                readable(&format!("redirected to {location}, which is not followed"), MESSAGE_BYTES)
            }
            None => {
                let mut body = BytesMut::new();
                // Text that was read before a limit or the end of the connection is still the engine's message.
                while body.len() < REFUSAL_BYTES
                    && let Ok(Some(chunk)) = self.chunk().await
                {
                    body.extend_from_slice(&chunk);
                }
                message(status, &body, |text| self.hide(text).into_owned())
            }
        };
        self.explain(Error::Api { operation: self.label.name(), endpoint: self.label.endpoint(), status, message })
    }

    /// Hides the secrets of the login that went out with the request.
    pub(crate) fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.login {
            Some(login) => login.hide(text).into(),
            None => text.into(),
        }
    }

    /// Completes an error of this answer by the login that went out with the request.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match &self.login {
            Some(login) => login.explain(error),
            None => error,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("label", &self.label).field("status", &self.status()).finish_non_exhaustive()
    }
}
