//! Assembles lines from pieces of output: pieces come in, whole lines go out as soon as they end, in the order in which
//! they end. Lines of different sources do not mix. Only the beginnings of incomplete lines are held.

use dockwright::Source;
use memchr::{memchr, memrchr};

/// The most bytes of a line that are read; the rest is dropped.
pub const LINE_BYTES: usize = 64 * 1024;

/// A line without its line break.
#[derive(Debug, Clone, Copy)]
pub struct OutputLine<'a> {
    /// The stream that it was written to.
    pub source: Source,
    /// The line or its beginning, which may contain a `\r`.
    pub bytes: &'a [u8],
    /// Tells whether its end is missing.
    pub cut: bool,
}

/// Assembles lines.
#[derive(Debug, Default)]
pub struct LineAssembler {
    partial: Vec<PartialLine>,
}

/// A line that has not ended.
#[derive(Debug)]
struct PartialLine {
    source: Source,
    bytes: Vec<u8>,
    cut: bool,
    /// Tells whether a `\r` came last: the next text overwrites the line, unless the line ends.
    returned: bool,
}

impl LineAssembler {
    /// Takes the next piece and hands on each line that it ends.
    pub fn push(&mut self, source: Source, mut piece: &[u8], mut each: impl FnMut(OutputLine<'_>)) {
        let line = self.partial_line(source);
        while let Some(end) = memchr(b'\n', piece) {
            let last = &piece[..end];
            piece = &piece[end + 1..];
            // Most lines come whole and need no copy.
            if line.bytes.is_empty() && last.len() <= LINE_BYTES {
                each(OutputLine { source, bytes: last, cut: false });
            } else {
                line.add(last);
                line.end(&mut each);
            }
        }
        line.add(piece);
    }

    /// Hands on the incomplete lines, in the order in which their sources first appeared.
    pub fn finish(&mut self, mut each: impl FnMut(OutputLine<'_>)) {
        for line in self.partial.iter_mut().filter(|line| !line.bytes.is_empty()) {
            line.end(&mut each);
        }
    }

    fn partial_line(&mut self, source: Source) -> &mut PartialLine {
        let index = self.partial.iter().position(|line| line.source == source).unwrap_or_else(|| {
            self.partial.push(PartialLine { source, bytes: Vec::new(), cut: false, returned: false });
            self.partial.len() - 1
        });
        &mut self.partial[index]
    }
}

impl PartialLine {
    /// Appends to the line. Text that a `\r` lets be overwritten is dropped if there is no room for it.
    fn add(&mut self, mut part: &[u8]) {
        if part.is_empty() {
            return;
        }
        let text = part.len() - trailing_returns(part);
        if text > 0 && self.returned && self.bytes.len() >= LINE_BYTES {
            self.restart();
        }
        self.returned = text < part.len();
        if self.bytes.len() + text > LINE_BYTES
            && let Some(at) = memrchr(b'\r', &part[..text])
        {
            self.restart();
            part = &part[at + 1..];
        }
        let text = part.len() - trailing_returns(part);
        let room = LINE_BYTES - self.bytes.len();
        self.cut |= text > room;
        self.bytes.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn restart(&mut self) {
        self.bytes.clear();
        self.cut = false;
    }

    fn end(&mut self, each: &mut impl FnMut(OutputLine<'_>)) {
        each(OutputLine { source: self.source, bytes: &self.bytes, cut: self.cut });
        self.restart();
        self.returned = false;
    }
}

fn trailing_returns(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == b'\r').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Source::{Stderr, Stdout};

    fn lines<'a>(pieces: impl IntoIterator<Item = (Source, &'a [u8])>) -> Vec<(Source, String, bool)> {
        let mut all = Vec::new();
        let mut each = |line: OutputLine<'_>| {
            all.push((line.source, String::from_utf8(line.bytes.to_vec()).unwrap(), line.cut));
        };
        let mut lines = LineAssembler::default();
        for (source, piece) in pieces {
            lines.push(source, piece, &mut each);
            assert!(lines.partial.iter().all(|line| line.bytes.len() <= LINE_BYTES));
        }
        lines.finish(each);
        all
    }

    #[test]
    fn a_line_may_be_spread_over_pieces_and_the_sources_do_not_mix() {
        let pieces: [(_, &[u8]); 6] = [
            (Stdout, b"on"),
            (Stderr, b"wa"),
            (Stdout, b"e\ntwo\n\nth"),
            (Stderr, b"rn\n"),
            (Stderr, b"x"),
            (Stdout, b"r"),
        ];
        let expected =
            [(Stdout, "one"), (Stdout, "two"), (Stdout, ""), (Stderr, "warn"), (Stdout, "thr"), (Stderr, "x")];
        assert_eq!(lines(pieces), expected.map(|(source, text)| (source, text.to_owned(), false)));
    }

    #[test]
    fn a_stream_may_be_cut_anywhere() {
        let text = b"one\r\n\r\ntwo\r50%\r100%\nthree\n\nfour";
        let whole = lines([(Stdout, &text[..])]);
        for at in 0..=text.len() {
            assert_eq!(lines([(Stdout, &text[..at]), (Stdout, &text[at..])]), whole, "{at}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_held_in_part() {
        let piece = vec![b'x'; 10_000];
        let mut pieces = vec![(Stdout, &piece[..]); 1_000];
        pieces.push((Stdout, b"\nnext"));
        let all = lines(pieces);
        assert_eq!(
            all.iter().map(|(_, text, cut)| (text.len(), *cut)).collect::<Vec<_>>(),
            [(LINE_BYTES, true), (4, false)]
        );
    }

    #[test]
    fn a_line_that_is_overwritten_without_an_end_keeps_its_last_state() {
        let bar = |percent: usize| format!("{percent}% {}\r", "#".repeat(3_000));
        let bars: Vec<_> = (0..100).map(bar).collect();
        let text = lines(bars.iter().map(|bar| (Stdout, bar.as_bytes())).chain([(Stdout, &b"\n"[..])]));
        let last = text[0].1.trim_end_matches('\r').rsplit('\r').next().unwrap();
        assert!(text.len() == 1 && last.starts_with("99% #") && !text[0].2, "{last:.20}");

        let huge = [&b"old".repeat(LINE_BYTES)[..], b"\r", b"new"];
        assert_eq!(lines(huge.map(|piece| (Stdout, piece))), [(Stdout, "new".to_owned(), false)]);
        let ended = [&b"o".repeat(LINE_BYTES)[..], b"\r", b"\n"];
        assert_eq!(lines(ended.map(|piece| (Stdout, piece)))[0].1.len(), LINE_BYTES);
    }
}
