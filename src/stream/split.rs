//! The two directions of a connection: a process's stdin and its output.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncWrite, AsyncWriteExt, WriteHalf};

use super::duplex::Duplex;
use super::log::LogStream;
use super::output_half::{OutputHalf, interrupted};
use crate::error::Result;

/// The key Ctrl-D. A terminal ends the input of its process there, if it is at the begin of a line; else it passes on
/// what was typed.
const END_OF_TRANSMISSION: u8 = 4;

/// A process's stdin: an [`AsyncWrite`]. Dropping it leaves it open; [`close`](Stdin::close) it to let the process see
/// the end of its input.
///
/// A terminal (`Tty`) has one connection for both directions, and closing a part of it loses the output. Closing, and
/// shutting down, therefore type Ctrl-D there, as a person would. A process that has switched its terminal to raw input
/// reads that as a character and decides itself.
#[derive(Debug)]
pub struct Stdin {
    operation: &'static str,
    half: WriteHalf<Duplex>,
    /// The terminal that is written to, if it is one.
    terminal: Option<Typed>,
}

/// The input of a terminal so far.
#[derive(Debug, Default)]
struct Typed {
    /// True if the last line has begun and not ended.
    inside_line: bool,
    /// The keys that end the input, once it is to end, and how many of them were sent.
    keys: Option<&'static [u8]>,
    sent: usize,
}

impl Duplex {
    /// Splits the directions: stdin, and the decoded output of the process.
    pub fn split(self) -> (Stdin, LogStream) {
        let Duplex { operation, terminal, .. } = self;
        let typed = (terminal && self.is_raw_connection()).then(Typed::default);
        let (read, write) = tokio::io::split(self);
        (
            Stdin { operation, half: write, terminal: typed },
            LogStream::from_output_half(OutputHalf::new(operation, read), terminal),
        )
    }

    /// The decoded output of the process, for those who send nothing. Stdin stays open.
    pub fn into_output(self) -> LogStream {
        self.split().1
    }
}

impl Stdin {
    /// Sends everything that was written and closes the process's stdin. Its output continues. Without `StdinOnce` it
    /// detaches instead, see [`Duplex`]. To a terminal it sends Ctrl-D, see [`Stdin`].
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the connection is lost.
    pub async fn close(mut self) -> Result<()> {
        let operation = self.operation;
        self.shutdown().await.map_err(|error| interrupted(operation, &error))
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if the connection is lost, or the process no longer reads.
    pub async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let operation = self.operation;
        let sent = async {
            AsyncWriteExt::write_all(self, bytes).await?;
            self.flush().await
        };
        let sent: io::Result<()> = sent.await;
        sent.map_err(|error| interrupted(operation, &error))
    }
}

impl AsyncWrite for Stdin {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.half).poll_write(context, bytes))?;
        if let Some(typed) = &mut self.terminal
            && let Some(last) = bytes[..written].last()
        {
            typed.inside_line = !matches!(last, b'\n' | b'\r' | &END_OF_TRANSMISSION);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.half).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Stdin { half, terminal, .. } = &mut *self;
        let Some(typed) = terminal else { return Pin::new(half).poll_shutdown(context) };
        typed.poll_end(Pin::new(half), context)
    }
}

impl Typed {
    /// Types the end of the input. Within a line, the first Ctrl-D passes the line on and the second ends the input.
    fn poll_end(&mut self, mut half: Pin<&mut WriteHalf<Duplex>>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        const KEYS: &[u8] = &[END_OF_TRANSMISSION; 2];
        let keys = *self.keys.get_or_insert(if self.inside_line { KEYS } else { &KEYS[..1] });
        while self.sent < keys.len() {
            match ready!(half.as_mut().poll_write(context, &keys[self.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sent += sent,
            }
        }
        half.poll_flush(context)
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
