//! Keeps the last lines of one or more streams that contain a text, in bounded memory: lines come in as they end, in
//! any order of the streams, and safe lines go out in the order of their times. It knows no frames and no notes.

use std::borrow::Cow;
use std::collections::VecDeque;

use dockwright::Source;

use super::super::ReplyOptions;
use super::lines::OutputLine;
use super::private_keys::{self, FilteredLine, PrivateKeyFilter};
use crate::grep::Grep;
use crate::secrets::visible::visible;
use crate::secrets::{MARKER, Safe, redact_text};

/// The most bytes of a line that are shown.
pub const SHOWN_BYTES: usize = 8 * 1024;
/// The bytes of a line beside its text: its source and its line break.
pub const FRAME_BYTES: usize = "out| \n".len();

/// The origin of a line among those of several streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// The number of the stream.
    pub stream: usize,
    /// The time of the line. Lines of one time stay in the order in which they came.
    pub time: i64,
}

/// The last lines of one or more streams.
#[derive(Debug)]
pub struct Tail {
    items: usize,
    room: usize,
    search: Option<Grep>,
    /// Tells whether the search matches no line only because of its hidden secrets.
    search_is_plain: bool,
    show_secrets: bool,
    /// The bytes of a line beside its text.
    frame_bytes: usize,
    keys: PrivateKeyFilter<(usize, Source)>,
    /// The lines by their times.
    lines: VecDeque<TailLine>,
    lines_bytes: usize,
    /// The time of the latest line that was dropped: nothing before it is kept, or there would be gaps.
    dropped: Option<i64>,
    /// The number of lines that came; the body of a private key counts as a part of the line that begins it.
    pub total: usize,
    /// The number of lines that contain the text; without a text, of all.
    pub matched: usize,
    /// The sources that wrote lines.
    pub sources: Vec<Source>,
}

/// A line that is kept: visible text, in which secrets are not hidden yet.
#[derive(Debug)]
struct TailLine {
    origin: Origin,
    source: Source,
    bytes: Vec<u8>,
    cut: bool,
}

/// A line for a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLine {
    /// The number of its stream.
    pub stream: usize,
    /// The stream that it was written to.
    pub source: Source,
    /// Its text, on one line.
    pub text: Safe<String>,
    /// Tells whether its end is cut off.
    pub cut: bool,
}

impl Tail {
    /// Keeps at most `items` lines, in at most `room` bytes.
    #[must_use]
    pub fn new(items: usize, room: usize, options: &ReplyOptions) -> Self {
        Tail {
            items,
            room,
            search: options.grep.clone(),
            search_is_plain: options.grep.as_ref().is_none_or(|grep| grep.is_apart_from(MARKER)),
            show_secrets: options.show_secrets,
            frame_bytes: FRAME_BYTES,
            keys: PrivateKeyFilter::default(),
            lines: VecDeque::new(),
            lines_bytes: 0,
            dropped: None,
            total: 0,
            matched: 0,
            sources: Vec::new(),
        }
    }

    /// Counts this many bytes for each line beside its text.
    #[must_use]
    pub fn with_frame_bytes(self, frame_bytes: usize) -> Self {
        Tail { frame_bytes, ..self }
    }

    /// Takes the next line of the only stream.
    pub fn add(&mut self, line: OutputLine<'_>) {
        self.add_from(Origin::default(), line);
    }

    /// Takes the next line of a stream.
    pub fn add_from(&mut self, origin: Origin, line: OutputLine<'_>) {
        let OutputLine { source, bytes, cut } = line;
        // Hidden characters go first, because they could hide a key.
        let visible = visible_line(bytes);
        let filtered = match self.show_secrets {
            true => FilteredLine::Line(visible),
            false => self.keys.filter((origin.stream, source), &visible),
        };
        let bytes = match filtered {
            FilteredLine::Line(bytes) => bytes,
            FilteredLine::KeyEnd(end) if self.forget_key(origin.stream, source) => {
                [MARKER.as_bytes(), &end[..]].concat().into()
            }
            FilteredLine::KeyEnd(end) => end,
            FilteredLine::KeyBody => return,
        };
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        self.total += 1;
        if self.matches(&bytes) {
            self.keep(origin, source, &bytes, cut);
        }
    }

    /// The lines that are shown, the oldest first, with secrets hidden. The marker of a secret may be longer than the
    /// secret, so fewer lines may fit than are kept.
    #[must_use]
    pub fn finish(&mut self) -> Vec<ShownLine> {
        let mut remaining = self.room;
        let mut lines = Vec::new();
        for TailLine { origin: Origin { stream, .. }, source, bytes, cut } in
            std::mem::take(&mut self.lines).into_iter().rev()
        {
            let text = Safe::trusted(self.safe(&bytes).into_owned() + if cut { "…" } else { "" });
            let Some(rest) = remaining.checked_sub(text.len() + self.frame_bytes) else { break };
            remaining = rest;
            lines.push(ShownLine { stream, source, text, cut });
        }
        lines.reverse();
        lines
    }

