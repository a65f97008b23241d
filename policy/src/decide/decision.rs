//! The four answers of a decision.

use crate::facts::Question;
use crate::refusal::Refusal;
use crate::request::Change;

/// A decision on a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision<'a> {
    /// It may pass as it is.
    Allow,
    /// It may pass with these changes, all of them.
    Rewrite(Vec<Change<'a>>),
    /// It must not pass.
    Deny(Refusal),
    /// It cannot be decided without answers to these questions. With them it is decided anew, and more may be asked.
    Needs(Vec<Question>),
}
