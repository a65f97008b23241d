//! Reads the whole body of a request, within a limit of bytes and of time.

use std::time::Duration;

use dockwright::bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

/// The most bytes of a body.
const MAX_BYTES: usize = 4 << 20;
/// The longest time in which a body must have come.
const TIME: Duration = Duration::from_secs(30);

/// The reason why a body was not read: the status of the answer, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyProblem(pub StatusCode, pub String);

/// Reads a body.
///
/// # Errors
/// [`BodyProblem`], if it is too large, too slow or broken.
pub async fn read_body(body: Incoming) -> Result<Bytes, BodyProblem> {
    let too_large = || BodyProblem(StatusCode::PAYLOAD_TOO_LARGE, format!("a request has at most {MAX_BYTES} bytes"));
    if body.size_hint().lower() > MAX_BYTES as u64 {
        return Err(too_large());
    }
    match timeout(TIME, Limited::new(body, MAX_BYTES).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(BodyProblem(StatusCode::BAD_REQUEST, "the body of the request is broken".to_owned())),
        Err(_) => {
            let seconds = TIME.as_secs();
            let line = format!("the body of a request must come within {seconds} s");
            Err(BodyProblem(StatusCode::REQUEST_TIMEOUT, line))
        }
    }
}
