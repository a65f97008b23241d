//! Docker's multiplexed stream in, as chunks cut anywhere, output out. A frame is a header of eight bytes (the source,
//! three zeros, the length, big-endian) and a payload. It knows no lines, no text and no connection, and never copies a
//! payload.

use bytes::{Buf, Bytes};

use super::error::StreamError;
use super::output::{Output, Source};

const HEADER_BYTES: usize = 8;

/// The longest frame that is accepted. An engine's frames are a few KiB, and text that is mistaken for a header
/// announces GiB.
const FRAME_BYTES: usize = 256 * 1024 * 1024;

/// A decoder of a multiplexed stream.
///
/// Push a chunk, then call [`next`](Self::next) until it returns `None`, and only then push again. Output is slices of
/// the chunks, so a small piece keeps its whole chunk alive.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// The unread bytes.
    chunk: Bytes,
    /// The next header, of which some bytes have arrived.
    header: [u8; HEADER_BYTES],
    filled: usize,
    /// The source of the payload, and its bytes that are still to come: none before a header. They are no enum, because
    /// copying one takes longer than all else for a frame.
    source: Option<Source>,
    left: usize,
    /// True if the next piece is the begin of its frame, and if the last one was.
    is_begin: bool,
    began: bool,
    broken: Option<StreamError>,
}

impl Frames {
    /// Adds the next chunk.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty(), "the chunk before has not been read");
        if self.broken.is_none() {
            self.chunk = chunk;
        }
    }

    /// The next piece of output, never an empty one; `None` if more bytes are needed. A frame that is spread over
    /// chunks comes in as many pieces.
    ///
    /// # Errors
    /// [`StreamError::Malformed`] for an invalid header, and from then on every time.
    pub(crate) fn next(&mut self) -> Result<Option<Output>, StreamError> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        while !self.chunk.is_empty() {
            let Some(source) = self.source.filter(|_| self.left > 0) else {
                self.header()?;
                continue;
            };
            self.began = std::mem::take(&mut self.is_begin);
            let taken = self.chunk.len().min(self.left);
            self.left -= taken;
            return Ok(Some(Output { source, bytes: self.chunk.split_to(taken) }));
        }
        Ok(None)
    }

    /// Returns true if the last piece is the begin of its frame.
    pub(crate) fn began(&self) -> bool {
        self.began
    }

    /// Reads a header, or the part of it that has arrived.
    fn header(&mut self) -> Result<(), StreamError> {
        let taken = self.chunk.len().min(HEADER_BYTES - self.filled);
        self.header[self.filled..self.filled + taken].copy_from_slice(&self.chunk[..taken]);
        self.chunk.advance(taken);
        self.filled += taken;
        if self.filled == HEADER_BYTES {
            let (source, length) = parse_header(self.header).map_err(|reason| self.give_up(reason))?;
            (self.source, self.left, self.filled, self.is_begin) = (Some(source), length, 0, true);
        }
        Ok(())
    }

    /// Ends the stream. Call it after [`next`](Self::next) has returned `None`: unread bytes count as truncated.
    ///
    /// # Errors
    /// [`StreamError::Truncated`] if the stream ends inside a frame, and an earlier error of [`next`](Self::next)
    /// again.
    pub(crate) fn finish(&mut self) -> Result<(), StreamError> {
        let between = self.filled == 0 && self.left == 0;
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None if between && self.chunk.is_empty() => Ok(()),
            None => Err(self.give_up(StreamError::Truncated)),
        }
    }

    fn give_up(&mut self, broken: StreamError) -> StreamError {
        self.chunk = Bytes::new();
        self.broken.insert(broken).clone()
    }
}

/// The source and the length of the payload after a header.
fn parse_header(header: [u8; HEADER_BYTES]) -> Result<(Source, usize), StreamError> {
    let [source, padding @ .., a, b, c, d] = header;
    let source = match source {
        0 => Source::Stdin,
        1 => Source::Stdout,
        2 => Source::Stderr,
        3 => Source::SystemError,
        _ => return Err(malformed(header, "its first byte is not a source")),
    };
    if padding != [0; 3] {
        return Err(malformed(header, "its second to fourth bytes are not zero"));
    }
    match u32::from_be_bytes([a, b, c, d]) as usize {
        length if length <= FRAME_BYTES => Ok((source, length)),
        _ => Err(malformed(header, "its length is impossible")),
    }
}

