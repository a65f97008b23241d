//! The logs of several containers as one text: pieces of any stream come in, in any order, and the last lines of all of
//! them go out by their times, each with its source. Memory holds the lines that are shown and one incomplete line for
//! each stream.

use std::borrow::Cow;

use dockwright::Source;

use super::frame::{FRAME_BYTES, LineMarks};
use super::output::{LineAssembler, Origin, OutputLine, ShownLine, Tail, after_return, cut_note, split_stamp};
use super::{ReplyOptions, ToolReply, amounts, notes};
use crate::catalogue::presentation::LINES;
use crate::progress::Progress;
use crate::secrets::Safe;

/// The bytes of a line beside its source and its text.
const MARK_BYTES: usize = " err| \n".len();
/// The most names in a note.
const NAMES: usize = 10;

/// Merges logs whose lines have their times before them.
#[derive(Debug)]
pub struct MergedOutput {
    options: ReplyOptions,
    /// Tells whether the times are shown.
    timestamps: bool,
    tail: Tail,
    streams: Vec<MergedStream>,
    pieces: usize,
    bytes: u64,
}

#[derive(Debug)]
struct MergedStream {
    name: Safe<String>,
    lines: LineAssembler,
    /// The time of its last line that had one.
    time: i64,
    total: usize,
}

impl MergedOutput {
    /// Merges streams of these names.
    #[must_use]
    pub fn new(names: Vec<Safe<String>>, timestamps: bool, options: ReplyOptions) -> Self {
        let longest = names.iter().map(|name| name.len()).max().unwrap_or_default();
        let room = options.room().saturating_sub(FRAME_BYTES);
        let tail = Tail::new(options.limit_items.unwrap_or(LINES), room, &options);
        let tail = tail.with_frame_bytes(longest + MARK_BYTES);
        let stream = |name| MergedStream { name, lines: LineAssembler::default(), time: i64::MIN, total: 0 };
        let streams = names.into_iter().map(stream).collect();
        MergedOutput { options, timestamps, tail, streams, pieces: 0, bytes: 0 }
    }

    /// Takes the next piece of a stream.
    pub fn push(&mut self, stream: usize, source: Source, piece: &[u8], progress: &Progress) {
        self.bytes += piece.len() as u64;
        let (tail, timestamps) = (&mut self.tail, self.timestamps);
        let MergedStream { lines, time, total, .. } = &mut self.streams[stream];
        lines.push(source, piece, |line| *total += add(tail, stream, time, timestamps, line));
        // Reading the clock for each line of a long log costs too much.
        if self.pieces < 1_000 || self.pieces.is_multiple_of(64) {
            progress.step(|| Safe::trusted(format!("{} lines", amounts::count(self.tail.total))));
        }
        self.pieces += 1;
    }

    /// Takes the incomplete lines of a stream that has ended.
    pub fn end(&mut self, stream: usize) {
        let (tail, timestamps) = (&mut self.tail, self.timestamps);
        let MergedStream { lines, time, total, .. } = &mut self.streams[stream];
        lines.finish(|line| *total += add(tail, stream, time, timestamps, line));
    }

    /// The name of a stream.
    #[must_use]
    pub fn name(&self, stream: usize) -> &Safe<String> {
        &self.streams[stream].name
    }

    /// The reply, with `problems` below the notes about the lines. `more` names the arguments that show others.
    #[must_use]
    pub fn into_reply(mut self, problems: Vec<String>, more: &str) -> ToolReply {
        let shown = self.tail.finish();
        let options = &self.options;
        let silent = self.streams.iter().filter(|stream| stream.total == 0).map(|stream| &*stream.name);
        let notes = [
            self.tail.sources.contains(&Source::Stderr).then(|| "err| is stderr".to_owned()),
            options.grep.as_ref().map(|grep| notes::matches(grep, self.tail.matched, self.tail.total, "lines")),
            (shown.len() < self.tail.matched).then(|| self.shortened(shown.len(), more)),
            cut_note(&shown),
            names(silent.map(String::as_str)).map(|names| format!("no lines: {names}")),
        ];
        let notes = notes.into_iter().flatten().chain(problems);
        match (shown.is_empty(), self.tail.total) {
            (false, _) => ToolReply::lines(self.text(&shown), LineMarks::Sources, notes, options),
            (true, 0) => ToolReply::words("no output", notes, options),
            (true, _) if self.tail.matched == 0 => ToolReply::words("no line matches", notes, options),
            (true, _) => ToolReply::words("no line is shown", notes, options),
        }
    }

    fn text(&self, shown: &[ShownLine]) -> Safe<String> {
        let mut text = String::new();
        for line in shown {
            text.push_str(&self.streams[line.stream].name);
            text.push_str(match line.source {
                Source::Stderr => " err| ",
                Source::SystemError => " sys| ",
                _ => "| ",
            });
            text.push_str(&line.text);
            text.push('\n');
        }
        Safe::trusted(text)
    }

    fn shortened(&self, shown: usize, more: &str) -> String {
        let limit = match self.options.limit_items.unwrap_or(LINES) {
            items if shown == items => format!("limit_items {items}"),
            _ => self.options.limit(),
        };
        // An engine that sent as many lines of a container as it was asked for may have more of it.
        let is_whole = self.options.tail.is_none_or(|tail| self.streams.iter().all(|stream| stream.total < tail));
        let last = match is_whole {
            true => notes::last_count(shown, self.tail.matched, "lines"),
            false => format!("the last {} lines", amounts::count(shown)),
        };
        format!("{last} ({limit}; {} read); for the others {more}", amounts::bytes(self.bytes))
    }
}

/// Adds a line to the tail at its time, or at that of the line before if it has none. Returns the number of lines: one.
fn add(tail: &mut Tail, stream: usize, time: &mut i64, timestamps: bool, line: OutputLine<'_>) -> usize {
    let (stamp, text) = match split_stamp(line.bytes) {
        Some(stamped) => {
            *time = stamped.time;
            (stamped.stamp, stamped.text)
        }
        None => (&b""[..], line.bytes.into()),
    };
    let text = if timestamps { Cow::Owned([stamp, after_return(&text)].concat()) } else { text };
    tail.add_from(Origin { stream, time: *time }, OutputLine { bytes: &text, ..line });
    1
}

/// Lists names, the first of many.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.collect();
    let more = names.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{}{more}", names[..names.len().min(NAMES)].join(", ")))
}

#[cfg(test)]
mod tests;
