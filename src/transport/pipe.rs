//! The path of a named pipe of Windows in, a connection out.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, PipeMode};

/// A connection by a named pipe. A pipe has no half-close: engines listen on one of messages, where an empty message
/// is the end of what is sent, as in Go's `go-winio`.
pub(super) struct PipeConnection {
    pipe: NamedPipeClient,
    /// False for a pipe of bytes, on which an empty write would not arrive.
    has_messages: bool,
    has_ended: bool,
}

impl PipeConnection {
    /// Opens a pipe. While all its instances are busy, this fails with `ERROR_PIPE_BUSY`.
    pub(super) fn open(path: &str) -> io::Result<Self> {
        // A server learns who its client is, and cannot act as it: that is the default of tokio's options.
        let pipe = ClientOptions::new().open(path.replace('/', r"\"))?;
        let has_messages = pipe.info()?.mode == PipeMode::Message;
        Ok(PipeConnection { pipe, has_messages, has_ended: false })
    }
}

impl AsyncRead for PipeConnection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(context, into)
    }
}

impl AsyncWrite for PipeConnection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        // An empty write would be the end.
        if bytes.is_empty() { Poll::Ready(Ok(0)) } else { Pin::new(&mut self.pipe).poll_write(context, bytes) }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.has_ended {
            return Poll::Ready(Ok(()));
        }
        if !self.has_messages {
            let problem =
                "input on this pipe cannot end before the connection: its server did not make it one of messages";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::Unsupported, problem)));
        }
        ready!(Pin::new(&mut self.pipe).poll_write(context, &[]))?;
        self.has_ended = true;
        Poll::Ready(Ok(()))
    }
}
