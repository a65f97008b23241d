//! A websocket as a connection of bytes. The borders of messages mean nothing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::bytes::{Buf, Bytes};
use futures_core::Stream;
use futures_sink::Sink;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

/// The most bytes of one message, either way.
const MESSAGE_BYTES: usize = 16 * 1024 * 1024;
/// The most bytes that are sent as one message.
const SENT_BYTES: usize = 32 * 1024;

pub(super) struct Websocket {
    messages: WebSocketStream<TokioIo<Upgraded>>,
    /// The rest of a message that did not fit into a reader's buffer.
    rest: Bytes,
}

impl Websocket {
    /// Speaks websocket on a connection on which the engine has agreed to it.
    pub(super) async fn client(connection: TokioIo<Upgraded>) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES))
            .max_write_buffer_size(MESSAGE_BYTES);
        let messages = WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
        Websocket { messages, rest: Bytes::new() }
    }
}

impl AsyncRead for Websocket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.messages).poll_next(context)) {
                Some(Ok(Message::Binary(bytes))) => self.rest = bytes,
                Some(Ok(Message::Text(text))) => self.rest = text.into(),
                // The protocol's implementation answers pings itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return closed(error),
            }
        }
        let taken = self.rest.len().min(into.remaining());
        into.put_slice(&self.rest[..taken]);
        self.rest.advance(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Websocket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let messages = &mut self.messages;
        ready!(Pin::new(&mut *messages).poll_ready(context)).map_err(failed)?;
        let bytes = &bytes[..bytes.len().min(SENT_BYTES)];
        Pin::new(messages).start_send(Message::Binary(Bytes::copy_from_slice(bytes))).map_err(failed)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.messages).poll_flush(context).map_err(failed)
    }

    /// Announces the end. The engine then closes the process's stdin and continues to send.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.messages).poll_close(context).map_err(failed)
    }
}

/// The end of a connection that both sides have closed is not an error.
fn closed(error: Error) -> Poll<io::Result<()>> {
    Poll::Ready(match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Ok(()),
        error => Err(failed(error)),
    })
}

fn failed(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::other(error),
    }
}
