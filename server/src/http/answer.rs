//! Answers with a short text.

use std::convert::Infallible;

use dockwright::bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};

/// An answer to a client.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;

/// The seconds after which a client may try again.
const RETRY_SECONDS: u16 = 5;

/// An answer of one line.
#[must_use]
pub fn text(status: StatusCode, line: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{line}\n"))).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

/// An answer that ends the connection too, because what follows the refused header may be anything.
pub(super) fn refusal(status: StatusCode, line: &str) -> Answer {
    last(text(status, line))
}

/// An answer with which the connection ends.
pub(super) fn last(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// The answer to a request for which there is no room now.
#[must_use]
pub fn busy(line: &str) -> Answer {
    let mut answer = refusal(StatusCode::SERVICE_UNAVAILABLE, line);
    answer.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS.into());
    answer
}
