//! The arguments of a call after all checks: those of the operation, its body, and our own.

use serde_json::{Map, Value};

use crate::grep::Grep;

/// The arguments of one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// Our own.
    pub extra: ExtraArguments,
    /// The arguments of the operation, its body excepted; none is null.
    pub arguments: Map<String, Value>,
    /// The body.
    pub body: Option<Value>,
    /// The names of arguments that we added because the caller gave none.
    pub defaulted: Vec<String>,
}

impl Checked {
    /// The number of lines of a log that are asked for; `None`: all.
    #[must_use]
    pub fn tail(&self) -> Option<usize> {
        self.arguments.get("tail")?.as_str()?.parse().ok()
    }
}

/// Our own arguments of one call; what was not given is `None` or false.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtraArguments {
    /// A JMESPath expression that picks what is shown of the answer.
    pub select: Option<String>,
    /// The text that shown items or lines contain, in any case.
    pub grep: Option<Grep>,
    /// The most bytes that are shown.
    pub limit_bytes: Option<usize>,
    /// The most items or lines that are shown.
    pub limit_items: Option<usize>,
    /// How long the call may take, in seconds.
    pub limit_seconds: Option<u64>,
    /// Whether the body is the whole new object and not a patch of the present one.
    pub replace: bool,
    /// Whether only what would be done is asked for.
    pub preview: bool,
    /// The text for the stdin of a process.
    pub input: Option<String>,
    /// What is sent as an archive: a place of this host, or texts by path.
    pub context: Option<Value>,
    /// The place of this host where an archive is saved.
    pub to: Option<String>,
    /// Whether what the engine's API version does not know is sent all the same.
    pub allow_newer: bool,
}
