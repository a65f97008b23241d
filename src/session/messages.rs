//! The messages of a call as they arrive.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::grpc::{Code, Frames, Status};

/// The most bytes of a request that is one message.
const REQUEST_BYTES: usize = 64 * 1024;

/// The messages of a call.
pub(super) struct Messages {
    body: Incoming,
    frames: Frames,
}

impl Messages {
    /// Messages of at most `most` bytes each.
    pub(super) fn new(body: Incoming, most: usize) -> Self {
        Messages { body, frames: Frames::new(most) }
    }

    /// The next message; `None` at the end. Bytes that are not asked for stay with the engine.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        loop {
            if let Some(message) = self.frames.next()? {
                return Ok(Some(message));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => frame.data_ref().into_iter().for_each(|piece| self.frames.push(piece)),
                Some(Err(error)) => return Err(Status::new(Code::Unknown, error.to_string())),
                None if self.frames.is_empty() => return Ok(None),
                None => return Err(Status::new(Code::Internal, "the last message is cut off")),
            }
        }
    }
}

/// The message of a call that has one.
pub(super) async fn only_message(body: Incoming) -> Result<Bytes, Status> {
    let message = Messages::new(body, REQUEST_BYTES).next().await?;
    message.ok_or_else(|| Status::new(Code::Internal, "the call has no message"))
}
