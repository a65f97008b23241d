//! Archives between this machine's files and an engine. One thread writes or reads an archive and another streams it,
//! at most a few pieces apart.

use std::io::{self, Read};
use std::path::PathBuf;

use bytes::Bytes;
use dockwright_archive::{Context, Error as ArchiveError, Listing, UnpackLimits, UnpackSummary, list, unpack};
use tokio::sync::mpsc;

use crate::body::Body;
use crate::error::{Error, Result};
use crate::stream::ByteStream;

/// The most pieces that are received before they are unpacked.
const PIECES_AHEAD: usize = 8;

impl From<Context> for Body {
    /// The context as an archive, written as fast as the engine reads it. A file that cannot be read ends the call with
    /// [`Error::Body`], and the engine builds nothing.
    fn from(context: Context) -> Self {
        Body::writer(move |out| match context.write(out) {
            Ok(_) => Ok(()),
            Err(ArchiveError::Stream(error)) => Err(error),
            Err(error) => Err(io::Error::other(error.to_string())),
        })
    }
}

impl ByteStream {
    /// Unpacks the archive into a folder as it arrives, with the safety and the limits of
    /// [`tar::unpack`](crate::tar::unpack()).
    ///
    /// # Errors
    /// [`Error::Archive`] if it is incomplete, unsafe or larger than `limits`, or cannot be written here;
    /// [`Error::Timeout`] and [`Error::Interrupted`]. Files that were unpacked before are removed again.
    pub async fn unpack(self, into: impl Into<PathBuf>, limits: UnpackLimits) -> Result<UnpackSummary> {
        let into = into.into();
        self.read_with(move |archive| unpack(archive, &into, limits)).await
    }

    /// Reads the archive to its end and lists its first `most` entries, without their contents.
    ///
    /// # Errors
    /// [`Error::Archive`] if it is incomplete; [`Error::Timeout`] and [`Error::Interrupted`].
    pub async fn list(self, most: usize) -> Result<Listing> {
        self.read_with(move |archive| list(archive, most)).await
    }

    /// Hands the archive to a function that reads it as it arrives, in a thread of its own; the function may be
    /// [`tar::visit`](crate::tar::visit()). If the call is dropped meanwhile, its reader fails.
    ///
    /// # Errors
    /// [`Error::Archive`] if the function fails; [`Error::Timeout`] and [`Error::Interrupted`].
    pub async fn read_with<T: Send + 'static>(
        mut self,
        read: impl FnOnce(&mut dyn Read) -> Result<T, ArchiveError> + Send + 'static,
    ) -> Result<T> {
        let operation = self.operation();
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
        let work = tokio::task::spawn_blocking(move || read(&mut PieceReader::new(receiver)));
        while let Some(piece) = self.next().await {
            let ended = piece.is_err();
            // Sending fails if reading has failed, which is reported below.
            if sender.send(piece.map(Some)).await.is_err() || ended {
                break;
            }
        }
        let _ = sender.send(Ok(None)).await;
        drop(sender);
        let failed = |reason: String| Error::Archive { operation, reason };
        match work.await.map_err(|error| failed(error.to_string()))? {
            Ok(done) => Ok(done),
            Err(ArchiveError::Stream(error)) => Err(error.downcast().unwrap_or_else(|error| failed(error.to_string()))),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

/// Pieces as they arrive, for a thread that waits for them. `None` is the end; without it the archive is
/// incomplete.
pub(crate) struct PieceReader {
    receiver: mpsc::Receiver<Result<Option<Bytes>>>,
    piece: Bytes,
    ended: bool,
}

impl PieceReader {
    pub(crate) fn new(receiver: mpsc::Receiver<Result<Option<Bytes>>>) -> Self {
        PieceReader { receiver, piece: Bytes::new(), ended: false }
    }
}

impl Read for PieceReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // An empty piece is no end.
        while self.piece.is_empty() && !self.ended {
            match self.receiver.blocking_recv() {
                Some(Ok(Some(piece))) => self.piece = piece,
                Some(Ok(None)) => self.ended = true,
                Some(Err(error)) => return Err(error.into()),
                None => return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the call has ended")),
            }
        }
        let taken = self.piece.len().min(into.len());
        into[..taken].copy_from_slice(&self.piece.split_to(taken));
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::canned;

    #[tokio::test]
    async fn a_function_reads_all_that_arrives_and_its_end_as_often_as_it_likes() {
        let read = canned("0123456789").await.into_byte_stream().read_with(|tar| {
            let mut text = String::new();
            tar.read_to_string(&mut text).map_err(ArchiveError::Stream)?;
            let again = tar.read(&mut [0; 4]).map_err(ArchiveError::Stream)?;
            Ok((text, again))
        });
        assert_eq!(read.await.unwrap(), ("0123456789".to_owned(), 0));
    }

    #[test]
    fn what_was_dropped_before_its_end_is_no_end() {
        let (sender, receiver) = mpsc::channel(1);
        sender.try_send(Ok(Some(Bytes::from_static(b"half")))).unwrap();
        drop(sender);
        let mut pieces = PieceReader::new(receiver);
        assert_eq!(pieces.read(&mut [0; 9]).unwrap(), 4);
        assert_eq!(pieces.read(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
