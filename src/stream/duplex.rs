//! A connection that both sides write to, after an upgrade: to a container's process, or raw.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::bytes::ByteStream;
#[cfg(feature = "ws")]
use super::websocket::Websocket;
use crate::reply::Reply;

/// A connection that both sides write to: an [`AsyncRead`] and [`AsyncWrite`] of raw bytes, or, by
/// [`split`](Duplex::split), a process's stdin and its output.
///
/// Shutting it down closes the process's stdin, and its output continues to arrive. For a container that was created
/// without `StdinOnce`, the engine keeps stdin open for the next client and detaches this one: the output ends.
/// Dropping it closes the connection, which detaches from the process and does not end it. Of a terminal (`Tty`),
/// shutting down loses the output too: [`split`](Duplex::split) it, and close the [`Stdin`](crate::Stdin).
///
/// A connection that is lost between two frames looks like one that ended, unless it is encrypted. Inspect the
/// container or the exec to learn if and how the process ended.
#[must_use = "dropping it closes the connection"]
pub struct Duplex {
    pub(super) operation: &'static str,
    channel: Channel,
    pub(super) terminal: bool,
}

enum Channel {
    Upgraded(TokioIo<Upgraded>),
    /// The engine answered and kept the connection, as for a detached exec.
    Answered(Box<ByteStream>),
    #[cfg(feature = "ws")]
    Websocket(Box<Websocket>),
}

impl Duplex {
    pub(crate) fn upgraded(operation: &'static str, connection: Upgraded, terminal: bool) -> Self {
        Duplex { operation, channel: Channel::Upgraded(TokioIo::new(connection)), terminal }
    }

    pub(crate) fn answered(reply: Reply, terminal: bool) -> Self {
        let operation = reply.operation();
        let channel = Channel::Answered(Box::new(ByteStream::new(reply)));
        Duplex { operation, channel, terminal }
    }

    /// Returns true if what is written reaches the process byte for byte.
    pub(super) fn is_raw_connection(&self) -> bool {
        matches!(self.channel, Channel::Upgraded(_))
    }

    #[cfg(feature = "ws")]
    pub(crate) async fn websocket(self) -> Self {
        let Duplex { operation, channel, terminal } = self;
        let channel = match channel {
            Channel::Upgraded(connection) => Channel::Websocket(Box::new(Websocket::client(connection).await)),
            channel => channel,
        };
        Duplex { operation, channel, terminal }
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
        match &mut self.channel {
            Channel::Upgraded(connection) => Pin::new(connection).poll_read(context, into),
            Channel::Answered(answer) => Pin::new(answer).poll_read(context, into),
            #[cfg(feature = "ws")]
            Channel::Websocket(websocket) => Pin::new(websocket).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Duplex {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.channel {
            Channel::Upgraded(connection) => Pin::new(connection).poll_write(context, bytes),
            Channel::Answered(_) => {
                let kept = "the engine answered and kept the connection: nobody reads stdin";
                Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, kept)))
            }
            #[cfg(feature = "ws")]
            Channel::Websocket(websocket) => Pin::new(websocket).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.channel {
            Channel::Upgraded(connection) => Pin::new(connection).poll_flush(context),
            Channel::Answered(_) => Poll::Ready(Ok(())),
            #[cfg(feature = "ws")]
            Channel::Websocket(websocket) => Pin::new(websocket).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.channel {
            Channel::Upgraded(connection) => Pin::new(connection).poll_shutdown(context),
            Channel::Answered(_) => Poll::Ready(Ok(())),
            #[cfg(feature = "ws")]
            Channel::Websocket(websocket) => Pin::new(websocket).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use crate::stream::canned;

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
}
