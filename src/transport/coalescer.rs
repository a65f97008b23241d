//! An HTTP answer in, the same answer in fewer and larger chunks out. An engine sends every line of a log as a chunk of
//! its own, and an HTTP client's work for a chunk costs more than all other work for a line. Only chunks that arrive
//! together are joined; none waits for another. It knows no operation, and of HTTP only the borders of chunks.

use std::io;
use std::ops::{Range, RangeInclusive};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The bytes that are read at once, at first and at most. The most is more than a unix socket holds on Linux: an engine
/// whose socket was emptied writes on while this is read.
const READ_BYTES: RangeInclusive<usize> = 16 * 1024..=256 * 1024;
/// The end of a chunk.
const END: &[u8] = b"\r\n";
/// The size of the last chunk.
const LAST: &[u8] = b"0\r\n";
/// The room for the size of a chunk, which is known after the chunk has been joined.
const SIZE_LINE: usize = 18;
/// The room for the end of a chunk and the size of the last one.
const ENDS: usize = END.len() + LAST.len();

/// A connection that carries one answer and joins its chunks.
pub(crate) struct ChunkCoalescer<S> {
    stream: S,
    chunks: Chunks,
    /// The buffer in which chunks are joined. It is reused, which is faster than new memory, and grows while reads fill
    /// it.
    buffer: Vec<u8>,
    /// The part of the buffer that is still to be returned.
    waiting: Range<usize>,
}

