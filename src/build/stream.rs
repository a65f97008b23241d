//! An answer as the events of a build, whichever builder made it.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::classic::Classic;
use super::event::{BuildEvent, StepProgress};
use super::parts::{BuildMessage, BuildPart, Parts};
use super::trace::{TRACE_ID, Trace, TraceError};
use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::stream::JsonStream;

/// A build: a [`Stream`] of [`BuildEvent`].
///
/// A step that fails ends it with [`Error::Step`], any other failure with the errors that [`JsonStream`] names. A
/// message that cannot be read is [`Error::Decode`], and the next event follows it. Memory is bounded, however much a
/// build writes.
#[must_use = "dropping it closes the connection, and the engine ends the build"]
pub struct BuildStream {
    operation: &'static str,
    parts: Parts,
    trace: Trace,
    classic: Classic,
    waiting: VecDeque<Result<BuildEvent>>,
    ended: bool,
    /// Dropped after the messages, so that the engine ends the build before it misses anything.
    kept: Vec<Box<dyn Send + Sync>>,
}

impl<T: DeserializeOwned> JsonStream<T> {
    /// Reads the messages of a build as its events. Messages that were read before are not among them.
    pub fn into_build(self) -> BuildStream {
        let messages: JsonStream<BuildMessage> = self.retyped();
        BuildStream::new(messages.operation(), Parts::Messages(Box::new(messages)))
    }
}

impl Reply {
    /// The answer as the events of a build.
    pub fn into_build(self) -> BuildStream {
        self.into_json_stream::<BuildMessage>().into_build()
    }
}

impl BuildStream {
    fn new(operation: &'static str, parts: Parts) -> Self {
        let (trace, classic, waiting) = (Trace::default(), Classic::default(), VecDeque::new());
        BuildStream { operation, parts, trace, classic, waiting, ended: false, kept: Vec::new() }
    }

    /// A build whose parts a task sends.
    #[cfg(feature = "session")]
    pub(crate) fn of_parts(operation: &'static str, parts: tokio::sync::mpsc::Receiver<Result<BuildPart>>) -> Self {
        BuildStream::new(operation, Parts::Task { operation, parts, ended: false })
    }

    /// Keeps a value until the stream is dropped, such as the session of the build.
    pub fn keeping(mut self, value: impl Send + Sync + 'static) -> Self {
        self.kept.push(Box::new(value));
        self
    }

    /// The next event; `None` at the end of a build that succeeded.
    ///
    /// # Errors
    /// The errors that [`BuildStream`] names.
    pub async fn next(&mut self) -> Option<Result<BuildEvent>> {
        std::future::poll_fn(|context| self.poll_event(context)).await
    }

    /// Reads to the end and returns the id of the image that was made last; `None` if the engine named none, as with
    /// `outputs`.
    ///
    /// # Errors
    /// The first error of the stream.
    pub async fn image(mut self) -> Result<Option<String>> {
        let mut image = None;
        while let Some(event) = self.next().await {
            if let BuildEvent::Image { id } = event? {
                image = Some(id);
            }
        }
        Ok(image)
    }

    /// The number of fields of BuildKit's trace so far that this version does not know, and left out.
    #[must_use]
    pub fn unknown_fields(&self) -> u64 {
        self.trace.unknown_fields()
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<BuildEvent>>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Poll::Ready(Some(event));
            }
            match self.trace.next_event() {
                Ok(Some(event)) => return Poll::Ready(Some(Ok(event))),
                Ok(None) if self.ended => return Poll::Ready(None),
                Ok(None) => match ready!(self.parts.poll_part(context)) {
                    Some(Ok(BuildPart::Message(message))) => self.read(message),
                    Some(Ok(BuildPart::Trace(message))) => self.trace.push_message(message),
                    Some(Ok(BuildPart::Image(id))) => self.waiting.push_back(Ok(BuildEvent::Image { id })),
                    Some(Ok(BuildPart::End)) => {}
                    Some(Err(error)) => self.fail(error),
                    None => {
                        self.ended = true;
                        self.classic.finish(|event| self.waiting.push_back(Ok(event)));
                    }
                },
                Err(error) => return Poll::Ready(Some(Err(self.explain(&error)))),
            }
        }
    }

    fn read(&mut self, message: BuildMessage) {
        let BuildMessage { stream, status, id, progress, aux } = message;
        if let Some(text) = stream.filter(|text| !text.is_empty()) {
            self.classic.push(text, |event| self.waiting.push_back(Ok(event)));
        }
        match aux {
            Some(Value::String(aux)) if id.as_deref() == Some(TRACE_ID) => {
                if let Err(error) = self.trace.push(&aux) {
                    let error = self.explain(&error);
                    self.waiting.push_back(Err(error));
                }
            }
            Some(aux) => {
                if let Some(id) = aux["ID"].as_str() {
                    self.waiting.push_back(Ok(BuildEvent::Image { id: id.to_owned() }));
                }
            }
            None => {}
        }
        if let Some(action) = status {
            let (current, total) = progress.map_or((None, None), |progress| (progress.current, progress.total));
            self.waiting.push_back(Ok(BuildEvent::Progress(StepProgress {
                step: self.classic.step(),
                name: id.unwrap_or_default(),
                is_complete: action.ends_with("omplete") || action.ends_with("lready exists"),
                action,
                current: current.unwrap_or(0),
                total: total.unwrap_or(0),
            })));
        }
    }

    /// Ends the build, unless only one message could not be read.
    fn fail(&mut self, error: Error) {
        self.ended = !matches!(error, Error::Decode { .. });
        let error = match error {
            Error::Failed { operation, message, code } => {
                let step = self
                    .trace
                    .failed_step()
                    .or_else(|| self.classic.fail(&message, code, |event| self.waiting.push_back(Ok(event))));
                match step.map(Box::new) {
                    Some(step) => Error::Step { operation, message, step },
                    None => Error::Failed { operation, message, code },
                }
            }
            error => error,
        };
        self.waiting.push_back(Err(error));
    }

    fn explain(&self, error: &TraceError) -> Error {
        let reason = error.to_string();
        Error::Decode { operation: self.operation, reason, excerpt: String::new(), source: None }
    }
}

impl Stream for BuildStream {
    type Item = Result<BuildEvent>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}

impl fmt::Debug for BuildStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildStream").field("parts", &self.parts).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
