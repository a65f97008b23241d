//! Places of flags about the process behind an output: whether it has a TTY, and whether it still runs.

use super::Operation;

/// The place of the flag for a TTY. An absent flag means that output has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Terminal {
    /// The answer of another operation, called with the same path arguments.
    Operation {
        /// The operation to ask.
        operation: &'static Operation,
        /// The JSON pointer to a boolean in its answer.
        pointer: &'static str,
    },
    /// The request body.
    Body {
        /// The JSON pointer to a boolean in it.
        pointer: &'static str,
        /// The place of the flag that counts if the body lacks it. It is then sent too.
        prepared: Option<Prepared>,
    },
}

/// A flag of what was prepared by an earlier call, in the answer of another operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prepared {
    /// The operation to ask, called with the same path arguments.
    pub operation: &'static Operation,
    /// The JSON pointer to a boolean in its answer.
    pub pointer: &'static str,
}

/// The place of the flag that tells whether the process behind an output still runs. The output of a call lasts as long
/// as that process, if the argument `when` is true and the flag `unless` of the body is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    /// The operation to ask, called with the same path arguments.
    pub operation: &'static Operation,
    /// The JSON pointer to a boolean in its answer.
    pub pointer: &'static str,
    /// The argument that must be true.
    pub when: Option<&'static str>,
    /// The JSON pointer to a boolean in the body that must not be true.
    pub unless: Option<&'static str>,
}
