//! Passes an answer of the engine on: status, known headers, and the body as fast as the client takes it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use dockwright::bytes::{Bytes, BytesMut};
use dockwright::operation::{Answer, Operation};
use dockwright::{ByteStream, Error, Reply, Value};
use dockwright_policy::Policy;
use futures_core::Stream;
use http::header::{CONTENT_LENGTH, HeaderMap};
use http::{Method, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::BodyExt;

use super::answer::{ProxyAnswer, ProxyBody, whole};
use super::failure::Failure;
use super::headers::passed_on;
use super::record::Record;
use super::revocation::Revocation;
use super::versions;
use crate::secrets::hide_environment;

/// The most bytes of an answer that is rewritten.
const MOST_REWRITTEN_BYTES: usize = 16 << 20;

/// The answer for the client.
pub(super) async fn answer(
    operation: &Operation,
    reply: Reply,
    policy: &Policy,
    record: Record,
    revocation: Revocation,
) -> Result<ProxyAnswer, Failure> {
    let length = reply.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let (status, mut headers) = (reply.status(), passed_on(operation, reply.headers()));
    let is_empty = length == Some(0) || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if operation.method == Method::HEAD || is_empty {
        record.end(status, 0);
        return Ok(with_body(status, headers, whole(Bytes::new())));
    }
    let rewrites = rewrites(operation, policy);
    if !rewrites.is_empty() && status.is_success() {
        return match rewritten(reply, &rewrites).await {
            Ok(bytes) => {
                record.end(status, bytes.len() as u64);
                Ok(with_body(status, headers, whole(bytes)))
            }
            Err(failure) => {
                record.fail(&failure);
                Err(failure)
            }
        };
    }
    headers.extend(length.map(|length| (CONTENT_LENGTH, length.into())));
    let body = Source::Answer(Box::new(reply.into_byte_stream())).into_body(status, length, record, revocation);
    Ok(with_body(status, headers, body))
}

pub(super) fn with_body(status: StatusCode, headers: HeaderMap, body: ProxyBody) -> ProxyAnswer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

/// The changes of an answer in JSON.
fn rewrites(operation: &Operation, policy: &Policy) -> Vec<fn(&mut Value)> {
    let hides = policy.hides_environment && operation.answer == Answer::Json;
    let hide = hides.then_some(hide_environment as fn(&mut Value));
    let cap = versions::are_told_by(operation).then_some(versions::cap as fn(&mut Value));
    hide.into_iter().chain(cap).collect()
}

/// An answer in JSON with its changes.
async fn rewritten(mut reply: Reply, rewrites: &[fn(&mut Value)]) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = reply.chunk().await.map_err(Failure::Engine)? {
        if bytes.len() + piece.len() > MOST_REWRITTEN_BYTES {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    if bytes.is_empty() {
        return Ok(Bytes::new());
    }
    let mut value: Value = serde_json::from_slice(&bytes).map_err(|error| {
        let reason = error.to_string();
        Failure::Engine(Error::Interrupted { operation: "answer", reason, source: None })
    })?;
    rewrites.iter().for_each(|rewrite| rewrite(&mut value));
    Ok(value.to_string().into())
}

/// Bytes of the engine for a client.
pub(super) enum Source {
    /// An answer.
    Answer(Box<ByteStream>),
    /// Output on a connection whose protocol was switched.
    Output(dockwright::Body),
}

impl Source {
    /// The body of the answer. Dropped, it closes the connection to the engine.
    pub(super) fn into_body(
        self,
        status: StatusCode,
        length: Option<u64>,
        record: Record,
        revocation: Revocation,
    ) -> ProxyBody {
        RelayedBody { source: self, status, length, passed: 0, record: Some(record), revocation }.boxed_unsync()
    }

    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match self {
            Source::Answer(answer) => Pin::new(answer).poll_next(context).map_err(io::Error::other),
            Source::Output(output) => {
                let frame = Pin::new(output).poll_frame(context);
                frame.map_ok(|frame| frame.into_data().unwrap_or_default())
            }
        }
    }
}

/// The body of an answer on its way to the client.
struct RelayedBody {
    source: Source,
    status: StatusCode,
    /// The bytes of all, if that is known.
    length: Option<u64>,
    /// The bytes so far.
    passed: u64,
    /// `None` once the end is told.
    record: Option<Record>,
    revocation: Revocation,
}

impl RelayedBody {
    /// Tells the end of an answer that has passed whole.
    fn end(&mut self) {
        let (status, passed) = (self.status, self.passed);
        self.record.take().into_iter().for_each(|record| record.end(status, passed));
    }
}

impl Body for RelayedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let relayed = &mut *self;
        if relayed.record.is_none() {
            return Poll::Ready(None);
        }
        if relayed.revocation.as_mut().poll(context).is_ready() {
            relayed.record.take().into_iter().for_each(|record| record.fail(&Failure::Revoked));
            return Poll::Ready(Some(Err(io::Error::other(Failure::Revoked.message()))));
        }
        match relayed.source.poll_bytes(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(bytes))) => {
                relayed.passed += bytes.len() as u64;
                // A client that has them all asks for no more.
                if relayed.length == Some(relayed.passed) {
                    relayed.end();
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Poll::Ready(Some(Err(error))) => {
                relayed.record.take().into_iter().for_each(Record::interrupted);
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(None) => {
                relayed.end();
                Poll::Ready(None)
            }
        }
    }
}
