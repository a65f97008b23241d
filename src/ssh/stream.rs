//! A connection over ssh whose end is checked. ssh closes its connections when it ends, so the end of one looks like
//! the end of an answer; here it is an error.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

/// The outcome of a check: the connection ended as the engine wished, or the error instead.
pub(super) type Checking = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

/// Begins a check. It is told if a byte of an answer was read before.
pub(super) type Check = Box<dyn FnOnce(bool) -> Checking + Send>;

/// A connection, counted for as long as it is open.
pub(super) struct CheckedStream<S> {
    stream: S,
    has_answer: bool,
    end: End,
    _permit: OwnedSemaphorePermit,
}

enum End {
    Open(Check),
    Checking(Checking),
    Confirmed,
}

impl<S> CheckedStream<S> {
    pub(super) fn new(stream: S, check: Check, permit: OwnedSemaphorePermit) -> Self {
        CheckedStream { stream, has_answer: false, end: End::Open(check), _permit: permit }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for CheckedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let CheckedStream { stream, has_answer, end, .. } = &mut *self;
        if let End::Open(_) = end {
            let (before, room) = (into.filled().len(), into.remaining());
            let outcome = ready!(Pin::new(stream).poll_read(context, into));
            if outcome.is_ok() && (into.filled().len() > before || room == 0) {
                *has_answer = true;
                return Poll::Ready(Ok(()));
            }
            if let End::Open(check) = std::mem::replace(end, End::Confirmed) {
                let checking = check(*has_answer);
                *end = End::Checking(Box::pin(async move { checking.await.and(outcome) }));
            }
        }
        if let End::Checking(checking) = end {
            let outcome = ready!(checking.as_mut().poll(context));
            *end = End::Confirmed;
            return Poll::Ready(outcome);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for CheckedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
