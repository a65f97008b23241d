//! The part of an answer that a caller wants to see, the room there is for it, and the time the call may take.

use std::time::Duration;

use tokio::time::Instant;

use super::notes;
use super::view::ViewOptions;
use crate::grep::Grep;

/// Selects a reply from an answer, and limits its size and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyOptions {
    /// A JMESPath expression over the whole answer, in place of the operation's view or projection.
    pub select: Option<String>,
    /// The view of the answer, if there is one.
    pub view: Option<ViewOptions>,
    /// Keeps only the elements of a list, the members of an object or the lines of a text that contain this, in any
    /// case.
    pub grep: Option<Grep>,
    /// The most elements of a list, or lines of a text, that are shown.
    pub limit_items: Option<usize>,
    /// Tells whether a stream is read only until `limit_items` of its lines match.
    pub stops_at_limit: bool,
    /// The most bytes of the answer that are shown.
    pub limit_bytes: Option<usize>,
    /// The seconds that the call may take.
    pub limit_seconds: Option<u64>,
    /// The moment at which they have passed.
    pub deadline: Option<Instant>,
    /// The fate of the work when it is not waited for any longer.
    pub when_abandoned: &'static str,
    /// The lines that the request asks the engine for: if as many come, there may be more before them.
    pub tail: Option<usize>,
    /// The path in a container that an archive holds.
    pub archived: Option<String>,
    /// The most characters of a reply, the server's words included.
    pub max_reply: usize,
    /// Tells whether secrets are shown.
    pub show_secrets: bool,
    /// Tells whether the values of environment variables are hidden, whatever they are.
    pub hides_environment: bool,
}

impl ReplyOptions {
    /// Shows as much of an answer as fits.
    #[must_use]
    pub fn new(max_reply: usize) -> Self {
        ReplyOptions {
            select: None,
            view: None,
            grep: None,
            limit_items: None,
            stops_at_limit: false,
            limit_bytes: None,
            limit_seconds: None,
            deadline: None,
            when_abandoned: "",
            tail: None,
            archived: None,
            max_reply,
            show_secrets: false,
            hides_environment: false,
        }
    }

    /// Leaves room for this many bytes beside the reply.
    #[must_use]
    pub fn with_reserve(self, bytes: usize) -> Self {
        ReplyOptions { max_reply: self.max_reply.saturating_sub(bytes), ..self }
    }

    /// Limits the time to this many seconds from now.
    #[must_use]
    pub fn with_time_limit(self, limit_seconds: Option<u64>) -> Self {
        let deadline = limit_seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
        ReplyOptions { limit_seconds, deadline, ..self }
    }

    /// The bytes for the engine's data, without those for notes. A character has at least one byte.
    pub(crate) fn room(&self) -> usize {
        let room = self.max_reply.saturating_sub(notes::NOTES_BYTES).max(self.max_reply / 2);
        room.min(self.limit_bytes.unwrap_or(usize::MAX))
    }

    /// Names the limit that ends a reply.
    pub(crate) fn limit(&self) -> String {
        match self.limit_bytes {
            Some(bytes) if bytes <= self.room() => format!("limit_bytes {bytes}"),
            _ => format!("{} characters", self.max_reply),
        }
    }
}

#[cfg(test)]
impl Default for ReplyOptions {
    fn default() -> Self {
        ReplyOptions::new(crate::settings::MAX_REPLY)
    }
}
