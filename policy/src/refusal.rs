//! The reason why a request must not pass.

use std::fmt;

use dockwright::operation::Operation;

use crate::objects;

/// The reason why a request must not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The section of the policy that denies it, or the facet.
    pub rule: &'static str,
    /// The reason, and what would pass.
    pub words: String,
    /// The answer with the status of an object that is not there: the engine's own words where the caller must not
    /// learn that there is one, and those of the refusal where it may not look for any.
    pub absent: Option<String>,
}

impl Refusal {
    /// The refusal as clients of the engine are told it. A denied look at one object has the status of an object that
    /// is not there: who looks for a name among the objects of all kinds, as `docker inspect` does, looks on.
    #[must_use]
    pub fn for_client(self, operation: &Operation) -> Self {
        let absent = self.absent.clone().or_else(|| objects::is_look(operation).then(|| self.to_string()));
        Refusal { absent, ..self }
    }

    /// The status for HTTP: 404 for an object that is not the caller's or that it may not look for, else 403.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if self.absent.is_some() { 404 } else { 403 }
    }

    /// The message for the caller, who learns of no object that is not its own.
    #[must_use]
    pub fn message(&self) -> String {
        self.absent.clone().unwrap_or_else(|| self.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "denied by {}: {}", self.rule, self.words)
    }
}
