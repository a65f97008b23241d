//! Runs composed tools; each has a file of its own.

use serde_json::{Map, Value};

use super::composed_call::ComposedCall;
use super::{
    compose_config, compose_diff, compose_down, compose_generate, compose_list, compose_ps, compose_state, compose_up,
    container_edit, container_recreate, container_run, container_table, container_wait_for, exec_run, project_logs,
    work_tools,
};
use crate::access::{Access, Failure};
use crate::arguments;
use crate::catalogue::Composed;
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::work::Registry;

/// Runs one call of a composed tool.
pub(super) async fn run(
    access: &Access,
    registry: &Registry,
    composed: Composed,
    arguments: Map<String, Value>,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    let access = &access.for_composed(composed)?;
    let first = composed.operations().first().map(|name| access.operation(name)).transpose()?;
    let checked = arguments::check_composed(composed.name(), first, composed.schema(), arguments)?;
    let call = ComposedCall { access, registry, extra: checked.extra, arguments: checked.arguments, progress };
    let reply = match composed {
        Composed::ComposeConfig => compose_config::run(call).await,
        Composed::ComposeDiff => compose_diff::run(call).await,
        Composed::ComposeDown => compose_down::run(call).await,
        Composed::ComposeGenerate => compose_generate::run(call).await,
        Composed::ComposeList => compose_list::run(call).await,
        Composed::ComposePs => compose_ps::run(call).await,
        Composed::ComposeRestart | Composed::ComposeStart | Composed::ComposeStop => {
            compose_state::run(call, composed).await
        }
        Composed::ComposeUp => compose_up::run(call).await,
        Composed::ContainerEdit => container_edit::run(call).await,
        Composed::ContainerRun => container_run::run(call).await,
        Composed::ContainerRecreate => container_recreate::run(call).await,
        Composed::ContainerTable => container_table::run(call).await,
        Composed::ContainerWaitFor => container_wait_for::run(call).await,
        Composed::ExecRun => exec_run::run(call).await,
        Composed::ProjectLogs => project_logs::run(call).await,
        Composed::WorkList => Ok(work_tools::list(&call)),
        Composed::WorkJoin => work_tools::join(call).await,
        Composed::WorkCancel => work_tools::cancel(call).await,
    };
    reply.map(|reply| reply.with_notes(checked.notes))
}