impl<S> ChunkCoalescer<S> {
    pub(crate) fn new(stream: S) -> Self {
        let buffer = vec![0; SIZE_LINE + READ_BYTES.start() + ENDS];
        ChunkCoalescer { stream, chunks: Chunks::default(), buffer, waiting: 0..0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ChunkCoalescer<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let ChunkCoalescer { stream, chunks, buffer, waiting } = &mut *self;
        while waiting.start == waiting.end {
            let mut stream = Pin::new(&mut *stream);
            if matches!(chunks.state, ChunkState::Through) {
                return stream.poll_read(context, into);
            }
            let room = SIZE_LINE..buffer.len() - ENDS;
            let mut read = ReadBuf::new(&mut buffer[room.clone()]);
            ready!(stream.as_mut().poll_read(context, &mut read))?;
            let came = SIZE_LINE..SIZE_LINE + read.filled().len();
            if came == room && room.len() < *READ_BYTES.end() {
                buffer.resize(SIZE_LINE + 2 * room.len() + ENDS, 0);
            }
            if came.start == came.end {
                return Poll::Ready(Ok(()));
            }
            *waiting = if matches!(chunks.state, ChunkState::Head) {
                chunks.head(buffer, came)?
            } else {
                0..chunks.join(buffer, came)?
            };
        }
        let fits = waiting.len().min(into.remaining());
        into.put_slice(&buffer[waiting.start..waiting.start + fits]);
        waiting.start += fits;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ChunkCoalescer<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Parses the chunks of an answer, and joins those that arrive together.
#[derive(Debug, Default)]
struct Chunks {
    /// The part of the head that has arrived, until it is complete.
    head: Vec<u8>,
    state: ChunkState,
}

/// The part of the answer that the next byte belongs to.
#[derive(Debug, Default, Clone, Copy)]
enum ChunkState {
    #[default]
    Head,
    /// The size of a chunk, of which some digits have arrived.
    Size { size: u64, digits: u8 },
    /// The rest of the line after the size.
    Extension { size: u64 },
    /// The payload, of which one byte at least is still to come.
    Payload { left: u64 },
    /// The line end after the payload.
    Ending,
    /// Bytes that are passed through unchanged: after the last chunk, or in an answer without chunks.
    Through,
}

impl Chunks {
    /// Reads the part of the head that has arrived. Returns the range of the buffer with it and with joined chunks
    /// after it.
    fn head(&mut self, buffer: &mut [u8], came: Range<usize>) -> io::Result<Range<usize>> {
        let before = self.head.len();
        self.head.extend_from_slice(&buffer[came.clone()]);
        let Some(length) = memchr::memmem::find(&self.head, b"\r\n\r\n").map(|at| at + 4) else { return Ok(came) };
        let is_chunked = is_chunked(&self.head[..length]);
        self.head = Vec::new();
        if !is_chunked {
            self.state = ChunkState::Through;
            return Ok(came);
        }
        self.state = ChunkState::Size { size: 0, digits: 0 };
        // The first chunk needs room before it for its size line, so head and chunks are joined apart.
        let behind = came.start + length - before;
        let head = buffer[came.start..behind].to_vec();
        let mut joined = [&[0; SIZE_LINE], &buffer[behind..came.end], &[0; ENDS]].concat();
        let end = SIZE_LINE + came.end - behind;
        let size = self.join(&mut joined, SIZE_LINE..end)?;
        let end = put(&head, buffer, 0);
        Ok(0..put(&joined[..size], buffer, end))
    }

    /// Joins the bytes that arrived, in place. There must be room before them for a size line and after them for ends.
    /// Returns the length of the result, which begins at the start of the buffer.
    fn join(&mut self, buffer: &mut [u8], came: Range<usize>) -> io::Result<usize> {
        let (mut at, mut written) = (came.start, came.start);
        while at < came.end && !matches!(self.state, ChunkState::Through) {
            if let ChunkState::Payload { left } = self.state {
                let taken = (came.end - at).min(usize::try_from(left).unwrap_or(usize::MAX));
                if at != written {
                    buffer.copy_within(at..at + taken, written);
                }
                (at, written) = (at + taken, written + taken);
                let left = left - taken as u64;
                self.state = if left == 0 { ChunkState::Ending } else { ChunkState::Payload { left } };
            } else {
                self.state = state_after(self.state, buffer[at])?;
                at += 1;
            }
        }
        let size = written - came.start;
        if size == 0 {
            written = 0;
        } else {
            put(format!("{size:016x}\r\n").as_bytes(), buffer, 0);
            written = put(END, buffer, written);
        }
        if matches!(self.state, ChunkState::Through) {
            buffer.copy_within(at..came.end, written + LAST.len());
            written = put(LAST, buffer, written) + came.end - at;
        }
        Ok(written)
    }
}

/// Writes bytes into a buffer, and returns the position after them.
fn put(bytes: &[u8], buffer: &mut [u8], at: usize) -> usize {
    buffer[at..at + bytes.len()].copy_from_slice(bytes);
    at + bytes.len()
}

/// The state after a byte that is not payload.
fn state_after(state: ChunkState, byte: u8) -> io::Result<ChunkState> {
    Ok(match (state, byte) {
        (ChunkState::Size { size: 0, digits: 1.. } | ChunkState::Extension { size: 0 }, b'\n') => ChunkState::Through,
        (ChunkState::Size { size, digits: 1.. } | ChunkState::Extension { size }, b'\n') => {
            ChunkState::Payload { left: size }
        }
        (ChunkState::Size { size, digits: digits @ 0..16 }, _) if byte.is_ascii_hexdigit() => {
            let digit = char::from(byte).to_digit(16).unwrap_or_default();
            ChunkState::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }
        }
        (ChunkState::Size { size, digits: 1.. }, b'\r' | b';' | b' ' | b'\t') => ChunkState::Extension { size },
        (ChunkState::Extension { .. }, _) | (ChunkState::Ending, b'\r') => state,
        (ChunkState::Ending, b'\n') => ChunkState::Size { size: 0, digits: 0 },
        _ => {
            let problem = format!("`{}` is not allowed in the size or the end of a chunk", byte.escape_ascii());
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
    })
}

fn is_chunked(head: &[u8]) -> bool {
    let head = head.to_ascii_lowercase();
    let mut values = head.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"transfer-encoding:"));
    values.any(|value| value.trim_ascii().ends_with(b"chunked"))
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// A connection on which these pieces arrive.
    struct Pieces<'a>(VecDeque<&'a [u8]>);

