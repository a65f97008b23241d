//! The messages of a call as they arrive.

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::{Code, Frames, Status};

/// The most bytes of a request that is one message.
const REQUEST_BYTES: usize = 64 * 1024;

/// The messages of a call.
pub(crate) struct Messages {
    body: Incoming,
    frames: Frames,
    trailers: Option<HeaderMap>,
}

impl Messages {
    /// Messages of at most `most` bytes each.
    pub(crate) fn new(body: Incoming, most: usize) -> Self {
        Messages { body, frames: Frames::new(most), trailers: None }
    }

    /// The next message; `None` at the end. Bytes that are not asked for stay with the engine.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        loop {
            if let Some(message) = self.frames.next()? {
                return Ok(Some(message));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => self.frames.push(&piece),
                    Err(frame) => self.trailers = frame.into_trailers().ok(),
                },
                Some(Err(error)) => return Err(Status::new(Code::Unavailable, error.to_string())),
                None if self.frames.is_empty() => return Ok(None),
                None => return Err(Status::new(Code::Internal, "the last message is cut off")),
            }
        }
    }

    /// The headers after the last message, once that was read.
    pub(crate) fn trailers(&self) -> Option<&HeaderMap> {
        self.trailers.as_ref()
    }
}

/// The message of a call that has one.
pub(crate) async fn only_message(body: Incoming) -> Result<Bytes, Status> {
    let message = Messages::new(body, REQUEST_BYTES).next().await?;
    message.ok_or_else(|| Status::new(Code::Internal, "the call has no message"))
}
