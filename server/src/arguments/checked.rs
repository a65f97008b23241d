//! The arguments of a call after all checks: the operation's, its body, and the server's extra ones.

use serde_json::{Map, Value};

use crate::grep::Grep;

/// The checked arguments of one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedArguments {
    /// The server's extra arguments.
    pub extra: ExtraArguments,
    /// The arguments of the operation without its body; none is null.
    pub arguments: Map<String, Value>,
    /// The body.
    pub body: Option<Value>,
    /// True if an update leaves the image as it is: the engine then keeps the login that it has for it.
    pub keeps_login: bool,
    /// Names of the arguments that were added by default.
    pub defaulted: Vec<String>,
    /// Notes for the reply on what was corrected or added.
    pub notes: Vec<String>,
}

impl CheckedArguments {
    /// The number of log lines requested, `None` for all.
    #[must_use]
    pub fn tail(&self) -> Option<usize> {
        self.arguments.get("tail")?.as_str()?.parse().ok()
    }
}

/// The server's extra arguments of one call; an absent one is `None` or false.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExtraArguments {
    /// JMESPath expression applied to the answer.
    pub select: Option<String>,
    /// Shows only items or lines that contain a match.
    pub grep: Option<Grep>,
    /// Maximum number of bytes shown.
    pub limit_bytes: Option<usize>,
    /// Maximum number of items or lines shown.
    pub limit_items: Option<usize>,
    /// Time limit of the call, in seconds.
    pub limit_seconds: Option<u64>,
    /// Treats the body as the whole new object, not as a patch of the present one.
    pub replace: bool,
    /// Lists the objects that a prune would delete, and deletes nothing.
    pub preview: bool,
    /// Answers at once, and lets the call run on.
    pub detach: bool,
    /// Text for the stdin of a process.
    pub input: Option<String>,
    /// Source of an archive to send: a path of the host, or texts by path.
    pub context: Option<Value>,
    /// Path of the host where an archive is saved.
    pub to: Option<String>,
    /// The builder of a build; `None` for the engine's choice.
    pub builder: Option<String>,
    /// Ids of the secrets that a build may use.
    pub secrets: Vec<String>,
    /// Ids of the agents of ssh that a build may use.
    pub ssh: Vec<String>,
    /// Sends arguments that the engine's API version does not know.
    pub allow_newer: bool,
}
