//! Output of processes as text: a stream comes in, its last lines go out, framed, with stdout and stderr told apart.
//! Memory holds the lines that are shown and the lines that are incomplete, however long the stream and its lines are.

mod find;
mod lines;
pub mod private_keys;
mod stamps;
mod tail;

use dockwright::{LogStream, Source};

use super::ending::{Clock, StreamEnd};
use super::frame::{FRAME_BYTES, LineMarks};
use super::{ReplyOptions, ToolReply, amounts, notes};
use crate::catalogue::presentation::LINES;
use crate::progress::Progress;
use crate::secrets::Safe;
pub use find::find_line;
pub use lines::{LineAssembler, OutputLine};
pub use stamps::split_stamp;
pub use tail::{Origin, ShownLine, Tail, after_return};

/// Output that was read, as far as it came.
#[derive(Debug)]
pub struct ReadOutput {
    /// The reply, with notes about the output and its end.
    pub reply: ToolReply,
    /// The reason why reading ended.
    pub end: StreamEnd,
    /// The number of bytes that came.
    pub bytes: u64,
}

/// Reads a stream to its end, or for `limit_seconds`, and shows the last lines that contain the text of `grep`. `more`
/// names the arguments that show others: `tail, since, until, grep or limit_items`.
///
/// If the stream breaks off, the output before is shown, with a note about the failure.
pub async fn read_output(mut stream: LogStream, options: &ReplyOptions, more: &str, progress: &Progress) -> ReadOutput {
    let mut clock = Clock::new(options);
    let mut reader = OutputReader::new(options);
    let end = loop {
        if let Some(items) = reader.enough() {
            break StreamEnd::Enough(items);
        }
        match clock.next(stream.next()).await {
            Ok(piece) => reader.push(piece.source, &piece.bytes, progress),
            Err(end) => break end,
        }
    };
    // The engine need not go on sending while the reply is made.
    drop(stream);
    let bytes = reader.bytes;
    ReadOutput { reply: reader.into_reply(&end, options, more), end, bytes }
}

/// Reads output into lines and keeps the last.
#[derive(Debug)]
struct OutputReader {
    lines: LineAssembler,
    tail: Tail,
    /// The number of matching lines after which no more is read.
    wanted: Option<usize>,
    pieces: usize,
    bytes: u64,
}

impl OutputReader {
    fn new(options: &ReplyOptions) -> Self {
        let room = options.room().saturating_sub(FRAME_BYTES);
        let tail = Tail::new(options.limit_items.unwrap_or(LINES), room, options);
        let wanted = options.limit_items.filter(|_| options.stops_at_limit);
        OutputReader { lines: LineAssembler::default(), tail, wanted, pieces: 0, bytes: 0 }
    }

    /// The number of lines that are wanted, once so many match.
    fn enough(&self) -> Option<usize> {
        self.wanted.filter(|wanted| self.tail.matched >= *wanted)
    }

    fn push(&mut self, source: Source, piece: &[u8], progress: &Progress) {
        self.bytes += piece.len() as u64;
        let (tail, wanted) = (&mut self.tail, self.wanted);
        self.lines.push(source, piece, |line| {
            if wanted.is_none_or(|wanted| tail.matched < wanted) {
                tail.add(line);
            }
        });
        // Reading the clock for each line of a long log costs too much.
        if self.pieces < 1_000 || self.pieces.is_multiple_of(64) {
            progress.step(|| Safe::trusted(format!("{} lines", amounts::count(self.tail.total))));
        }
        self.pieces += 1;
    }

    fn into_reply(mut self, end: &StreamEnd, options: &ReplyOptions, more: &str) -> ToolReply {
        if self.enough().is_none() {
            self.lines.finish(|line| self.tail.add(line));
        }
        let shown = self.tail.finish();
        let marked = self.tail.sources.iter().any(|source| !matches!(source, Source::Stdout | Source::Terminal));
        let notes = [
            (marked && !shown.is_empty()).then(|| meaning(&self.tail.sources)),
            options.grep.as_ref().map(|grep| notes::matches(grep, self.tail.matched, self.tail.total, "lines")),
            (shown.len() < self.tail.matched).then(|| self.shortened(shown.len(), options, more)),
            cut_note(&shown),
            end.note(options.when_abandoned),
        ];
        let notes = notes.into_iter().flatten();
        let marks = if marked { LineMarks::Sources } else { LineMarks::None };
        match (shown.is_empty(), self.tail.total) {
            (false, _) => ToolReply::lines(join_lines(&shown, marked), marks, notes, options),
            (true, 0) => ToolReply::words("no output", notes, options),
            (true, _) if self.tail.matched == 0 => ToolReply::words("no line matches", notes, options),
            (true, _) => ToolReply::words("no line is shown", notes, options),
        }
    }

    fn shortened(&self, shown: usize, options: &ReplyOptions, more: &str) -> String {
        let limit = match options.limit_items.unwrap_or(LINES) {
            items if shown == items => format!("limit_items {items}"),
            _ => options.limit(),
        };
        let last = if options.tail == Some(self.tail.total) {
            format!("the last {} lines", amounts::count(shown))
        } else {
            notes::last_count(shown, self.tail.matched, "lines")
        };
        format!("{last} ({limit}; {} read); for the others {more}", amounts::bytes(self.bytes))
    }
}

/// Joins lines; `marked`, each begins with its source.
pub(super) fn join_lines(lines: &[ShownLine], marked: bool) -> Safe<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(if marked { mark(line.source) } else { "" });
        text.push_str(&line.text);
        text.push('\n');
    }
    Safe::trusted(text)
}

fn mark(source: Source) -> &'static str {
    match source {
        Source::Stderr => "err| ",
        Source::SystemError => "sys| ",
        _ => "out| ",
    }
}

fn meaning(sources: &[Source]) -> String {
    let engine = if sources.contains(&Source::SystemError) { ", sys| the engine itself" } else { "" };
    format!("out| is stdout, err| stderr{engine}")
}

/// Counts the lines that are cut.
pub(super) fn cut_note(shown: &[ShownLine]) -> Option<String> {
    let lines = shown.iter().filter(|line| line.cut).count();
    let are = if lines == 1 { "line is" } else { "lines are" };
    (lines > 0).then(|| format!("{lines} {are} cut; … marks the cut"))
}

#[cfg(test)]
mod tests;
