//! Calls of gRPC on a connection: one message goes out, messages come back, and the end says whether it went well. It
//! knows no method.

use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Code, Messages, Status, Task, Tasks, frame};

/// The most bytes of a message of an engine, which is BuildKit's own limit.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes of the headers of an answer. A build that fails ends with its Dockerfile in them, several
/// times.
const HEADER_BYTES: u32 = 4 * 1024 * 1024;

/// A connection on which calls are made. Dropping it closes the connection, and ends all of its calls.
#[derive(Debug)]
pub(crate) struct Client {
    requests: http2::SendRequest<Full<Bytes>>,
    _connection: Task<()>,
}

/// The answer to a call. Dropping it cancels the call.
pub(crate) struct Answer(State);

enum State {
    Head(Pin<Box<dyn Future<Output = hyper::Result<Response<Incoming>>> + Send>>),
    Body(Messages),
    /// The call has ended without a message.
    Empty,
}

impl Client {
    /// Begins HTTP/2 on a connection.
    pub(crate) async fn connect(
        connection: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Self, Status> {
        let calls = Tasks::default();
        let mut http2 = http2::Builder::new(calls.executor());
        let begun = http2.max_header_list_size(HEADER_BYTES).handshake(TokioIo::new(connection)).await;
        let (requests, connection) = begun.map_err(|error| lost(&error))?;
        let connection = Task::spawn(async move {
            let _calls = calls;
            if let Err(error) = connection.await {
                tracing::debug!(target: "dockwright::grpc", %error, "the connection ended");
            }
        });
        Ok(Client { requests, _connection: connection })
    }

    /// Calls a method, `/package.Service/Method`.
    pub(crate) fn call(&self, method: &str, message: &[u8]) -> Answer {
        let mut call = Request::new(Full::new(frame(message)));
        *call.method_mut() = http::Method::POST;
        *call.uri_mut() = format!("http://localhost{method}").parse().unwrap_or_default();
        let headers = call.headers_mut();
        headers.insert("content-type", http::HeaderValue::from_static("application/grpc"));
        headers.insert("te", http::HeaderValue::from_static("trailers"));
        Answer(State::Head(Box::pin(self.requests.clone().send_request(call))))
    }
}

impl Answer {
    /// The next message; `None` at the end of a call that went well. It may be dropped and called again.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        loop {
            match &mut self.0 {
                State::Head(head) => {
                    let response = head.await.map_err(|error| lost(&error))?;
                    self.0 = body(response)?;
                }
                State::Empty => return Ok(None),
                State::Body(messages) => match messages.next().await? {
                    Some(message) => return Ok(Some(message)),
                    None => return ended(messages.trailers().and_then(Status::from_headers)).map(|()| None),
                },
            }
        }
    }

    /// The only message of a call that went well.
    pub(crate) async fn message(mut self) -> Result<Bytes, Status> {
        let message = self.next().await?.ok_or_else(|| Status::internal("the answer has no message"))?;
        match self.next().await? {
            None => Ok(message),
            Some(_) => Err(Status::internal("the answer has more than one message")),
        }
    }
}

/// The messages of an answer. One without any, such as a refusal, says its end in its headers.
fn body(response: Response<Incoming>) -> Result<State, Status> {
    match (response.status(), Status::from_headers(response.headers())) {
        (StatusCode::OK, None) => Ok(State::Body(Messages::new(response.into_body(), MESSAGE_BYTES))),
        (StatusCode::OK, status) => ended(status).map(|()| State::Empty),
        (status, _) => Err(Status::internal(format!("answered with {status}"))),
    }
}

fn ended(status: Option<Status>) -> Result<(), Status> {
    match status {
        Some(Status { code: Code::Ok, .. }) => Ok(()),
        Some(status) => Err(status),
        None => Err(Status::new(Code::Unavailable, "the answer is cut off")),
    }
}

fn lost(error: &hyper::Error) -> Status {
    Status::new(Code::Unavailable, error.to_string())
}
