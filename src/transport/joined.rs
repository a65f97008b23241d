//! An HTTP answer in, the same answer in fewer and larger chunks out. An engine sends every line of a log as a chunk of its
//! own, and what an HTTP client does for a chunk costs more than all else that is done for a line. Nothing waits for more
//! to come: joined is what has come together. It knows no operation, and no more of HTTP than where chunks are.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// A connection that carries one answer, its chunks joined.
pub(crate) struct Joined<S> {
    stream: S,
    chunks: Chunks,
    read: Box<[u8]>,
    /// What is still to be handed on, from `handed` on.
    written: Vec<u8>,
    handed: usize,
}

impl<S> Joined<S> {
    pub(crate) fn new(stream: S) -> Self {
        let read = vec![0; READ_BYTES].into_boxed_slice();
        Joined { stream, chunks: Chunks::default(), read, written: Vec::new(), handed: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Joined<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.handed == this.written.len() {
            if matches!(this.chunks.place, Place::Through) {
                return Pin::new(&mut this.stream).poll_read(context, into);
            }
            let mut read = ReadBuf::new(&mut this.read);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.written.clear();
            this.handed = 0;
            this.chunks.join(read.filled(), &mut this.written)?;
        }
        let rest = &this.written[this.handed..];
        let fits = rest.len().min(into.remaining());
        into.put_slice(&rest[..fits]);
        this.handed += fits;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Joined<S> {
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

/// Takes the chunks of an answer apart, and makes one of what comes together.
#[derive(Debug, Default)]
struct Chunks {
    /// What came of the head, for as long as it comes.
    head: Vec<u8>,
    place: Place,
}

/// Where in the answer the next byte belongs.
#[derive(Debug, Default, Clone, Copy)]
enum Place {
    #[default]
    Head,
    /// In the size of a chunk, of which some digits came.
    Size { size: u64, digits: u8 },
    /// Behind the size, in its line.
    Extension { size: u64 },
    /// In the payload, of which some bytes, one at least, are still to come.
    Payload { left: u64 },
    /// In the end of the line behind it.
    Ending,
    /// Where nothing is changed: behind the last chunk, or in an answer that has none.
    Through,
}

impl Chunks {
    /// Writes what came.
    fn join(&mut self, bytes: &[u8], to: &mut Vec<u8>) -> io::Result<()> {
        let body = match self.place {
            Place::Head => self.head(bytes, to),
            _ => bytes,
        };
        if matches!(self.place, Place::Head | Place::Through) {
            to.extend_from_slice(body);
            return Ok(());
        }
        // Its size is known when it has been written.
        const SIZE_LINE: &[u8] = b"0000000000000000\r\n";
        let start = to.len();
        to.extend_from_slice(SIZE_LINE);
        let rest = self.payloads(body, to)?;
        match to.len() - start - SIZE_LINE.len() {
            0 => to.truncate(start),
            size => {
                to[start..start + 16].copy_from_slice(format!("{size:016x}").as_bytes());
                to.extend_from_slice(b"\r\n");
            }
        }
        if let Some(rest) = rest {
            to.extend_from_slice(b"0\r\n");
            to.extend_from_slice(rest);
        }
        Ok(())
    }

    /// Writes what there is of the head, and leaves what is behind it.
    fn head<'a>(&mut self, bytes: &'a [u8], to: &mut Vec<u8>) -> &'a [u8] {
        let before = self.head.len();
        self.head.extend_from_slice(bytes);
        let end = memchr::memmem::find(&self.head, b"\r\n\r\n").map(|at| at + 4);
        let (head, body) = bytes.split_at(end.map_or(bytes.len(), |end| end - before));
        to.extend_from_slice(head);
        if let Some(end) = end {
            let is_chunked = is_chunked(&self.head[..end]);
            self.place = if is_chunked { Place::Size { size: 0, digits: 0 } } else { Place::Through };
            self.head = Vec::new();
        }
        body
    }

    /// Writes payloads without what is around them, and leaves what is behind the size of the last chunk.
    fn payloads<'a>(&mut self, mut bytes: &'a [u8], to: &mut Vec<u8>) -> io::Result<Option<&'a [u8]>> {
        while let Some((&byte, behind)) = bytes.split_first() {
            if let Place::Payload { left } = self.place {
                let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                to.extend_from_slice(&bytes[..taken]);
                bytes = &bytes[taken..];
                let left = left - taken as u64;
                self.place = if left == 0 { Place::Ending } else { Place::Payload { left } };
                continue;
            }
            self.place = after(self.place, byte)?;
            bytes = behind;
            if matches!(self.place, Place::Through) {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// Where a byte that is no payload leads.
fn after(place: Place, byte: u8) -> io::Result<Place> {
    Ok(match (place, byte) {
        (Place::Size { size: 0, digits: 1.. } | Place::Extension { size: 0 }, b'\n') => Place::Through,
        (Place::Size { size, digits: 1.. } | Place::Extension { size }, b'\n') => Place::Payload { left: size },
        (Place::Size { size, digits: digits @ 0..16 }, _) if byte.is_ascii_hexdigit() => {
            let digit = char::from(byte).to_digit(16).unwrap_or_default();
            Place::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }
        }
        (Place::Size { size, digits: 1.. }, b'\r' | b';' | b' ' | b'\t') => Place::Extension { size },
        (Place::Extension { .. }, _) | (Place::Ending, b'\r') => place,
        (Place::Ending, b'\n') => Place::Size { size: 0, digits: 0 },
        _ => {
            let problem = format!("`{}` cannot stand where the size or the end of a chunk does", byte.escape_ascii());
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
    use super::*;

    const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// What is handed on when these pieces come.
    fn joined<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> io::Result<String> {
        let (mut chunks, mut to) = (Chunks::default(), Vec::new());
        pieces.into_iter().try_for_each(|piece| chunks.join(piece, &mut to))?;
        Ok(String::from_utf8(to).unwrap())
    }

    /// What an answer of joined chunks holds.
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
