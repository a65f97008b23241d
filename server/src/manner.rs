//! How the answer of an operation is shown, which follows from its row: nothing is decided here by name.

use dockwright::operation::{Answer, Operation, Waits};

/// A manner of showing answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Nothing, a word or headers.
    Answer,
    /// One JSON value.
    Value,
    /// JSON values that come for as long as something happens: gathered.
    Values,
    /// JSON messages about work: summed up when it is done.
    Work,
    /// What processes write: its last lines.
    Output,
    /// An archive: listed, or saved on this host.
    Archive,
}

impl Manner {
    /// That of an operation.
    #[must_use]
    pub fn of(operation: &Operation) -> Self {
        match operation.answer {
            Answer::Json => Manner::Value,
            Answer::JsonStream if operation.waits == Waits::Answer => Manner::Work,
            Answer::JsonStream => Manner::Values,
            Answer::LogStream | Answer::Upgrade | Answer::Websocket => Manner::Output,
            Answer::Tar => Manner::Archive,
            _ => Manner::Answer,
        }
    }
}
