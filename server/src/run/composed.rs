//! Runs composed tools: each has a file beside this one.

use serde_json::{Map, Value};

use super::{container_run, exec_run};
use crate::access::{Access, Failure};
use crate::arguments::{self, ExtraArguments};
use crate::catalogue::Composed;
use crate::progress::Progress;
use crate::reply::ToolReply;

/// Runs one call of a composed tool.
pub(super) async fn run(
    access: &Access,
    composed: Composed,
    arguments: Map<String, Value>,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    let access = &access.within(composed)?;
    let first = access.operation(composed.operations()[0])?.operation;
    let (extra, arguments) = arguments::check_composed(composed.name(), first, composed.schema(), arguments)?;
    let call = ComposedCall { access, extra, arguments, progress };
    match composed {
        Composed::ContainerRun => container_run::run(call).await,
        Composed::ExecRun => exec_run::run(call).await,
    }
}

/// One call of a composed tool, its arguments checked against its own schema.
pub(super) struct ComposedCall<'a> {
    /// Lets through the operations of this tool.
    pub(super) access: &'a Access,
    pub(super) extra: ExtraArguments,
    pub(super) arguments: Map<String, Value>,
    pub(super) progress: &'a Progress,
}

/// An object of these members.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
