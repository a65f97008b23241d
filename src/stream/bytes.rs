//! An answer as bytes, in pieces as they arrive: mostly a tar archive.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::{Error, Result};
use crate::reply::Reply;

/// An answer as bytes: a [`Stream`] of pieces, and an [`AsyncRead`]. Nothing is read ahead of the consumer.
///
/// It ends with an error, and never silently, if the connection is lost before the engine has sent all.
#[derive(Debug)]
#[must_use = "dropping it closes the connection"]
pub struct ByteStream {
    reply: Reply,
    /// The rest of a piece that did not fit into a reader's buffer.
    rest: Bytes,
    /// True after an error: the stream has ended, and a reader fails again, so that an archive which is cut never looks
    /// complete.
    ended: bool,
}

/// A tar archive and the headers of its answer.
#[derive(Debug)]
#[must_use = "dropping it closes the connection"]
pub struct Archive<H> {
    /// The declared headers of the answer.
    pub headers: H,
    /// The archive.
    pub tar: ByteStream,
}

impl ByteStream {
    pub(crate) fn new(reply: Reply) -> Self {
        ByteStream { reply, rest: Bytes::new(), ended: false }
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.reply.headers()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Timeout`] and [`Error::Interrupted`], once, after which the stream ends.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        std::future::poll_fn(|context| self.poll_piece(context)).await
    }

    /// The name that begins messages.
    #[cfg(feature = "tar")]
    pub(crate) fn operation(&self) -> &'static str {
        self.reply.operation()
    }

    pub(crate) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        self.poll_chunk(context)
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let piece = ready!(self.reply.poll_chunk(context));
        if let Some(piece) = &piece {
            self.ended = piece.is_err();
        }
        Poll::Ready(piece)
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_piece(context)
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            if self.ended {
                return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
            }
            match ready!(self.poll_chunk(context)) {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => return Poll::Ready(Err(error.into())),
                None => return Poll::Ready(Ok(())),
            }
        }
        let taken = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest.split_to(taken));
        Poll::Ready(Ok(()))
    }
}

impl From<Error> for io::Error {
    /// Wraps the error, for readers.
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Timeout { .. } => io::ErrorKind::TimedOut,
            Error::Interrupted { .. } => io::ErrorKind::ConnectionAborted,
            Error::Unreachable { kind, .. } => *kind,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::Notify;

    use super::*;
    use crate::error::Phase;
    use crate::stream::canned;

    #[tokio::test]
    async fn what_a_reader_left_comes_as_the_next_piece() {
        let mut stream = canned("0123456789").await.into_byte_stream();
        let mut begin = [0; 4];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(begin, *b"0123");
        assert_eq!(stream.next().await.unwrap().unwrap(), "456789");
        assert!(stream.next().await.is_none());
        assert_eq!(stream.read(&mut begin).await.unwrap(), 0);
    }

    /// An answer of which half comes; then its connection is closed, or silent until the rest is wanted.
    async fn half(rest: Option<&'static Notify>) -> ByteStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let length = connection.read(&mut request).await.unwrap();
                    let is_ping = request[..length].windows(6).any(|text| text == b"/_ping");
                    let length = if is_ping { 4 } else { 8 };
                    let head = format!("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: {length}\r\n\r\nhalf");
                    connection.write_all(head.as_bytes()).await.unwrap();
                    if let Some(rest) = rest.filter(|_| !is_ping) {
                        rest.notified().await;
                        connection.write_all(b"rest").await.unwrap();
                    }
                });
            }
        });
        let limits = crate::Limits::default().idle(Duration::from_millis(50));
        let engine = crate::Engine::at(&address).unwrap().with_limits(limits);
        let request = http::Request::get("/images/web/get").body(crate::Body::default()).unwrap();
        engine.raw(request).await.unwrap().into_byte_stream()
    }

    #[tokio::test]
    async fn an_error_comes_once_and_ends_the_stream_but_a_reader_fails_again() {
        static NEVER: Notify = Notify::const_new();
        for rest in [Some(&NEVER), None] {
            let mut stream = half(rest).await;
            assert_eq!(stream.next().await.unwrap().unwrap(), "half");
            assert!(stream.next().await.unwrap().unwrap_err().is_retryable());
            assert!(stream.next().await.is_none());

            let mut reader = half(rest).await;
            reader.read_exact(&mut [0; 4]).await.unwrap();
            for _ in 0..2 {
                assert!(reader.read(&mut [0; 4]).await.is_err(), "{rest:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_comes_after_an_error_revives_neither() {
        static REST: Notify = Notify::const_new();
        let mut stream = half(Some(&REST)).await;
        assert_eq!(stream.next().await.unwrap().unwrap(), "half");
        assert!(stream.next().await.unwrap().is_err());
        REST.notify_one();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(stream.read(&mut [0; 4]).await.is_err());
        assert!(stream.next().await.is_none());
    }

    #[test]
    fn a_reader_fails_with_the_error_inside_and_a_kind_that_fits() {
        let limit = std::time::Duration::from_secs(1);
        let operation = "image_get";
        for (error, kind) in [
            (Error::Timeout { operation, phase: Phase::Idle, limit }, io::ErrorKind::TimedOut),
            (Error::Interrupted { operation, reason: String::new(), source: None }, io::ErrorKind::ConnectionAborted),
            (Error::TooLarge { operation, limit: 7 }, io::ErrorKind::Other),
        ] {
            let text = error.to_string();
            let error = io::Error::from(error);
            assert_eq!((error.kind(), error.to_string()), (kind, text));
        }
    }
}
