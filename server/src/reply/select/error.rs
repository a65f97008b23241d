//! The limits of an evaluation, and the reasons why an expression has no value.

use std::time::Duration;

use crate::expression::BYTES;

/// The most bytes that an evaluation may allocate, garbage included.
pub(super) const WORK_BYTES: usize = 32 * 1024 * 1024;
/// The longest time that an evaluation may take.
pub(super) const TIME: Duration = Duration::from_secs(5);

/// The reason why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// The expression is too long.
    #[error("an expression of {0} bytes; the limit is {BYTES}")]
    TooLong(usize),
    /// The expression is not JMESPath, or passes a function an argument that it does not take.
    #[error("{0}")]
    Invalid(String),
    /// The evaluation allocates too much.
    #[error("an expression that takes more than {} MiB", WORK_BYTES >> 20)]
    TooCostly,
    /// The evaluation takes too long.
    #[error("an expression that takes longer than {} s", TIME.as_secs())]
    TooSlow,
    /// The evaluation failed.
    #[error("an expression that cannot be evaluated")]
    Failed,
}
