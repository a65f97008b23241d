//! A body that a function writes in a thread: a blocking writer on one side, a stream of pieces on the other.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::sync::mpsc;

/// The most bytes of one piece, and how many are read at once.
pub(super) const PIECE_BYTES: usize = 64 * 1024;

/// The most pieces that a writer may be ahead of the engine.
pub(super) const PIECES_AHEAD: usize = 8;

pub(super) type Write = Box<dyn FnOnce(&mut dyn io::Write) -> io::Result<()> + Send>;

/// The pieces that a thread writes. An empty one is the end; without it the body is incomplete.
pub(super) struct WriterStream {
    write: Option<Write>,
    receiver: Option<mpsc::Receiver<io::Result<Bytes>>>,
}

impl WriterStream {
    pub(super) fn new(write: Write) -> Self {
        WriterStream { write: Some(write), receiver: None }
    }
}

impl Stream for WriterStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(write) = self.write.take() {
            let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
            tokio::task::spawn_blocking(move || write_all(write, sender));
            self.receiver = Some(receiver);
        }
        let Some(receiver) = &mut self.receiver else { return Poll::Ready(None) };
        let piece = match ready!(receiver.poll_recv(context)) {
            Some(Ok(piece)) if !piece.is_empty() => return Poll::Ready(Some(Ok(piece))),
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(Err(error)),
            None => Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the function that writes it panicked"))),
        };
        self.receiver = None;
        Poll::Ready(piece)
    }
}

fn write_all(write: Write, sender: mpsc::Sender<io::Result<Bytes>>) {
    let mut writer = PieceWriter { sender, buffer: BytesMut::with_capacity(PIECE_BYTES) };
    let written = write(&mut writer).and_then(|()| io::Write::flush(&mut writer));
    // Sending fails if the call has ended.
    let _ = writer.sender.blocking_send(written.map(|()| Bytes::new()));
}

/// Sends written bytes to the stream, a piece at a time.
struct PieceWriter {
    sender: mpsc::Sender<io::Result<Bytes>>,
    buffer: BytesMut,
}

impl io::Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        if self.buffer.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.buffer, BytesMut::with_capacity(PIECE_BYTES));
        let ended = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the call has ended");
        self.sender.blocking_send(Ok(piece.freeze())).map_err(ended)
    }
}
