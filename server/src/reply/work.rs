//! Work that the engine tells about while it does it, building, pulling, pushing and loading: messages come in, a summary of
//! the outcome goes out, or the failure with the last lines before it. What a message means is no business of its operation:
//! all are made of the same members.

mod message;
mod summary;

use dockwright::{Error, Operation, Reply};
use serde_json::Value;

use super::ending::{Clock, Ended};
use super::{ReplyOptions, ToolReply};
use crate::progress::Progress;
use crate::secrets::Safe;
use message::Message;
use summary::Summary;

/// What becomes of most work that nobody waits for.
const GIVEN_UP: &str = "The engine stops what it was doing; what it had finished stays.";

/// Work that failed.
#[derive(Debug)]
pub struct WorkFailure {
    /// Why.
    pub error: Error,
    /// The last lines of output before, framed; empty if there are none. They belong below the error.
    pub output: Safe<String>,
}

/// Reads the messages of work until it is done, and shows its outcome. `limit_seconds` ends it only if it is given: the
/// connection is closed then, and a note says what that stops and what remains.
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
    let ended = loop {
        match clock.next(stream.next()).await {
            Ok(value) => {
                summary.add(&Message::of(&value));
                progress.step(|| summary.last.clone());
            }
            Err(ended) => break ended,
        }
    };
    drop(stream);
    match ended {
        Ended::Itself => Ok(summary.into_reply(None)),
        Ended::Time(seconds) => {
            let when_abandoned = if options.when_abandoned.is_empty() { GIVEN_UP } else { options.when_abandoned };
            let note = format!("stopped after {seconds} s (limit_seconds). {when_abandoned}");
            Ok(summary.into_reply(Some(note)))
        }
        Ended::Broken(error) => Err(WorkFailure { error, output: summary.output() }),
    }
}

#[cfg(test)]
mod tests;
