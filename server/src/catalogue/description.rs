//! The data of a composed tool.

use dockwright::operation::Annotations;

/// A composed tool as data.
pub(super) struct Description {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    /// Words that a search for the tool should find beside its name and summary, such as the command of the docker CLI.
    pub(super) search: &'static str,
    /// True for a tool that a session needs first.
    pub(super) always_load: bool,
    /// True if a call of it may run on without its caller, as work.
    pub(super) detaches: bool,
    pub(super) tag: &'static str,
    /// The operations that it uses. Most of its arguments are the first operation's.
    pub(super) operations: &'static [&'static str],
    pub(super) annotations: Annotations,
}
