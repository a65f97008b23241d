//! An answer whose head has come: its body is read here, within the limits, as JSON, text, bytes or nothing; a refusal
//! becomes an error. It knows no connection and no model.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode};
use http_body::Body as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::Sleep;

use crate::error::{Error, Phase, Result};
use crate::limits::Limits;
use crate::operation::{Header, Kind, Operation, Segment};
use crate::stream::{ByteStream, Duplex, JsonStream, LogStream};
use crate::transport::{Answer, HandedOver, innermost};

/// How much of a refusal is read for its message.
const REFUSAL_BYTES: usize = 64 * 1024;
/// How much of a message is shown.
pub(crate) const MESSAGE_BYTES: usize = 1024;
/// How much of an answer is shown on either side of the place where it could not be decoded.
const EXCERPT_BYTES: usize = 120;

/// The answer to a request: its head is here, its body is still to be read.
///
/// Dropping it unread closes the connection, and the engine stops sending.
pub struct Reply {
    asked: Asked,
    response: http::Response<Answer>,
    limits: Limits,
    /// Runs while a piece of the body is awaited.
    pause: Option<Pin<Box<Sleep>>>,
}

/// Whether a call changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The engine did it.
    Changed,
    /// All was so already (304): a container to start was running, one to stop was not.
    Unchanged,
}

/// A text and the headers beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<H> {
    /// The body of the answer.
    pub text: String,
    /// Its declared headers.
    pub headers: H,
}

/// What was asked, for messages and for the statuses that are a success.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// A row of the table.
    Operation(&'static Operation),
    /// A path.
    Path { name: &'static str, method: Method, path: String },
}

impl Asked {
    /// The name that stands before every message.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Asked::Operation(operation) => operation.name,
            Asked::Path { name, .. } => name,
        }
    }

    fn endpoint(&self) -> String {
        match self {
            Asked::Path { method, path, .. } => format!("{method} {path}"),
            Asked::Operation(operation) => {
                let path = operation.path.iter().map(|segment| match segment {
                    Segment::Literal(literal) => format!("/{literal}"),
                    Segment::Argument(name) => format!("/{{{name}}}"),
                });
                format!("{} {}", operation.method, path.collect::<String>())
            }
        }
    }

    /// Any 2xx, since descriptions forget some, and what the row declares beside them: 304, and 101 where it hands the
    /// connection over.
    fn accepts(&self, status: StatusCode) -> bool {
        let declared = |operation: &Operation| operation.statuses.contains(&status.as_u16());
        status.is_success() || matches!(self, Asked::Operation(operation) if declared(operation))
    }
}

impl Reply {
    /// Takes an answer that is a success.
    ///
    /// # Errors
    /// [`Error::Api`] with what the engine said, if it is none. Redirects are not followed, and so are none.
    pub(crate) async fn accept(asked: Asked, response: http::Response<Answer>, limits: Limits) -> Result<Self> {
        let reply = Reply { asked, response, limits, pause: None };
        if reply.asked.accepts(reply.status()) { Ok(reply) } else { Err(reply.refusal().await) }
    }

    /// The status; a success.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next piece of the body, in the size it came in; `None` at its end.
    ///
    /// # Errors
    /// [`Error::Timeout`] if it does not come within [`Limits::idle`], [`Error::Interrupted`] if the connection ends first.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let operation = self.asked.name();
        loop {
            let Poll::Ready(frame) = Pin::new(self.response.body_mut()).poll_frame(context) else {
                return self.poll_pause(context).map(|error| Some(Err(error)));
            };
            self.pause = None;
            match frame.transpose() {
                // Anything but data is trailers, which the engine has no use for.
                Ok(Some(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                    _ => {}
                },
                Ok(None) => return Poll::Ready(None),
                Err(error) => {
                    let reason = innermost(&*error).to_string();
                    return Poll::Ready(Some(Err(Error::Interrupted { operation, reason })));
                }
            }
        }
    }

