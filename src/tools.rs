//! Data for tools beyond the rows of the operation table: titles, and schemas of arguments.

use crate::operation::Operation;

/// A tool for one operation.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Tool {
    /// The operation that it calls.
    pub operation: &'static Operation,
    /// Its title for people, `Container list`.
    pub title: &'static str,
    /// The JSON Schema of its arguments for a model: a self-contained object with every parameter and the first level
    /// of the body by name, and deeper levels where mistakes are likely.
    pub input_schema: &'static str,
    /// The complete JSON Schema of its arguments. `$ref` names an entry of [`DEFINITIONS`].
    pub full_schema: &'static str,
    /// Default arguments that keep an answer short, as a JSON object. They are sent unless a caller gives others.
    pub sends: &'static str,
    /// The time in seconds after which it answers with what has arrived; `None` if it ends by itself.
    pub answer_within: Option<u64>,
    /// The fate of the work when the caller stops waiting; mostly empty.
    pub when_abandoned: &'static str,
    /// The reason why it cannot be called as a tool, and an alternative; mostly empty.
    pub refusal: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/tools.rs"));
