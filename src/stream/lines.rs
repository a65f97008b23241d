//! Output in pieces in, output in lines out. A line ends with `\n`, or with `\r\n` for a terminal; sources are kept
//! apart. It knows no frames and no encoding of text.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::output::{Output, Source};

/// An assembler of lines.
///
/// Push a piece, then call [`next`](Self::next) until it returns `None`; pieces are held until then. A line within one
/// piece is a slice of it, and a line that is spread over pieces is copied.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The most bytes of a line.
    limit: usize,
    /// Unread pieces; none is empty.
    waiting: VecDeque<Output>,
    /// The partial lines, one for each source that has been seen. They are copies, because a slice would keep its whole
    /// chunk alive, and the pieces of one slow line many chunks.
    begun: Vec<OpenLine>,
}

/// A partial line.
#[derive(Debug)]
struct OpenLine {
    source: Source,
    bytes: BytesMut,
}

impl Lines {
    /// `limit` is the most bytes of a line, one at least. A longer line is split into lines of at most that size, which
    /// end between characters.
    pub(crate) fn new(limit: usize) -> Self {
        Lines { limit: limit.max(1), waiting: VecDeque::new(), begun: Vec::new() }
    }

    /// Adds the next piece.
    pub(crate) fn push(&mut self, piece: Output) {
        if !piece.bytes.is_empty() {
            self.waiting.push_back(piece);
        }
    }

    /// Returns true if a line of this source has begun and not ended. Call it when [`next`](Self::next) has returned
    /// `None`.
    pub(crate) fn is_inside(&self, source: Source) -> bool {
        self.begun.iter().any(|begun| begun.source == source && !begun.bytes.is_empty())
    }

    /// The next line, without its end; `None` if more output is needed.
    pub(crate) fn next(&mut self) -> Option<Output> {
        while let Some(piece) = self.waiting.front_mut() {
            let begun = begun(&mut self.begun, piece.source);
            let line = line(begun, &mut piece.bytes, piece.source, self.limit);
            let output = line.map(|bytes| Output { source: piece.source, bytes });
            if piece.bytes.is_empty() {
                self.waiting.pop_front();
            }
            if output.is_some() {
                return output;
            }
        }
        None
    }

    /// Ends the output, and returns the next line. Partial lines come last, in the order in which their sources were
    /// first seen. Call it until it returns `None`.
    pub(crate) fn finish(&mut self) -> Option<Output> {
        if let Some(line) = self.next() {
            return Some(line);
        }
        let OpenLine { source, bytes } = self.begun.iter_mut().find(|begun| !begun.bytes.is_empty())?;
        let length = if bytes.len() > self.limit { cut(bytes, &[], self.limit) } else { bytes.len() };
        let bytes = take(bytes, &mut Bytes::new(), length);
        Some(Output { source: *source, bytes })
    }
}

fn begun(all: &mut Vec<OpenLine>, source: Source) -> &mut BytesMut {
    let index = all.iter().position(|begun| begun.source == source).unwrap_or_else(|| {
        all.push(OpenLine { source, bytes: BytesMut::new() });
        all.len() - 1
    });
    &mut all[index].bytes
}

/// Takes a line that begins with `begun` and continues in the piece. `None` if the line does not end in the piece,
/// which has then been added to `begun`.
fn line(begun: &mut BytesMut, piece: &mut Bytes, source: Source, limit: usize) -> Option<Bytes> {
    let terminal = source == Source::Terminal;
    // With so many bytes and no `\n`, the line is too long: `limit` bytes may still be followed by `\r`.
    let decisive = limit.saturating_add(2);
    // `begun` is always shorter, or it would have been cut.
    let reach = piece.len().min(decisive - begun.len());
    let end = memchr(b'\n', &piece[..reach]);

    let before = end.unwrap_or(reach);
    let length = begun.len() + before;
    let last = if before > 0 { Some(piece[before - 1]) } else { begun.last().copied() };
    let text = length - usize::from(terminal && end.is_some() && last == Some(b'\r'));

    match end {
        Some(_) if text <= limit => {
            // The line is taken with its end and then truncated, so that a piece of one line is neither shared nor
            // copied.
            let mut line = take(begun, piece, length + 1);
            line.truncate(text);
            Some(line)
        }
        None if length < decisive => {
            begun.extend_from_slice(piece);
            piece.clear();
            None
        }
        _ => {
            let length = cut(begun, piece, limit);
            Some(take(begun, piece, length))
        }
    }
}

