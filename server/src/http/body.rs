//! Reads the whole body of a request, within bounds of bytes, of time and of number.

use std::time::Duration;

use dockwright::bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The most bytes of a body.
const MAX_BYTES: usize = 4 << 20;
/// The most bytes of a body that is small.
const SMALL_BYTES: usize = 64 << 10;
/// The most bodies that are read at a time beyond these bytes: what they take of memory has a bound.
const LARGE_BODIES: usize = 8;
/// The longest time in which a body must have come.
const TIME: Duration = Duration::from_secs(30);

/// The reason why a body was not read: the status of the answer, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyProblem(pub StatusCode, pub String);

/// Bodies that are read for one listener.
#[derive(Debug)]
pub struct Bodies {
    large: Semaphore,
}

impl Default for Bodies {
    fn default() -> Self {
        Bodies { large: Semaphore::new(LARGE_BODIES) }
    }
}

impl Bodies {
    /// Reads a body.
    ///
    /// # Errors
    /// [`BodyProblem`], if it is too large, too slow or broken, or if too many others are large.
    pub async fn read(&self, body: Incoming) -> Result<Bytes, BodyProblem> {
        let too_large =
            || BodyProblem(StatusCode::PAYLOAD_TOO_LARGE, format!("a request has at most {MAX_BYTES} bytes"));
        if body.size_hint().lower() > MAX_BYTES as u64 {
            return Err(too_large());
        }
        match timeout(TIME, self.collect(Limited::new(body, MAX_BYTES))).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
            Ok(Err(_)) => Err(BodyProblem(StatusCode::BAD_REQUEST, "the body of the request is broken".to_owned())),
            Err(_) => {
                let seconds = TIME.as_secs();
                let line = format!("the body of a request must come within {seconds} s");
                Err(BodyProblem(StatusCode::REQUEST_TIMEOUT, line))
            }
        }
    }

    /// The bytes of a body. A place among the large ones is taken once it is one, so that those keep no small one out.
    async fn collect<B>(&self, mut body: B) -> Result<Bytes, B::Error>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (mut bytes, mut place) = (BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            if place.is_none() && bytes.len() + data.len() > SMALL_BYTES {
                place = self.large.acquire().await.ok();
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes.freeze())
    }
}
