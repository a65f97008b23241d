//! Answers to calls of gRPC: one message, a stream of messages, or a refusal; each ends with its status.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderValue, Response};
use http_body::Frame;
use tokio::sync::mpsc;

use crate::grpc::Task;
use crate::grpc::{Status, frame};

/// The most messages that are made before the engine takes them.
const MESSAGES_AHEAD: usize = 8;

/// The body of an answer.
#[derive(Default)]
pub(super) struct ReplyBody {
    message: Option<Bytes>,
    messages: Option<mpsc::Receiver<Bytes>>,
    /// The task that sends the messages. Its end is that of the call.
    work: Option<Task<Result<(), Status>>>,
    status: Option<Status>,
}

impl ReplyBody {
    /// An answer of one message.
    pub(super) fn message(message: &[u8]) -> Self {
        ReplyBody { message: Some(frame(message)), status: Some(Status::ok()), ..ReplyBody::default() }
    }

    /// An answer of messages that a task sends, in the form of [`frame`]. It ends with the call.
    pub(super) fn messages<F>(work: impl FnOnce(mpsc::Sender<Bytes>) -> F) -> Self
    where
        F: Future<Output = Result<(), Status>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(MESSAGES_AHEAD);
        ReplyBody { messages: Some(receiver), work: Some(Task::spawn(work(sender))), ..ReplyBody::default() }
    }
}

/// An answer. A refusal has no body, and says why in its headers.
pub(super) fn response(reply: Result<ReplyBody, Status>) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::default());
    match reply {
        Ok(body) => *response.body_mut() = body,
        Err(status) => *response.headers_mut() = status.headers(),
    }
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    response
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(message) = self.message.take() {
            return Poll::Ready(Some(Ok(Frame::data(message))));
        }
        if let Some(work) = &mut self.work
            && let Poll::Ready(end) = Pin::new(work).poll(context)
        {
            self.work = None;
            self.status = Some(match end {
                Ok(Ok(())) => Status::ok(),
                Ok(Err(status)) => status,
                Err(panic) => Status::internal(panic),
            });
            // Threads of the task may still hold the channel.
            self.messages.as_mut().into_iter().for_each(mpsc::Receiver::close);
        }
        if let Some(messages) = &mut self.messages {
            if let Some(message) = ready!(messages.poll_recv(context)) {
                return Poll::Ready(Some(Ok(Frame::data(message))));
            }
            self.messages = None;
        }
        if self.work.is_some() {
            return Poll::Pending;
        }
        Poll::Ready(self.status.take().map(|status| Ok(Frame::trailers(status.headers()))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, ReplyBody { message: None, messages: None, work: None, status: None })
    }
}
