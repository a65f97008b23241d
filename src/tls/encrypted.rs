//! An encrypted connection. Its errors have messages of our own, and are returned only once a request can fail with
//! them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::certificates::CertificateFolder;
use super::explain;

/// An encrypted connection. Shutting it down notifies the engine and leaves the other direction open.
pub(super) struct EncryptedStream {
    stream: TlsStream<TcpStream>,
    certificates: Arc<CertificateFolder>,
    /// True if a request was written, or its first bytes.
    is_requested: bool,
    early: Option<EarlyError>,
}

/// An error before the first request: an engine may refuse a client right after the handshake. The HTTP client has no
/// request yet that could fail with it, so it is kept until there is one.
struct EarlyError {
    error: io::Error,
    reader: Waker,
}

impl EncryptedStream {
    pub(super) fn new(stream: TlsStream<TcpStream>, certificates: Arc<CertificateFolder>) -> Self {
        EncryptedStream { stream, certificates, is_requested: false, early: None }
    }

    fn note_request(&mut self) {
        self.is_requested = true;
        if let Some(early) = &self.early {
            early.reader.wake_by_ref();
        }
    }
}

impl AsyncRead for EncryptedStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let outcome = match self.early.take() {
            Some(early) => Poll::Ready(Err(early.error)),
            None => {
                let read = Pin::new(&mut self.stream).poll_read(context, into);
                read.map_err(|error| explain::reading(&self.certificates, error))
            }
        };
        match outcome {
            Poll::Ready(Err(error)) if !self.is_requested => {
                self.early = Some(EarlyError { error, reader: context.waker().clone() });
                Poll::Pending
            }
            outcome => outcome,
        }
    }
}

impl AsyncWrite for EncryptedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.note_request();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.note_request();
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
