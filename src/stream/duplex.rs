//! A connection that both sides write to, once the engine has given it up: to a container's process, or raw.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::{Bytes, BytesMut};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};

use super::bytes::ByteStream;
use super::log::LogStream;
#[cfg(feature = "ws")]
use super::websocket::Websocket;
use crate::error::{Error, Result};
use crate::reply::Reply;

/// How much is read at once.
const PIECE_BYTES: usize = 32 * 1024;

/// A connection that both sides write to: an [`AsyncRead`] and [`AsyncWrite`] of the bytes as they are, or, by
/// [`split`](Duplex::split), a process's stdin and what it writes.
///
/// Shutting it down closes the process's stdin and leaves its output open: what it writes after that still arrives. With a
/// container that was created without `StdinOnce`, the engine keeps stdin open for the next who attaches, and takes this for
/// a wish to detach: the output ends. Dropping it closes the connection, which detaches from the process and does not end it.
///
/// A connection that is lost between two frames looks like one that ended, unless it is encrypted: whether the process ended, and how, says
/// inspecting the container or the exec.
#[must_use = "dropping it closes the connection"]
pub struct Duplex {
    operation: &'static str,
    connection: Connection,
    terminal: bool,
}

enum Connection {
    Upgraded(TokioIo<Upgraded>),
    /// The engine answered and kept the connection: a detached exec does.
    Answered(Box<ByteStream>),
    #[cfg(feature = "ws")]
    Websocket(Box<Websocket>),
}

/// A process's stdin: an [`AsyncWrite`]. It stays open when it is dropped: [`close`](Stdin::close) it to let the process see
/// the end of its input.
#[derive(Debug)]
pub struct Stdin {
    operation: &'static str,
    half: WriteHalf<Duplex>,
}

impl Duplex {
    pub(crate) fn upgraded(operation: &'static str, connection: Upgraded, terminal: bool) -> Self {
        Duplex { operation, connection: Connection::Upgraded(TokioIo::new(connection)), terminal }
    }

    pub(crate) fn answered(reply: Reply, terminal: bool) -> Self {
        let operation = reply.operation();
        let connection = Connection::Answered(Box::new(reply.into_byte_stream()));
        Duplex { operation, connection, terminal }
    }

    #[cfg(feature = "ws")]
    pub(crate) async fn websocket(self) -> Self {
        let Duplex { operation, connection, terminal } = self;
        let connection = match connection {
            Connection::Upgraded(connection) => Connection::Websocket(Box::new(Websocket::client(connection).await)),
            connection => connection,
        };
        Duplex { operation, connection, terminal }
    }

    /// The two directions apart: stdin, and what the process writes, decoded.
    pub fn split(self) -> (Stdin, LogStream) {
        let Duplex { operation, terminal, .. } = self;
        let (read, write) = tokio::io::split(self);
        let received = Received { operation, half: read, buffer: BytesMut::new() };
        (Stdin { operation, half: write }, LogStream::of_duplex(received, terminal))
    }

    /// What the process writes, decoded, for those who send nothing. Stdin stays open.
    pub fn into_output(self) -> LogStream {
        self.split().1
    }
}

impl Stdin {
    /// Sends all that was written and closes the process's stdin; its output goes on. Without `StdinOnce` it detaches instead,
    /// see [`Duplex`].
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the connection is lost.
    pub async fn close(mut self) -> Result<()> {
        let operation = self.operation;
        self.half.shutdown().await.map_err(|error| interrupted(operation, &error))
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the connection is lost, or the process no longer reads.
    pub async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = async {
            self.half.write_all(bytes).await?;
            self.half.flush().await
        };
        let sent: io::Result<()> = sent.await;
        sent.map_err(|error| interrupted(self.operation, &error))
    }
}

fn interrupted(operation: &'static str, error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => error.clone(),
        None => Error::Interrupted { operation, reason: error.to_string() },
    }
}

impl fmt::Debug for Duplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Duplex { operation, terminal, .. } = self;
        f.debug_struct("Duplex").field("operation", operation).field("terminal", terminal).finish_non_exhaustive()
    }
}

impl AsyncRead for Duplex {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.connection {
            Connection::Upgraded(connection) => Pin::new(connection).poll_read(context, into),
            Connection::Answered(answer) => Pin::new(answer).poll_read(context, into),
            #[cfg(feature = "ws")]
            Connection::Websocket(websocket) => Pin::new(websocket).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.connection {
            Connection::Upgraded(connection) => Pin::new(connection).poll_write(context, bytes),
            Connection::Answered(_) => {
                let kept = "the engine answered and kept the connection: nobody reads this";
                Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, kept)))
            }
            #[cfg(feature = "ws")]
            Connection::Websocket(websocket) => Pin::new(websocket).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.connection {
            Connection::Upgraded(connection) => Pin::new(connection).poll_flush(context),
            Connection::Answered(_) => Poll::Ready(Ok(())),
            #[cfg(feature = "ws")]
            Connection::Websocket(websocket) => Pin::new(websocket).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.connection {
            Connection::Upgraded(connection) => Pin::new(connection).poll_shutdown(context),
            Connection::Answered(_) => Poll::Ready(Ok(())),
            #[cfg(feature = "ws")]
            Connection::Websocket(websocket) => Pin::new(websocket).poll_shutdown(context),
        }
    }
}

impl AsyncWrite for Stdin {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.half).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.half).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.half).poll_shutdown(context)
    }
}

/// The half of a connection that is read, in pieces.
#[derive(Debug)]
pub(super) struct Received {
    operation: &'static str,
    half: ReadHalf<Duplex>,
    buffer: BytesMut,
}

impl Received {
    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    pub(super) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.buffer.resize(PIECE_BYTES, 0);
        let mut piece = ReadBuf::new(&mut self.buffer);
        if let Err(error) = ready!(Pin::new(&mut self.half).poll_read(context, &mut piece)) {
            return Poll::Ready(Some(Err(interrupted(self.operation, &error))));
        }
        let length = piece.filled().len();
        Poll::Ready((length > 0).then(|| Ok(self.buffer.split_to(length).freeze())))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::stream::canned;

    #[tokio::test]
    async fn an_answer_that_kept_the_connection_is_read_and_refuses_what_is_written() {
        let (mut stdin, mut output) = canned("output").await.into_duplex(true).await.unwrap().split();
        assert!(matches!(stdin.write_all(b"in").await, Err(Error::Interrupted { .. })));
        stdin.close().await.unwrap();
        assert_eq!(output.next().await.unwrap().unwrap().bytes, "output");
        assert!(output.next().await.is_none());
    }

    #[tokio::test]
    async fn bytes_are_read_as_they_are_whatever_wrote_them() {
        let mut text = String::new();
        canned("\x01\0\0\0\0\0\0\x01a")
            .await
            .into_duplex(false)
            .await
            .unwrap()
            .read_to_string(&mut text)
            .await
            .unwrap();
        assert_eq!(text, "\x01\0\0\0\0\0\0\x01a");
    }

    #[test]
    fn what_was_lost_below_is_said_in_its_own_words() {
        let error = Error::TooLarge { operation: "exec_start", limit: 7 };
        assert_eq!(interrupted("x", &error.clone().into()).to_string(), error.to_string());
        let error = interrupted("exec_start", &io::ErrorKind::BrokenPipe.into());
        assert_eq!(error.to_string(), "exec_start: the connection was lost: broken pipe");
    }
}
