//! Runs composed tools; each has a file of its own.

use serde_json::{Map, Value};

use super::composed_call::ComposedCall;
use super::{container_run, exec_run};
use crate::access::{Access, Failure};
use crate::arguments;
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
    let access = &access.for_composed(composed)?;
    let first = access.operation(composed.operations()[0])?.operation;
    let (extra, arguments) = arguments::check_composed(composed.name(), first, composed.schema(), arguments)?;
    let call = ComposedCall { access, extra, arguments, progress };
    match composed {
        Composed::ContainerRun => container_run::run(call).await,
        Composed::ExecRun => exec_run::run(call).await,
    }
}
