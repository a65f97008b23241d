//! What processes wrote, as text: a stream of output comes in, its last lines go out, framed, stdout and stderr told apart.
//! However long the stream and its lines are, it holds what it shows and the line that is being written.

pub mod keys;
mod lines;
mod tail;

use dockwright::{LogStream, Result, Source};

use super::ending::{Clock, Ended};
use super::frame::FRAME_BYTES;
use super::{ReplyOptions, ToolReply, amounts, notes};
use crate::catalogue::presentation::LINES;
use crate::progress::Progress;
use crate::secrets::Safe;
pub use lines::Lines;
pub use tail::{Shown, Tail};

/// Reads a stream to its end, or for `limit_seconds`, and shows the last lines of it that contain the text of `grep`. `more`
/// names the arguments that show others: `tail, since, until, grep or limit_items`.
///
/// A stream that breaks off when something has come is shown as far as it came, and a note says how it broke off.
///
/// # Errors
/// Those of the stream, if nothing came before.
pub async fn show_output(
    mut stream: LogStream,
    options: &ReplyOptions,
    more: &str,
    progress: &Progress,
) -> Result<ToolReply> {
    let mut clock = Clock::new(options);
    let mut read = Read::new(options);
    let ended = loop {
        match clock.next(stream.next()).await {
            Ok(piece) => read.push(piece.source, &piece.bytes, progress),
            Err(ended) => break ended,
        }
    };
    match ended {
        Ended::Broken(error) if read.bytes == 0 => Err(error),
        ended => Ok(read.shaped(&ended, options, more)),
    }
}

/// What was read so far.
#[derive(Debug)]
struct Read {
    lines: Lines,
    tail: Tail,
    pieces: usize,
    bytes: u64,
}

impl Read {
    fn new(options: &ReplyOptions) -> Self {
        let room = options.room().saturating_sub(FRAME_BYTES);
        let tail = Tail::new(options.limit_items.unwrap_or(LINES), room, options);
        Read { lines: Lines::default(), tail, pieces: 0, bytes: 0 }
    }

    fn push(&mut self, source: Source, piece: &[u8], progress: &Progress) {
        self.bytes += piece.len() as u64;
        self.lines.push(source, piece, |line| self.tail.add(line));
        // The clock is not asked for each line of a long log.
        if self.pieces < 1_000 || self.pieces.is_multiple_of(64) {
            progress.step(|| Safe::trusted(format!("{} lines", amounts::count(self.tail.total))));
        }
        self.pieces += 1;
    }

    fn shaped(mut self, ended: &Ended, options: &ReplyOptions, more: &str) -> ToolReply {
        self.lines.finish(|line| self.tail.add(line));
        let shown = self.tail.finish();
        let marked = self.tail.sources.iter().any(|source| !matches!(source, Source::Stdout | Source::Terminal));
        let notes = [
            (marked && !shown.is_empty()).then(|| meaning(&self.tail.sources)),
            options.grep.is_some().then(|| notes::grepped(self.tail.matched, self.tail.total, "lines")),
            (shown.len() < self.tail.matched).then(|| self.shortened(shown.len(), options, more)),
            cut(shown.iter().filter(|line| line.cut).count()),
            ended.note(options.when_abandoned),
        ];
        let notes = notes.into_iter().flatten();
        match (shown.is_empty(), self.tail.total) {
            (false, _) => ToolReply::lines(joined(&shown, marked), notes, options),
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
            notes::last_of(shown, self.tail.matched, "lines")
        };
        format!("{last} ({limit}; {} read); for others {more}", amounts::bytes(self.bytes))
    }
}

/// Lines, each with who wrote it if that must be told.
pub(super) fn joined(lines: &[Shown], marked: bool) -> Safe<String> {
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

fn cut(lines: usize) -> Option<String> {
    let are = if lines == 1 { "line is" } else { "lines are" };
    (lines > 0).then(|| format!("{lines} {are} cut, where … ends them"))
}

#[cfg(test)]
mod tests;
