//! What a tool needs to know of an operation beyond its row of the table, as data: a title and the schemas of its arguments.

use crate::operation::Operation;

/// A tool for one operation.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Tool {
    /// The operation that it calls.
    pub operation: &'static Operation,
    /// Its title for people, `Container list`.
    pub title: &'static str,
    /// The JSON Schema of its arguments as a model is shown it: an object that stands alone, with every parameter and the
    /// first level of the body by name, and deeper levels where they are easily got wrong.
    pub input_schema: &'static str,
    /// The whole JSON Schema of its arguments; `$ref` names an entry of [`DEFINITIONS`].
    pub full_schema: &'static str,
    /// The arguments that are sent where a caller gives none, as a JSON object: what keeps an answer short.
    pub sends: &'static str,
    /// After how many seconds it answers with what there is; `None` where it ends by itself.
    pub answer_within: Option<u64>,
    /// What becomes of the work when the caller stops waiting; mostly empty.
    pub given_up: &'static str,
    /// Why it cannot be called as a tool, and what to use instead; mostly empty.
    pub refusal: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/tools.rs"));
