//! The last lines of a stream that contain a text: lines come in as they end, and of those that are wanted the last are
//! kept, made safe, in bounded memory. It knows no frames and no notes.

use std::borrow::Cow;
use std::collections::VecDeque;

use dockwright::Source;

use super::super::ReplyOptions;
use super::keys::{self, Keys, Left};
use super::lines::Line;
use crate::grep::Grep;
use crate::secrets::visible::visible;
use crate::secrets::{MARKER, Safe, redact_text};

/// The most bytes of a line that are shown.
pub const SHOWN_BYTES: usize = 8 * 1024;
/// What a line costs beside its bytes: who wrote it, and its end.
pub const FRAME_BYTES: usize = "out| \n".len();

/// The last lines.
#[derive(Debug)]
pub struct Tail {
    items: usize,
    room: usize,
    search: Option<Grep>,
    show_secrets: bool,
    keys: Keys,
    kept: VecDeque<Kept>,
    kept_bytes: usize,
    /// How many lines came; the body of a private key is a part of the line that begins it.
    pub total: usize,
    /// How many of them contain the text; all if there is none.
    pub matched: usize,
    /// Who wrote any.
    pub sources: Vec<Source>,
}

/// A line that is kept: text without what is hidden in it. Secrets still are.
#[derive(Debug)]
struct Kept {
    source: Source,
    bytes: Vec<u8>,
    cut: bool,
}

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who wrote it.
    pub source: Source,
    /// What, on one line.
    pub text: Safe<String>,
    /// Whether its end is cut off.
    pub cut: bool,
}

impl Tail {
    /// Keeps so many lines at most, in so many bytes.
    #[must_use]
    pub fn new(items: usize, room: usize, options: &ReplyOptions) -> Self {
        Tail {
            items,
            room,
            search: options.grep.clone(),
            show_secrets: options.show_secrets,
            keys: Keys::default(),
            kept: VecDeque::new(),
            kept_bytes: 0,
            total: 0,
            matched: 0,
            sources: Vec::new(),
        }
    }

    /// Takes the next line.
    pub fn add(&mut self, line: Line<'_>) {
        let Line { source, bytes, cut } = line;
        let left = if self.show_secrets { Left::Line(bytes.into()) } else { self.keys.without(source, bytes) };
        let bytes = match left {
            Left::Line(bytes) => bytes,
            Left::End(end) if self.forget_key(source) => [MARKER.as_bytes(), &end[..]].concat().into(),
            Left::End(end) => end,
            Left::Nothing => return,
        };
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        self.total += 1;
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        if is_plain(bytes) {
            if self.search.as_ref().is_none_or(|search| search.is_match_bytes(bytes) && self.is_shown(search, bytes)) {
                self.keep(source, bytes, cut);
            }
        } else {
            let text = seen(bytes);
            let bytes = text.as_bytes();
            if self.search.as_ref().is_none_or(|search| search.is_match(&text) && self.is_shown(search, bytes)) {
                self.keep(source, bytes, cut);
            }
        }
    }

    /// The lines that are shown, the oldest first, without secrets: these may take more room than what they hide.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Shown> {
        let mut left = self.room;
        let mut lines = Vec::new();
        for Kept { source, bytes, cut } in std::mem::take(&mut self.kept).into_iter().rev() {
            let text = Safe::trusted(self.safe(&bytes).into_owned() + if cut { "…" } else { "" });
            let Some(rest) = left.checked_sub(text.len() + FRAME_BYTES) else { break };
            left = rest;
            lines.push(Shown { source, text, cut });
        }
        lines.reverse();
        lines
    }

    /// Whether the text is still in the line when its secrets are hidden: else one could be guessed by searching for it.
    fn is_shown(&self, search: &Grep, line: &[u8]) -> bool {
        self.show_secrets || search.is_match(&self.safe(line))
    }

    fn safe<'a>(&self, line: &'a [u8]) -> Cow<'a, str> {
        let text = String::from_utf8_lossy(line);
        match redact_text(&text) {
            Cow::Owned(hidden) if !self.show_secrets => Cow::Owned(hidden),
            _ => text,
        }
    }

    fn keep(&mut self, source: Source, line: &[u8], cut: bool) {
        self.matched += 1;
        if self.items == 0 {
            return;
        }
        let mut bytes = if self.kept.len() == self.items { self.drop_first() } else { Vec::new() };
        let most = SHOWN_BYTES.min(self.room.saturating_sub(FRAME_BYTES + '…'.len_utf8()));
        let cut = cut || line.len() > most;
        if line.len() > most {
            let line = self.safe(line);
            let line = line.as_bytes();
            bytes.extend_from_slice(&line[..boundary(line, most)]);
        } else {
            bytes.extend_from_slice(line);
        }
        self.kept_bytes += bytes.len() + FRAME_BYTES;
        self.kept.push_back(Kept { source, bytes, cut });
        while self.kept_bytes > self.room && self.kept.len() > 1 {
            self.drop_first();
        }
    }

    /// Gives up the last lines of a source as far as they are of a key that began before all that came, and says whether
    /// there are any.
    fn forget_key(&mut self, source: Source) -> bool {
        let before = self.kept.len();
        let mut is_key: fn(&[u8]) -> bool = keys::is_body;
        for index in (0..before).rev() {
            let kept = &self.kept[index];
            if kept.source == source {
                if !is_key(&kept.bytes) {
                    break;
                }
                // Only the last line of a body is short.
                is_key = keys::holds_base64;
                self.kept_bytes -= kept.bytes.len() + FRAME_BYTES;
                self.kept.remove(index);
            }
        }
        let forgotten = before - self.kept.len();
        self.total -= forgotten;
        self.matched -= forgotten;
        forgotten > 0
    }

    /// How many bytes of memory the lines have.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.kept.iter().map(|kept| kept.bytes.capacity() + size_of::<Kept>()).sum()
    }

    /// The memory of the first line, for the next one; what a long one took is given back.
    fn drop_first(&mut self) -> Vec<u8> {
        let mut bytes = self.kept.pop_front().map(|kept| kept.bytes).unwrap_or_default();
        self.kept_bytes = self.kept_bytes.saturating_sub(bytes.len() + FRAME_BYTES);
        bytes.clear();
        bytes.shrink_to(512);
        bytes
    }
}

/// Whether all of a line is ASCII that is seen as what it is. No early end: this way it is sixteen bytes at a time.
fn is_plain(line: &[u8]) -> bool {
    line.iter().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') | (*byte == b'\t')))
}

/// What is seen of a line: what was not written over, without what is hidden.
fn seen(line: &[u8]) -> Cow<'_, str> {
    let returns = line.iter().rev().take_while(|byte| **byte == b'\r').count();
    let line = &line[..line.len() - returns];
    let line = memchr::memrchr(b'\r', line).map_or(line, |at| &line[at + 1..]);
    match String::from_utf8_lossy(line) {
        Cow::Borrowed(line) => visible(line),
        Cow::Owned(line) => Cow::Owned(visible(&line).into_owned()),
    }
}

/// The last start of a character at or before `at`, and the end of a shorter text.
fn boundary(text: &[u8], at: usize) -> usize {
    if text.len() <= at {
        return text.len();
    }
    (at.saturating_sub(3)..=at).rev().find(|at| text[*at] & 0xC0 != 0x80).unwrap_or(at)
}