    /// Tells whether the line as it is shown matches. A search that also read what is hidden could guess a secret.
    fn matches(&self, line: &[u8]) -> bool {
        let Some(search) = &self.search else { return true };
        let matches = search.is_match_bytes(line);
        // Most lines hold no secret, and need not be read twice.
        if self.show_secrets || !matches && self.search_is_plain {
            return matches;
        }
        match self.safe(line) {
            Cow::Owned(shown) => search.is_match(&shown),
            Cow::Borrowed(_) => matches,
        }
    }

    fn safe<'a>(&self, line: &'a [u8]) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(line);
        match redact_text(&text) {
            Cow::Owned(hidden) if !self.show_secrets => Cow::Owned(hidden),
            _ => text,
        }
    }

    fn keep(&mut self, origin: Origin, source: Source, line: &[u8], cut: bool) {
        self.matched += 1;
        let Origin { time, .. } = origin;
        if self.dropped.is_some_and(|dropped| time < dropped) {
            return;
        }
        let is_full = self.lines.len() == self.items;
        if is_full && self.lines.front().is_none_or(|first| time < first.origin.time) {
            self.dropped = Some(time);
            return;
        }
        let mut bytes = if is_full { self.drop_first() } else { Vec::new() };
        let most = SHOWN_BYTES.min(self.room.saturating_sub(self.frame_bytes + '…'.len_utf8()));
        let cut = cut || line.len() > most;
        if line.len() > most {
            let line = self.safe(line);
            let line = line.as_bytes();
            bytes.extend_from_slice(&line[..boundary(line, most)]);
        } else {
            bytes.extend_from_slice(line);
        }
        self.lines_bytes += bytes.len() + self.frame_bytes;
        let place = match self.lines.back() {
            Some(last) if last.origin.time > time => self.lines.partition_point(|line| line.origin.time <= time),
            _ => self.lines.len(),
        };
        self.lines.insert(place, TailLine { origin, source, bytes, cut });
        while self.lines_bytes > self.room && self.lines.len() > 1 {
            self.drop_first();
        }
    }

    /// Drops the last lines of a source that belong to a key whose beginning was not seen, and tells whether there are
    /// any.
    fn forget_key(&mut self, stream: usize, source: Source) -> bool {
        let before = self.lines.len();
        let mut is_key: fn(&[u8]) -> bool = private_keys::is_body;
        for index in (0..before).rev() {
            let line = &self.lines[index];
            if line.origin.stream == stream && line.source == source {
                if !is_key(&line.bytes) {
                    break;
                }
                // Only the last line of a body is short.
                is_key = private_keys::holds_base64;
                self.lines_bytes -= line.bytes.len() + self.frame_bytes;
                self.lines.remove(index);
            }
        }
        let forgotten = before - self.lines.len();
        self.total -= forgotten;
        self.matched -= forgotten;
        forgotten > 0
    }

    /// The bytes of memory that the lines take.
    #[cfg(test)]
    pub(in crate::reply) fn memory_bytes(&self) -> usize {
        self.lines.iter().map(|line| line.bytes.capacity() + size_of::<TailLine>()).sum()
    }

    /// Drops the first line and returns its memory for the next one; most of a long line's memory is freed.
    fn drop_first(&mut self) -> Vec<u8> {
        let Some(TailLine { origin, mut bytes, .. }) = self.lines.pop_front() else { return Vec::new() };
        self.dropped = self.dropped.max(Some(origin.time));
        self.lines_bytes = self.lines_bytes.saturating_sub(bytes.len() + self.frame_bytes);
        bytes.clear();
        bytes.shrink_to(512);
        bytes
    }
}

/// Tells whether a line is visible ASCII only. Without an early end the compiler checks sixteen bytes at a time.
fn is_plain(line: &[u8]) -> bool {
    line.iter().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') | (*byte == b'\t')))
}

/// The part of a line that was not written over: the text after the last `\r`, but for those at the end.
pub fn after_return(line: &[u8]) -> &[u8] {
    let returns = line.iter().rev().take_while(|byte| **byte == b'\r').count();
    let line = &line[..line.len() - returns];
    memchr::memrchr(b'\r', line).map_or(line, |at| &line[at + 1..])
}

/// The visible part of a line, without hidden characters.
fn visible_line(line: &[u8]) -> Cow<'_, [u8]> {
    let line = after_return(line);
    if is_plain(line) {
        return line.into();
    }
    let text = String::from_utf8_lossy(line);
    visible(&text).into_owned().into_bytes().into()
}

/// The start of the last character that begins at or before `at`, or the end of a shorter text.
fn boundary(text: &[u8], at: usize) -> usize {
    if text.len() <= at {
        return text.len();
    }
    (at.saturating_sub(3)..=at).rev().find(|at| text[*at] & 0xC0 != 0x80).unwrap_or(at)
}
