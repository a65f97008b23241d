//! One call of a composed tool, as its file receives it.

use serde_json::{Map, Value};

use crate::access::Access;
use crate::arguments::ExtraArguments;
use crate::progress::Progress;
use crate::work::Registry;

/// One call of a composed tool, its arguments checked against its own schema.
pub(super) struct ComposedCall<'a> {
    /// Lets through the operations of this tool.
    pub(super) access: &'a Access,
    pub(super) registry: &'a Registry,
    pub(super) extra: ExtraArguments,
    pub(super) arguments: Map<String, Value>,
    pub(super) progress: &'a Progress,
}

/// An object of these members.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
