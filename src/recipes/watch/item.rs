//! The items of a watch: events, and gaps in which some may have been missed.

use std::fmt;

use super::mark::seconds;
use crate::models::EventMessage;

/// An item of a watch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Watched {
    /// An event.
    Event(Box<EventMessage>),
    /// Events may have been missed here.
    Gap(EventGap),
}

/// A place in a watch at which events may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventGap {
    /// The time of the last event before it, as the engine has it, in nanoseconds since 1970; `None` if there was none.
    pub after: Option<i64>,
    /// The loss of the connection.
    pub cause: String,
}

impl fmt::Display for EventGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "events may have been missed")?;
        if let Some(after) = self.after {
            write!(f, " after {}", seconds(after))?;
        }
        write!(f, " ({})", self.cause)
    }
}
