//! Work that the engine reports on while it runs: building, pulling, pushing and loading. Messages come in; a summary
//! of the outcome goes out, or the failure with the last lines before it. Messages of all operations have the same
//! members and are read alike.

mod build;
mod message;
mod summary;

use dockwright::{Error, Operation, Reply};
use serde_json::Value;

use super::ending::{Clock, StreamEnd};
use super::{ReplyOptions, ToolReply};
use crate::progress::Progress;
use crate::secrets::Safe;
use message::Message;
use summary::Summary;

/// The fate of most work that the client abandons.
const WHEN_ABANDONED: &str = "The engine stops this work and keeps the parts that are finished.";

/// The fate of work that the client abandons, from the tool's words.
#[must_use]
pub fn when_abandoned(words: &'static str) -> &'static str {
    if words.is_empty() { WHEN_ABANDONED } else { words }
}

/// Work that failed.
#[derive(Debug)]
pub struct WorkFailure {
    /// The cause.
    pub error: Error,
    /// The last lines of output before the failure, framed, to stand below the error; empty if there are none.
    pub output: Safe<String>,
}

/// Reads the messages of work until it is done, and shows its outcome. There is no time limit unless `limit_seconds` is
/// set: when it passes, the connection is closed, and a note says which work stops and which remains.
///
/// # Errors
/// [`WorkFailure`], if the engine says that the work failed, or the stream breaks off.
pub async fn follow_work(
    reply: Reply,
    operation: &Operation,
    options: &ReplyOptions,
    progress: &Progress,
) -> Result<ToolReply, WorkFailure> {
    let mut clock = Clock::new(options);
    let mut stream = reply.into_json_stream::<Value>();
    let mut summary = Summary::new(operation.tag, options);
    let end = loop {
        match clock.next(stream.next()).await {
            Ok(value) => {
                summary.add(&Message::read(&value));
                progress.step(|| summary.last.clone());
            }
            Err(end) => break end,
        }
    };
    drop(stream);
    match end {
        StreamEnd::Complete | StreamEnd::Enough(_) => Ok(summary.into_reply(None)),
        StreamEnd::TimeLimit(seconds) => {
            let when_abandoned = when_abandoned(options.when_abandoned);
            let note = format!("stopped after {seconds} s (limit_seconds). {when_abandoned}");
            Ok(summary.into_reply(Some(note)))
        }
        StreamEnd::Failed(error) => Err(WorkFailure { error, output: summary.output() }),
    }
}

#[cfg(test)]
mod tests;
