//! The body of a request: bytes in memory, or a stream that is read as fast as the engine takes it.

mod writer;

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};

use writer::{PIECE_BYTES, WriterStream};

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The body of a request, such as a tar archive.
///
/// Values in memory convert into one: `Vec<u8>`, `Bytes`, `String`. The others are streams. They are read no faster
/// than the engine takes them, and never held in memory. If one fails, the call ends with
/// [`Error::Body`](crate::Error::Body).
///
/// ```
/// # use dockwright::Body;
/// let archive = Body::from(vec![0; 1024]);
/// let download = Body::reader(tokio::io::empty());
/// let generated = Body::writer(|out| out.write_all(b"as much as there is"));
/// ```
#[must_use = "nothing is sent before a call takes it"]
pub struct Body {
    content: Content,
    /// The number of bytes; if unknown, the body is sent in chunks.
    length: Option<u64>,
}

enum Content {
    Bytes(Bytes),
    /// Never locked. It makes a call, which holds a body, shareable between threads, as not every stream is.
    Pieces(Mutex<Pieces>),
}

impl Body {
    /// A body from a stream.
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Body { content: Content::Pieces(Mutex::new(Box::pin(stream))), length: None }
    }

    /// A body from a reader, read to its end.
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Body::stream(ReaderStream { reader: Box::pin(reader), buffer: BytesMut::new() })
    }

    /// A body from a file, sent with its length.
    ///
    /// # Errors
    /// The operating system's if it cannot be opened.
    pub async fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = tokio::fs::File::open(path).await?;
        let length = file.metadata().await?.len();
        Ok(Body::reader(file).with_length(length))
    }

    /// A body that a function writes, in a thread that starts when the engine takes the first piece. The function waits
    /// while the engine is slower, and its writes fail with [`BrokenPipe`](io::ErrorKind::BrokenPipe) once the call has
    /// ended.
    pub fn writer(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()> + Send + 'static) -> Self {
        Body::stream(WriterStream::new(Box::new(write)))
    }

    /// Sends it with this length in bytes. The call fails if there are fewer; bytes beyond are not sent.
    pub fn with_length(self, bytes: u64) -> Self {
        Body { length: Some(bytes), ..self }
    }

    /// The bytes, if they are in memory.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Pieces(_) => None,
        }
    }
}

impl Default for Body {
    /// No body.
    fn default() -> Self {
        Bytes::new().into()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body { length: Some(bytes.len() as u64), content: Content::Bytes(bytes) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from(text).into()
    }
}

impl fmt::Debug for Body {
    /// Hides the content, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.length).finish_non_exhaustive()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    /// Errors are wrapped, so that the caller gets the error of its own stream back.
    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.content {
            Content::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Content::Pieces(pieces) => {
                let pieces = pieces.get_mut().expect("a lock that is never taken is never poisoned");
                let piece = ready!(pieces.as_mut().poll_next(context));
                Poll::Ready(piece.map(|piece| piece.map(Frame::data).map_err(BodyError::wrap)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Bytes(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The error of a body's stream, which is shared: the client that sends it keeps one, and the caller gets one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BodyError(pub(crate) Arc<io::Error>);

impl BodyError {
    fn wrap(error: io::Error) -> io::Error {
        io::Error::new(error.kind(), BodyError(Arc::new(error)))
    }
}

/// A reader as a stream of pieces.
struct ReaderStream {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    buffer: BytesMut,
}

impl Stream for ReaderStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let ReaderStream { reader, buffer } = &mut *self;
        buffer.resize(PIECE_BYTES, 0);
        let mut piece = ReadBuf::new(buffer);
        ready!(reader.as_mut().poll_read(context, &mut piece))?;
        let length = piece.filled().len();
        Poll::Ready((length > 0).then(|| Ok(buffer.split_to(length).freeze())))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::writer::PIECES_AHEAD;
    use super::*;

    async fn collected(body: Body) -> io::Result<Bytes> {
        Ok(body.collect().await?.to_bytes())
    }

    #[tokio::test]
    async fn every_kind_of_body_is_sent_whole() {
        let long = "0123456789".repeat(100_000);
        let expected = Bytes::from(long.clone());
        let written = long.clone();
        let path = std::env::temp_dir().join(format!("dockwright-body-{}", std::process::id()));
        std::fs::write(&path, &long).unwrap();
        for body in [
            Body::from(long.clone()),
            Body::reader(io::Cursor::new(long)),
            Body::writer(move |out| out.write_all(written.as_bytes())),
            Body::file(&path).await.unwrap(),
        ] {
            assert_eq!(collected(body).await.unwrap(), expected);
        }
        std::fs::remove_file(&path).unwrap();
        assert!(collected(Body::writer(|_| Ok(()))).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_failure_while_writing_is_no_end() {
        let failing = Body::writer(|out| {
            out.write_all(b"half")?;
            Err(io::Error::other("the disk is gone"))
        });
        assert_eq!(collected(failing).await.unwrap_err().to_string(), "the disk is gone");
        let panicking = Body::writer(|_| std::panic::resume_unwind(Box::new("")));
        assert_eq!(collected(panicking).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_writer_is_only_a_little_ahead_and_ends_when_nobody_reads_on() {
        let (sender, ended) = tokio::sync::oneshot::channel();
        let mut body = Body::writer(move |out| {
            let mut written = 0_usize;
            let end = loop {
                match out.write(&[0; 1000]) {
                    Ok(bytes) => written += bytes,
                    Err(error) => break error,
                }
            };
            let _ = sender.send((written, end.kind()));
            Err(end)
        });
        body.frame().await.unwrap().unwrap();
        drop(body);
        let (written, end) = ended.await.unwrap();
        assert_eq!(end, io::ErrorKind::BrokenPipe);
        assert!(written <= (PIECES_AHEAD + 3) * PIECE_BYTES, "{written}");
    }
}