/// The length to cut off the two together, which are longer than `limit`: that, or less if the cut would be inside a
/// character of UTF-8.
fn cut(begun: &[u8], piece: &[u8], limit: usize) -> usize {
    let byte = |at: usize| begun.get(at).or_else(|| piece.get(at - begun.len())).copied().unwrap_or_default();
    let is_inside = |at: usize| byte(at) & 0b1100_0000 == 0b1000_0000;
    // A character has at most four bytes, and a line one at least.
    let starts = (1..=limit).rev().take(4);
    let start = starts.into_iter().find(|at| !is_inside(*at)).unwrap_or(limit);
    let width = match byte(start) {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    };
    // Other encodings have no such characters.
    if start + width > limit { start } else { limit }
}

/// Cuts off the first `length` bytes of the two together.
fn take(begun: &mut BytesMut, piece: &mut Bytes, length: usize) -> Bytes {
    if begun.is_empty() {
        return piece.split_to(length);
    }
    if length < begun.len() {
        return begun.split_to(length).freeze();
    }
    begun.extend_from_slice(&piece.split_to(length - begun.len()));
    // `split` would let the next line share, and keep, the memory of this one.
    std::mem::take(begun).freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: usize = usize::MAX;

    fn piece(source: Source, text: &'static str) -> Output {
        Output { source, bytes: Bytes::from_static(text.as_bytes()) }
    }

    fn text(line: Output) -> String {
        String::from_utf8(line.bytes.into()).unwrap()
    }

    /// All lines of pieces of one source.
    fn split<'a>(source: Source, limit: usize, pieces: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut lines = Lines::new(limit);
        let mut all = Vec::new();
        for piece in pieces {
            lines.push(Output { source, bytes: Bytes::copy_from_slice(piece.as_bytes()) });
            all.extend(std::iter::from_fn(|| lines.next()).map(text));
            let held: usize = lines.begun.iter().map(|begun| begun.bytes.len()).sum();
            assert!(lines.waiting.is_empty() && held <= limit.saturating_add(1), "holds {held} bytes");
        }
        all.extend(std::iter::from_fn(|| lines.finish()).map(text));
        all
    }

    #[test]
    fn takes_the_line_ends_off() {
        assert_eq!(split(Source::Stdout, ALL, ["one\n\ntwo\r\nthree"]), ["one", "", "two\r", "three"]);
        assert_eq!(
            split(Source::Terminal, ALL, ["one\r\n\r\ntwo\nth\rree\r\r\n\r"]),
            ["one", "", "two", "th\rree\r", "\r"]
        );
    }

    #[test]
    fn an_end_makes_no_further_line() {
        assert_eq!(split(Source::Stdout, ALL, ["one\n"]), ["one"]);
        assert_eq!(split(Source::Stdout, ALL, ["\n"]), [""]);
        assert!(split(Source::Stdout, ALL, ["", ""]).is_empty());
    }

    #[test]
    fn output_may_be_split_anywhere() {
        let text = "one\n\r\n\rtwo\r\n\r\r\nthree, which is too long\nfour\r\n12345\r\n12345\n123456\r\n\nfive5\r";
        for source in [Source::Stderr, Source::Terminal] {
            for limit in [1, 2, 3, 4, 5, 6, 7, ALL] {
                let whole = split(source, limit, [text]);
                for first in 0..=text.len() {
                    for second in first..=text.len() {
                        let pieces = [&text[..first], &text[first..second], &text[second..]];
                        assert_eq!(split(source, limit, pieces), whole, "{source:?}, {limit}, {first} and {second}");
                    }
                }
                let single = text.split("").filter(|text| !text.is_empty());
                assert_eq!(split(source, limit, single), whole, "{source:?}, {limit}");
            }
        }
    }

    #[test]
    fn a_half_line_waits_while_another_source_goes_on() {
        let mut lines = Lines::new(ALL);
        lines.push(piece(Source::Stdout, "half a "));
        lines.push(piece(Source::Stderr, "whole\nrest"));
        assert_eq!(lines.next(), Some(piece(Source::Stderr, "whole")));
        assert_eq!(lines.next(), None);
        lines.push(piece(Source::Stdout, "line\nand"));
        assert_eq!(lines.next(), Some(piece(Source::Stdout, "half a line")));
        assert_eq!(lines.next(), None);
        assert_eq!(lines.finish(), Some(piece(Source::Stdout, "and")));
        assert_eq!(lines.finish(), Some(piece(Source::Stderr, "rest")));
        assert_eq!(lines.finish(), None);
    }

    #[test]
    fn the_end_gives_whole_lines_first() {
        let mut lines = Lines::new(ALL);
        lines.push(piece(Source::Stdout, "one\ntwo"));
        assert_eq!(lines.finish(), Some(piece(Source::Stdout, "one")));
        assert_eq!(lines.finish(), Some(piece(Source::Stdout, "two")));
        assert_eq!(lines.finish(), None);
    }

    #[test]
    fn a_long_line_comes_in_pieces_of_the_limit() {
        assert_eq!(split(Source::Stdout, 4, ["1234\n12345\n12345678\n\n"]), ["1234", "1234", "5", "1234", "5678", ""]);
        assert_eq!(split(Source::Stdout, 4, ["1234\r\n"]), ["1234", "\r"]);
        assert_eq!(split(Source::Stdout, 0, ["ab\n"]), ["a", "b"]);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let text = "aé€😀b\n";
        for (limit, expected) in [
            (4, &["aé", "€", "😀", "b"][..]),
            (5, &["aé", "€", "😀b"]),
            (6, &["aé€", "😀b"]),
            (9, &["aé€", "😀b"]),
            (10, &["aé€😀", "b"]),
        ] {
            assert_eq!(split(Source::Stdout, limit, [text]), expected, "{limit}");
            for middle in (1..text.len()).filter(|at| text.is_char_boundary(*at)) {
                let pieces = [&text[..middle], &text[middle..]];
                assert_eq!(split(Source::Stdout, limit, pieces), expected, "{limit}, {middle}");
            }
        }
        // The rest at the end of the output, which no `\n` has decided.
        assert_eq!(split(Source::Stdout, 2, ["aé"]), ["a", "é"]);
    }

    #[test]
    fn bytes_that_are_no_characters_are_cut_at_the_limit() {
        for (bytes, limit, lengths) in [
            (&b"\x80\x80\x80\x80\x80\x80\x80\n"[..], 5, [5, 2]),
            (b"aaa\x80\x80\x80\n", 4, [4, 2]),
            (b"\xF0\x9F\x98\x80\n", 3, [3, 1]),
        ] {
            let mut lines = Lines::new(limit);
            lines.push(Output { source: Source::Stdout, bytes: Bytes::from_static(bytes) });
            assert_eq!(lengths.map(|_| lines.next().unwrap().bytes.len()), lengths, "{bytes:?}");
        }
    }

    #[test]
    fn the_end_of_a_terminals_line_does_not_count() {
        assert_eq!(
            split(Source::Terminal, 4, ["1234\r\n12345\r\n12345\n1234\rx\n"]),
            ["1234", "1234", "5", "1234", "5", "1234", "\rx"]
        );
        assert_eq!(split(Source::Terminal, 4, ["1234\r"]), ["1234", "\r"]);
    }

    #[test]
    fn a_line_within_a_piece_is_a_slice_of_it() {
        let bytes = Bytes::copy_from_slice(b"one\ntwo\nth");
        let mut lines = Lines::new(ALL);
        lines.push(Output { source: Source::Stdout, bytes: bytes.clone() });
        assert_eq!(lines.next().unwrap().bytes.as_ptr(), bytes.as_ptr());
        assert_eq!(lines.next().unwrap().bytes.as_ptr(), bytes[4..].as_ptr());
        // The partial line is a copy, so that it does not keep the chunk.
        assert_eq!(lines.next(), None);
        assert_ne!(lines.finish().unwrap().bytes.as_ptr(), bytes[8..].as_ptr());
    }
}
