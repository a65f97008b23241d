//! Reads the whole body of a request, within a limit of bytes and of time.

use std::time::Duration;

use dockwright::bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::answer::{Answer, refusal};

/// The most bytes of a body.
const MAX_BYTES: usize = 4 << 20;
/// The longest time in which a body must have come.
const TIME: Duration = Duration::from_secs(30);

/// Reads a body. The answer to one that is too large or too slow is the error.
pub(super) async fn read(body: Incoming) -> Result<Bytes, Box<Answer>> {
    let too_large = || refusal(StatusCode::PAYLOAD_TOO_LARGE, &format!("a request has at most {MAX_BYTES} bytes"));
    if body.size_hint().lower() > MAX_BYTES as u64 {
        return Err(Box::new(too_large()));
    }
    let answer = match timeout(TIME, Limited::new(body, MAX_BYTES).collect()).await {
        Ok(Ok(body)) => return Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => refusal(StatusCode::BAD_REQUEST, "the body of the request is broken"),
        Err(_) => {
            let seconds = TIME.as_secs();
            refusal(StatusCode::REQUEST_TIMEOUT, &format!("the body of a request must come within {seconds} s"))
        }
    };
    Err(Box::new(answer))
}
