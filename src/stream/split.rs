//! The two directions of a connection: a process's stdin and its output.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, AsyncWriteExt, WriteHalf};

use super::duplex::Duplex;
use super::log::LogStream;
use super::output_half::{OutputHalf, interrupted};
use crate::error::Result;

/// A process's stdin: an [`AsyncWrite`]. Dropping it leaves it open; [`close`](Stdin::close) it to let the process see
/// the end of its input.
#[derive(Debug)]
pub struct Stdin {
    operation: &'static str,
    half: WriteHalf<Duplex>,
}

impl Duplex {
    /// Splits the directions: stdin, and the decoded output of the process.
    pub fn split(self) -> (Stdin, LogStream) {
        let Duplex { operation, terminal, .. } = self;
        let (read, write) = tokio::io::split(self);
        (Stdin { operation, half: write }, LogStream::from_output_half(OutputHalf::new(operation, read), terminal))
    }

    /// The decoded output of the process, for those who send nothing. Stdin stays open.
    pub fn into_output(self) -> LogStream {
        self.split().1
    }
}

impl Stdin {
    /// Sends everything that was written and closes the process's stdin. Its output continues. Without `StdinOnce` it
    /// detaches instead, see [`Duplex`].
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the connection is lost.
    pub async fn close(mut self) -> Result<()> {
        let operation = self.operation;
        self.half.shutdown().await.map_err(|error| interrupted(operation, &error))
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the connection is lost, or the process no longer reads.
    pub async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = async {
            self.half.write_all(bytes).await?;
            self.half.flush().await
        };
        let sent: io::Result<()> = sent.await;
        sent.map_err(|error| interrupted(self.operation, &error))
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

#[cfg(test)]
mod tests {
    use crate::error::Error;
    use crate::stream::canned;

    #[tokio::test]
    async fn an_answer_that_kept_the_connection_is_read_and_refuses_what_is_written() {
        let (mut stdin, mut output) = canned("output").await.into_duplex(true).await.unwrap().split();
        assert!(matches!(stdin.write_all(b"in").await, Err(Error::Interrupted { .. })));
        stdin.close().await.unwrap();
        assert_eq!(output.next().await.unwrap().unwrap().bytes, "output");
        assert!(output.next().await.is_none());
    }
}