fn malformed(header: [u8; HEADER_BYTES], problem: &str) -> StreamError {
    // Shows the header as bytes and as text, which reveals data that is not a frame at all.
    StreamError::Malformed(format!(
        "`{}` ({header:02x?}) is not the header of a frame: {problem}",
        header.escape_ascii()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of every source, and an empty one.
    const STREAM: &[u8] =
        b"\x01\0\0\0\0\0\0\x05hello\x02\0\0\0\0\0\0\x03bad\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\x01!\0\0\0\0\0\0\0\x02in";

    fn output(source: Source, bytes: &'static str) -> Output {
        Output { source, bytes: Bytes::from_static(bytes.as_bytes()) }
    }

    /// All output of the chunks, and the end.
    fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Output>, Result<(), StreamError>) {
        let mut frames = Frames::default();
        let mut pieces = Vec::new();
        for chunk in chunks {
            frames.push(Bytes::copy_from_slice(chunk));
            while let Ok(Some(piece)) = frames.next() {
                assert!(!piece.bytes.is_empty());
                pieces.push(piece);
            }
        }
        (pieces, frames.finish())
    }

    /// Merges neighbouring pieces of one source.
    fn joined(pieces: Vec<Output>) -> Vec<(Source, Vec<u8>)> {
        let mut joined: Vec<(Source, Vec<u8>)> = Vec::new();
        for piece in pieces {
            match joined.last_mut() {
                Some((source, bytes)) if *source == piece.source => bytes.extend_from_slice(&piece.bytes),
                _ => joined.push((piece.source, piece.bytes.to_vec())),
            }
        }
        joined
    }

    #[test]
    fn tells_the_sources_apart_and_skips_empty_frames() {
        let expected = vec![
            output(Source::Stdout, "hello"),
            output(Source::Stderr, "bad"),
            output(Source::SystemError, "!"),
            output(Source::Stdin, "in"),
        ];
        assert_eq!(decode([STREAM]), (expected, Ok(())));
    }

    #[test]
    fn a_stream_may_be_split_anywhere() {
        let whole = joined(decode([STREAM]).0);
        for first in 0..=STREAM.len() {
            for second in first..=STREAM.len() {
                let (pieces, end) = decode([&STREAM[..first], &STREAM[first..second], &STREAM[second..]]);
                assert_eq!(joined(pieces), whole, "split at {first} and {second}");
                assert_eq!(end, Ok(()), "split at {first} and {second}");
            }
        }
        assert_eq!(joined(decode(STREAM.chunks(1)).0), whole);
    }

    #[test]
    fn the_end_is_an_error_only_inside_a_frame() {
        let boundaries = [0, 13, 24, 32, 41, STREAM.len()];
        for end in 0..=STREAM.len() {
            let expected = if boundaries.contains(&end) { Ok(()) } else { Err(StreamError::Truncated) };
            assert_eq!(decode([&STREAM[..end]]).1, expected, "ends at {end}");
        }
    }

    #[test]
    fn output_is_slices_of_what_was_pushed() {
        let chunk = Bytes::copy_from_slice(STREAM);
        let mut frames = Frames::default();
        frames.push(chunk.clone());
        let piece = frames.next().unwrap().unwrap();
        assert_eq!(piece.bytes.as_ptr(), chunk[8..].as_ptr());
    }

    #[test]
    fn what_was_not_asked_for_counts_as_missing() {
        let mut frames = Frames::default();
        frames.push(Bytes::from_static(STREAM));
        assert_eq!(frames.finish(), Err(StreamError::Truncated));
        assert_eq!(frames.next(), Err(StreamError::Truncated));
    }

    #[test]
    fn refuses_what_is_no_header_and_shows_it() {
        let reason = |header: &[u8]| match decode([header]).1 {
            Err(StreamError::Malformed(reason)) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            reason(b"root@web"),
            "`root@web` ([72, 6f, 6f, 74, 40, 77, 65, 62]) is not the header of a frame: its first byte is not a source"
        );
        assert!(reason(b"\x04\0\0\0\0\0\0\x01").ends_with("is not a source"));
        assert!(reason(b"\x01\0\x07\0\0\0\0\x01").ends_with("are not zero"));
        assert!(reason(b"\x01\0\0\0\x10\0\0\x01").ends_with("its length is impossible"));
    }

    #[test]
    fn the_longest_frame_is_not_assembled() {
        let mut frames = Frames::default();
        frames.push(Bytes::from_static(b"\x01\0\0\0\x10\0\0\0"));
        assert_eq!(frames.next(), Ok(None));
        let chunk = Bytes::from(vec![b'x'; 1024 * 1024]);
        for _ in 0..256 {
            frames.push(chunk.clone());
            assert_eq!(frames.next().unwrap().unwrap().bytes.len(), chunk.len());
            assert!(frames.chunk.is_empty());
        }
        assert_eq!(frames.finish(), Ok(()));
    }

    #[test]
    fn a_broken_stream_stays_broken_and_holds_nothing() {
        let mut frames = Frames::default();
        frames.push(Bytes::from_static(b"\x01\0\0\0\0\0\0\x01anonsense and more of it"));
        assert_eq!(frames.next(), Ok(Some(output(Source::Stdout, "a"))));
        let broken = frames.next().unwrap_err();
        frames.push(Bytes::from_static(STREAM));
        assert_eq!(frames.next(), Err(broken.clone()));
        assert_eq!(frames.finish(), Err(broken));
        assert!(frames.chunk.is_empty());
    }
}