    /// Ready once the body has paused for too long.
    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<Error> {
        let Some(limit) = self.limits.idle else { return Poll::Pending };
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(pause.as_mut().poll(context));
        Poll::Ready(Error::Timeout { operation: self.asked.name(), phase: Phase::Idle, limit })
    }

    /// The whole body.
    ///
    /// # Errors
    /// Those of [`chunk`](Reply::chunk), and [`Error::TooLarge`] beyond [`Limits::answer_bytes`].
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if (first.len() + rest.len() + chunk.len()) as u64 > self.limits.answer_bytes {
                return Err(Error::TooLarge { operation: self.asked.name(), limit: self.limits.answer_bytes });
            }
            // A small answer is one piece: it is handed on as it came.
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
    /// Those of [`bytes`](Reply::bytes).
    pub async fn text(self) -> Result<String> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The whole body, decoded from JSON.
    ///
    /// # Errors
    /// Those of [`bytes`](Reply::bytes), and [`Error::Decode`] if it is empty, not JSON, or not a `T`.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let operation = self.asked.name();
        decode(operation, &self.bytes().await?)
    }

    /// The body as bytes, for as long as it lasts.
    pub fn into_byte_stream(self) -> ByteStream {
        ByteStream::new(self)
    }

    /// The body as JSON values, for as long as it lasts.
    pub fn into_json_stream<T: DeserializeOwned>(self) -> JsonStream<T> {
        JsonStream::new(self)
    }

    /// The body as what processes wrote: with a terminal the bytes as they are, without one taken apart into stdout and
    /// stderr.
    pub fn into_log_stream(self, terminal: bool) -> LogStream {
        LogStream::of_reply(self, terminal)
    }

    /// The connection itself, if the engine gave it up to both sides (101); else what it answered, to read only. What comes
    /// out is read as by [`into_log_stream`](Reply::into_log_stream).
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the connection is lost before it is handed over.
    pub async fn into_duplex(mut self, terminal: bool) -> Result<Duplex> {
        if self.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Duplex::answered(self, terminal));
        }
        let operation = self.asked.name();
        if let Some(handed_over) = self.response.extensions().get::<HandedOver>() {
            handed_over.set();
        }
        match hyper::upgrade::on(&mut self.response).await {
            Ok(connection) => Ok(Duplex::upgraded(operation, connection, terminal)),
            // A canned engine has no connection: its body is all that comes.
            Err(error) if error.is_user() => Ok(Duplex::answered(self, terminal)),
            Err(error) => Err(Error::Interrupted { operation, reason: innermost(&error).to_string() }),
        }
    }

    /// The name that stands before messages.
    pub(crate) fn operation(&self) -> &'static str {
        self.asked.name()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Reads to the end what nobody wants, so that the work is done and the connection can be used again.
    pub(crate) async fn drain(&mut self) -> Result<()> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }

    /// The headers that the row of the operation declares, decoded as an object that has their names. What is not written as
    /// the row says is left out.
    ///
    /// # Errors
    /// [`Error::Decode`] if they are not an `H`.
    pub fn declared_headers<H: DeserializeOwned>(&self) -> Result<H> {
        let declared = match &self.asked {
            Asked::Operation(operation) => operation.headers,
            Asked::Path { .. } => &[],
        };
        let object = Value::Object(headers(declared, self.headers()));
        serde_json::from_value(object).map_err(|error| Error::Decode {
            operation: self.asked.name(),
            reason: format!("headers: {error}"),
            excerpt: String::new(),
        })
    }

    async fn refusal(mut self) -> Error {
        // An operation may wait for its work, but nobody waits for why it was refused.
        self.limits.idle = self.limits.idle.or(Limits::default().idle);
        let status = self.status();
        let text = |header: &http::HeaderValue| String::from_utf8_lossy(header.as_bytes()).into_owned();
        let message = match self.headers().get(LOCATION).filter(|_| status.is_redirection()).map(text) {
            Some(location) => readable(&format!("redirected to {location}, which is not followed"), MESSAGE_BYTES),
            None => {
                let mut body = BytesMut::new();
                // What was read until a limit or the end of the connection is still the engine's word.
                while body.len() < REFUSAL_BYTES
                    && let Ok(Some(chunk)) = self.chunk().await
                {
                    body.extend_from_slice(&chunk);
                }
                message(status, &body)
            }
        };
        Error::Api { operation: self.asked.name(), endpoint: self.asked.endpoint(), status, message }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("asked", &self.asked).field("status", &self.status()).finish_non_exhaustive()
    }
}

