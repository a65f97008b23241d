//! An answer as JSON values of one type: events, samples, progress. A failure that the engine reports inside a success
//! is an error here.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::StreamError;
use super::explain::explain;
use super::values::Values;
use crate::error::{Error, Result, exit_code};
use crate::reply::{MESSAGE_BYTES, Reply, decode, failure_text, readable};

/// An answer as JSON values: a [`Stream`] of `T`.
///
/// A value that is not a `T` is [`Error::Decode`], and the next one follows it. Every other error ends the stream:
/// [`Error::Failed`] with the engine's message about its own failure, [`Error::Interrupted`] if the connection is lost
/// or ends inside a value, [`Error::TooLarge`] for a value beyond
/// [`Limits::answer_bytes`](crate::Limits::answer_bytes).
#[must_use = "dropping it closes the connection, and the engine stops"]
pub struct JsonStream<T> {
    reply: Reply,
    values: Values,
    ended: bool,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> JsonStream<T> {
    pub(crate) fn new(reply: Reply) -> Self {
        let limit = usize::try_from(reply.limits().answer_bytes).unwrap_or(usize::MAX);
        JsonStream { values: Values::new(limit), reply, ended: false, item: PhantomData }
    }

    /// The next value; `None` at the end.
    ///
    /// # Errors
    /// The errors that [`JsonStream`] names.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|context| self.poll_value(context)).await
    }

    /// Reads to the end and returns the last value, for work of which only the outcome matters, such as a push.
    ///
    /// # Errors
    /// The first error of the stream.
    pub async fn last(mut self) -> Result<Option<T>> {
        let mut last = None;
        while let Some(value) = self.next().await {
            last = Some(value?);
        }
        Ok(last)
    }

    /// Reads the values as another type.
    pub(crate) fn retyped<U>(self) -> JsonStream<U> {
        let JsonStream { reply, values, ended, item: _ } = self;
        JsonStream { reply, values, ended, item: PhantomData }
    }

    /// The name that begins messages.
    pub(crate) fn operation(&self) -> &'static str {
        self.reply.operation()
    }

    pub(crate) fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        while !self.ended {
            let value = match self.values.next() {
                Ok(None) => match ready!(self.reply.poll_chunk(context)) {
                    Some(Ok(piece)) => {
                        self.values.push(piece);
                        continue;
                    }
                    Some(Err(error)) => Err(error),
                    None => {
                        self.ended = true;
                        match self.values.finish() {
                            Ok(None) => return Poll::Ready(None),
                            Ok(Some(value)) => self.read(&value),
                            Err(broken) => Err(self.explain(broken)),
                        }
                    }
                },
                Ok(Some(value)) => self.read(&value),
                Err(broken) => Err(self.explain(broken)),
            };
            self.ended |= matches!(&value, Err(error) if !matches!(error, Error::Decode { .. }));
            return Poll::Ready(Some(value));
        }
        Poll::Ready(None)
    }

    fn read(&self, value: &Bytes) -> Result<T> {
        let value = match failure(value, &self.reply) {
            Some(failure) => Err(failure),
            None => decode(self.reply.operation(), value),
        };
        value.map_err(|error| self.reply.explain(error))
    }

    fn explain(&mut self, broken: StreamError) -> Error {
        self.ended = true;
        explain(self.reply.operation(), broken)
    }
}

impl<T: DeserializeOwned> Stream for JsonStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_value(context)
    }
}

impl<T> fmt::Debug for JsonStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonStream").field("reply", &self.reply).finish_non_exhaustive()
    }
}

/// The error of a value by which an engine reports a failure after it has begun to answer, if it is one.
fn failure(value: &[u8], reply: &Reply) -> Option<Error> {
    // Most values hold no such key, and searching is cheaper than parsing.
    memchr::memmem::find(value, br#""error"#)?;
    let value: Value = serde_json::from_slice(value).ok()?;
    let is_failure = |name| value.get(name).is_some_and(|value: &Value| value.is_string() || value.is_object());
    if !is_failure("error") && !is_failure("errorDetail") {
        return None;
    }
    let message = failure_text(&value).unwrap_or("no message");
    let code = value.pointer("/errorDetail/code").and_then(Value::as_i64).filter(|code| *code != 0);
    // BuildKit gives the exit code in words only.
    let code = code.or_else(|| exit_code(message));
    let message = readable(&reply.hide(message), MESSAGE_BYTES);
    Some(Error::Failed { operation: reply.operation(), message, code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::canned;

    async fn stream<T: DeserializeOwned>(body: &'static str) -> JsonStream<T> {
        canned(body).await.into_json_stream()
    }

    #[tokio::test]
    async fn the_last_value_is_that_of_a_stream_without_errors() {
        assert_eq!(stream::<u8>("1 2\n3").await.last().await.unwrap(), Some(3));
        assert_eq!(stream::<u8>("").await.last().await.unwrap(), None);
        assert!(stream::<u8>("1 \"x\" 3").await.last().await.is_err());
    }

    #[tokio::test]
    async fn only_the_engines_own_error_is_a_failure() {
        for value in [
            r#"{"status":"\"error\""}"#,
            r#"{"error":null,"errorDetail":null}"#,
            r#"{"error":0}"#,
            r#"{"Actor":{"Attributes":{"error":"x","errorDetail":{"message":"y"}}}}"#,
            r#"["error"]"#,
        ] {
            let mut stream = stream::<serde_json::Value>(value).await;
            assert_eq!(
                stream.next().await.unwrap().unwrap(),
                serde_json::from_str::<serde_json::Value>(value).unwrap()
            );
        }
    }

    #[tokio::test]
    async fn a_failure_has_the_words_and_the_code_that_the_engine_gave() {
        for (value, expected) in [
            (r#"{"error":"a","errorDetail":{"message":"b","code":2}}"#, ("b", Some(2))),
            (r#"{"error":"a","errorDetail":{}}"#, ("a", None)),
            (r#"{"errorDetail":{"code":0,"message":"b"}}"#, ("b", None)),
            (r#"{"errorDetail":{"message":"b: exit code: 7"}}"#, ("b: exit code: 7", Some(7))),
            (r#"{"error":"a\nb"}"#, ("a b", None)),
            (r#"{"error":"","cause":"b"}"#, ("b", None)),
            (r#"{"error":"","errorDetail":{}}"#, ("no message", None)),
        ] {
            match stream::<serde_json::Value>(value).await.next().await {
                Some(Err(Error::Failed { message, code, .. })) => assert_eq!((&*message, code), expected),
                other => panic!("{value}: {other:?}"),
            }
        }
    }
}