    impl AsyncRead for Pieces<'_> {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            while self.0.front().is_some_and(|piece| piece.is_empty()) {
                self.0.pop_front();
            }
            if let Some(piece) = self.0.front_mut() {
                into.put_slice(piece.split_off(..piece.len().min(into.remaining())).unwrap());
            }
            Poll::Ready(Ok(()))
        }
    }

    /// The bytes that are returned for these pieces.
    fn joined<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> io::Result<String> {
        read(pieces, &mut [0; 4096])
    }

    /// The bytes that are returned for these pieces, read in buffers of this size.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, buffer: &mut [u8]) -> io::Result<String> {
        let mut stream = ChunkCoalescer::new(Pieces(pieces.into_iter().collect()));
        let mut all = Vec::new();
        let mut context = Context::from_waker(std::task::Waker::noop());
        loop {
            let mut into = ReadBuf::new(buffer);
            match Pin::new(&mut stream).poll_read(&mut context, &mut into) {
                Poll::Ready(result) => result?,
                Poll::Pending => unreachable!("all is there"),
            }
            if into.filled().is_empty() {
                return Ok(String::from_utf8(all).unwrap());
            }
            all.extend_from_slice(into.filled());
        }
    }

    /// The body of an answer of joined chunks.
    fn body(answer: &str) -> String {
        let mut rest = answer.strip_prefix(HEAD).unwrap();
        let mut body = String::new();
        loop {
            let (size, behind) = rest.split_once("\r\n").unwrap();
            let size = usize::from_str_radix(size, 16).unwrap();
            body += &behind[..size];
            rest = behind[size..].strip_prefix("\r\n").unwrap();
            if size == 0 {
                assert_eq!(rest, "");
                return body;
            }
        }
    }

    #[test]
    fn chunks_that_come_together_become_one() {
        let answer = format!("{HEAD}5\r\nhello\r\n1;a=b\r\n \r\n00B\r\nwide, world\r\n0\r\n\r\n");
        let expected = format!("{HEAD}{:016x}\r\nhello wide, world\r\n0\r\n\r\n", 17);
        assert_eq!(joined([answer.as_bytes()]).unwrap(), expected);
    }

    #[test]
    fn an_answer_may_be_split_anywhere() {
        let answer = format!("{HEAD}5\r\nhello\r\n1;a=b\r\n \r\n00B\r\nwide, world\r\n0\r\n\r\n");
        let answer = answer.as_bytes();
        for first in 0..=answer.len() {
            for second in first..=answer.len() {
                let pieces = [&answer[..first], &answer[first..second], &answer[second..]];
                assert_eq!(body(&joined(pieces).unwrap()), "hello wide, world", "split at {first} and {second}");
            }
        }
        assert_eq!(body(&joined(answer.chunks(1)).unwrap()), "hello wide, world");
        for size in 1..100 {
            let read = read([answer], &mut vec![0; size]).unwrap();
            assert_eq!(body(&read), "hello wide, world", "read in buffers of {size}");
        }
    }

    #[test]
    fn lines_may_end_without_a_return() {
        let answer = format!("{HEAD}5\nhello\n0\nmore");
        let pieces = |at: usize| [&answer.as_bytes()[..at], &answer.as_bytes()[at..]];
        for at in 0..answer.len() {
            let joined = joined(pieces(at)).unwrap();
            assert!(joined.ends_with("\r\n0\r\nmore"), "split at {at}: {joined:?}");
        }
    }

    #[test]
    fn what_has_no_chunks_is_not_changed() {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n1\r\na\r\n0\r\n",
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n\r\n1\r\na\r\n0\r\n",
            "HTTP/1.1 200 OK\r\n\r\n1\r\na\r\n0\r\n",
            "5\r\nhello\r\n",
        ] {
            assert_eq!(joined([answer.as_bytes()]).unwrap(), answer);
            assert_eq!(joined(answer.as_bytes().chunks(1)).unwrap(), answer);
        }
    }

    #[test]
    fn what_is_behind_the_last_chunk_is_not_changed() {
        let behind = "0\r\nTotal: 1\r\n\r\n2\r\nmore";
        let answer = format!("{HEAD}1\r\na\r\n{behind}");
        let expected = format!("{HEAD}{:016x}\r\na\r\n{behind}", 1);
        assert_eq!(joined([answer.as_bytes()]).unwrap(), expected);
        assert_eq!(joined(answer.as_bytes().chunks(1)).unwrap(), expected);
    }

    #[test]
    fn refuses_what_is_no_chunk() {
        for wrong in ["\r\n", "x\r\n", "5x\r\n", "1\r\nab", "12345678901234567\r\n", "-1\r\n"] {
            assert!(joined([HEAD.as_bytes(), wrong.as_bytes()]).is_err(), "{wrong}");
        }
    }
}