pub(crate) fn decode<T: DeserializeOwned>(operation: &'static str, bytes: &[u8]) -> Result<T> {
    let failed = |reason, excerpt| Err(Error::Decode { operation, reason, excerpt });
    if bytes.is_empty() {
        return failed("it is empty, JSON was expected".into(), String::new());
    }
    // Checked at once, and not string by string.
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => match serde_json::from_slice::<Value>(bytes) {
            Err(error) => return failed(error.to_string(), excerpt(bytes, &error)),
            Ok(_) => return failed(error.to_string(), String::new()),
        },
    };
    serde_json::from_str(text).or_else(|error| {
        // Go writes a list that was never made as null: `GET /containers/{id}/changes` does.
        let unmade = bytes.trim_ascii() == b"null";
        match unmade.then(|| serde_json::from_str("[]")) {
            Some(Ok(empty_list)) => Ok(empty_list),
            _ => failed(error.to_string(), excerpt(bytes, &error)),
        }
    })
}

/// What the answer holds around the place of an error.
fn excerpt(bytes: &[u8], error: &serde_json::Error) -> String {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let place = (before + error.column()).min(bytes.len());
    let from = boundary(bytes, place.saturating_sub(EXCERPT_BYTES));
    let to = boundary(bytes, (place + EXCERPT_BYTES).min(bytes.len()));
    readable(&String::from_utf8_lossy(&bytes[from..to]), MESSAGE_BYTES)
}

/// The start of the character in which `index` lies.
fn boundary(bytes: &[u8], index: usize) -> usize {
    (index.saturating_sub(3)..=index)
        .rev()
        .find(|at| bytes.get(*at).is_none_or(|byte| byte & 0xC0 != 0x80))
        .unwrap_or(index)
}

/// The message of a refusal: `{"message"}` as the engine sends it, whatever else there is, or the status in words.
fn message(status: StatusCode, body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        message: String,
    }
    let text = match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => readable(&refusal.message, MESSAGE_BYTES),
        Err(_) => readable(&String::from_utf8_lossy(body), MESSAGE_BYTES),
    };
    if text.is_empty() { status.canonical_reason().unwrap_or("no message").to_owned() } else { text }
}

/// Text of the engine for a message on one line: control characters become spaces, and it ends after `limit` bytes.
pub(crate) fn readable(text: &str, limit: usize) -> String {
    let mut readable = String::new();
    for word in text.split(|character: char| character.is_control()).map(str::trim).filter(|word| !word.is_empty()) {
        readable.push_str(if readable.is_empty() { "" } else { " " });
        readable.push_str(word);
        if readable.len() > limit {
            let end = boundary(readable.as_bytes(), limit - '…'.len_utf8());
            readable.truncate(end);
            readable.push('…');
            break;
        }
    }
    readable
}

/// The declared headers that are there, by the names of the description. What should be a number, a boolean or an object in
/// base64 and is not counts as absent: one odd header must not spoil the answer.
fn headers(declared: &[Header], headers: &HeaderMap) -> Map<String, Value> {
    let value = |header: &Header| {
        let text = String::from_utf8_lossy(headers.get(header.name)?.as_bytes()).into_owned();
        match header.kind {
            Kind::Boolean => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
            Kind::Integer | Kind::Number => text.parse().ok().map(Value::Number),
            Kind::Object => serde_json::from_slice(&STANDARD.decode(text).ok()?).ok().filter(Value::is_object),
            Kind::String | Kind::Array => Some(Value::String(text)),
        }
    };
    declared.iter().filter_map(|header| Some((header.name.to_owned(), value(header)?))).collect()
}

#[cfg(test)]
mod tests;
