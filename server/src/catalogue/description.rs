//! The data of a composed tool.

use dockwright::operation::Annotations;

/// A composed tool as data.
pub(super) struct Description {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) tag: &'static str,
    /// The operations that it uses. Most of its arguments are the first operation's.
    pub(super) operations: &'static [&'static str],
    pub(super) annotations: Annotations,
}
