//! Chooses the presentation of an operation's answer by its row, not by its name. Holds the default limits of replies.

use dockwright::operation::{Answer, Operation, Waits};

/// The lines of an output that are shown by default.
pub const LINES: usize = 200;
/// The values of a stream that are gathered by default.
pub const VALUES: usize = 100;
/// The time that a composed tool waits by default, in seconds.
pub const COMPOSED_SECONDS: u64 = 45;

/// Describes `grep` wherever it is shown.
pub const GREP: &str = "Regex, any case.";
/// Describes `detach` wherever it means that a call runs on as work.
pub const DETACH: &str = "Answer now; see work_join.";

/// A way of presenting answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// An empty answer, a word or headers.
    Answer,
    /// One JSON value.
    Value,
    /// A stream of JSON values without an end: gathered.
    Values,
    /// JSON messages about work: summed up when the work is done.
    Work,
    /// The last lines that processes wrote.
    Output,
    /// An archive: listed, or saved on this host.
    Archive,
}

impl Presentation {
    /// Chooses the presentation of an operation's answer.
    #[must_use]
    pub fn of(operation: &Operation) -> Self {
        match operation.answer {
            Answer::Json => Presentation::Value,
            Answer::JsonStream if operation.waits == Waits::Answer => Presentation::Work,
            Answer::JsonStream => Presentation::Values,
            Answer::LogStream | Answer::Upgrade | Answer::Websocket => Presentation::Output,
            Answer::Tar => Presentation::Archive,
            _ => Presentation::Answer,
        }
    }
}

/// Describes `limit_items` of an output.
#[must_use]
pub fn last_lines() -> String {
    format!("Last lines shown; {LINES} unless given.")
}
