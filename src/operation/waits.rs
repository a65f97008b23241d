//! The part of an answer for which a call waits without a limit of time.

use serde_json::{Map, Value};

/// The part of an answer that may arrive arbitrarily late, because the engine works or waits for an event. No time
/// limit applies to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Nothing: all of it arrives soon.
    Nothing,
    /// The body: events, the output of processes.
    Rest,
    /// All of it: the engine answers when work is done, such as a build.
    Answer,
    /// All of it if the argument of this name is true, which asks for work; otherwise nothing.
    AnswerWith(&'static str),
}

impl Waits {
    /// The part that may arrive late for a call with these arguments, which is one of the other three.
    #[must_use]
    pub fn with(self, arguments: &Map<String, Value>) -> Self {
        match self {
            Waits::AnswerWith(name) if arguments.get(name) == Some(&Value::Bool(true)) => Waits::Answer,
            Waits::AnswerWith(_) => Waits::Nothing,
            waits => waits,
        }
    }
}
