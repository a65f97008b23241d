//! Finds the first line of a log that matches, without reading further.

use dockwright::{LogStream, Result};

use super::super::ReplyOptions;
use super::lines::{LineAssembler, OutputLine};
use super::stamps::split_stamp;
use super::tail::{Origin, Tail};
use crate::secrets::Safe;

/// The most bytes of the line that are shown.
const ROOM: usize = 2_000;

/// Reads a log whose lines have their times before them until one matches the text of `grep`, and returns that line
/// without its time. Lines from before `start`, in nanoseconds, do not count.
///
/// # Errors
/// Errors of the stream before such a line.
pub async fn find_line(mut stream: LogStream, start: i64, options: &ReplyOptions) -> Result<Option<Safe<String>>> {
    let mut tail = Tail::new(1, ROOM, options);
    let mut lines = LineAssembler::default();
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        lines.push(piece.source, &piece.bytes, |line| add(&mut tail, start, line));
        if tail.matched > 0 {
            break;
        }
        // A log that never pauses must let the time limit pass.
        tokio::task::yield_now().await;
    }
    if tail.matched == 0 {
        lines.finish(|line| add(&mut tail, start, line));
    }
    Ok(tail.finish().pop().map(|line| line.text))
}

fn add(tail: &mut Tail, start: i64, line: OutputLine<'_>) {
    if tail.matched > 0 {
        return;
    }
    match split_stamp(line.bytes) {
        Some(stamped) if stamped.time < start => {}
        Some(stamped) => tail.add_from(Origin::default(), OutputLine { bytes: &stamped.text, ..line }),
        None => tail.add(line),
    }
}
