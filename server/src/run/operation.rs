//! Runs one operation: checks its arguments, completes an update, calls the engine, follows a rollout, and explains a
//! failure.

use std::time::Duration;

use dockwright::tools::Tool;
use serde_json::{Map, Value};

use super::answer::{self, AttemptError};
use super::detach::{self, Caller, WorkRequest};
use super::rollout::Rollout;
use super::{preview, update};
use crate::access::{Access, Failure};
use crate::arguments::{self, CheckedArguments};
use crate::catalogue::presentation::Presentation;
use crate::progress::Progress;
use crate::reply::{self, ToolReply};
use crate::work::Registry;

/// Calls the operation of a tool.
pub(super) async fn run(
    access: &Access,
    registry: &Registry,
    tool: &'static Tool,
    arguments: Map<String, Value>,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    let operation = tool.operation;
    if !tool.refusal.is_empty() {
        return Err(Failure::Request(format!("{}: {}", operation.name, tool.refusal)));
    }
    let checked = check(access, tool, arguments).await?;
    if checked.extra.preview {
        let notes = checked.notes.clone();
        return Ok(preview(access, tool, checked).await?.with_notes(notes));
    }
    if Presentation::of(operation) != Presentation::Work {
        return execute(access, tool, checked, progress).await;
    }
    let request = WorkRequest::of_operation(tool, &checked, reply::when_abandoned(tool.when_abandoned));
    let caller = Caller { access, registry, progress };
    // Boxed, because the future of a call is large.
    let execute = |access, progress| Box::pin(async move { execute(&access, tool, checked, &progress).await });
    detach::run(caller, request, execute).await
}

/// Calls the engine, again if an update was outdated.
async fn execute(
    access: &Access,
    tool: &'static Tool,
    checked: CheckedArguments,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    let operation = tool.operation;
    let mut result = attempt(access, tool, checked.clone(), progress).await;
    for _ in 0..update::RETRIES {
        match &result {
            Err(AttemptError::Engine(error)) if update::is_outdated(operation, &checked, error) => {
                result = attempt(access, tool, checked.clone(), progress).await;
            }
            _ => break,
        }
    }
    let failure = match result {
        Ok((reply, None)) => return Ok(reply.with_notes(checked.notes)),
        Ok((reply, Some(rollout))) => match Box::pin(rollout.follow(access, reply, progress)).await {
            Ok(reply) => return Ok(reply.with_notes(checked.notes)),
            Err(failure) => failure,
        },
        Err(AttemptError::NotSent(failure)) => return Err(failure),
        Err(AttemptError::Engine(error)) => Box::pin(access.explain(operation, &checked.arguments, error)).await,
        Err(AttemptError::Work(error, output)) => {
            Box::pin(access.explain(operation, &checked.arguments, error)).await.with_output(&output)
        }
    };
    // A correction or an addition may be the cause.
    Err(checked.notes.iter().fold(failure, |failure, note| failure.with_note(note)))
}

/// Checks arguments. Names that are unknown within them pass if they are asked for, and the engine is newer than this
/// build.
pub(super) async fn check(
    access: &Access,
    tool: &'static Tool,
    arguments: Map<String, Value>,
) -> Result<CheckedArguments, Failure> {
    if !access.settings().allow_newer && !arguments::asks_for_newer(&arguments) {
        return Ok(arguments::check(tool, arguments)?);
    }
    match arguments::check(tool, arguments.clone()) {
        Err(_) if access.speaks_newer().await => Ok(arguments::check_for_newer(tool, arguments)?),
        result => Ok(result?),
    }
}

async fn preview(access: &Access, tool: &'static Tool, checked: CheckedArguments) -> Result<ToolReply, Failure> {
    let seconds = checked.extra.limit_seconds;
    let preview = Box::pin(preview::preview(access, tool, checked));
    let Some(seconds) = seconds else { return preview.await };
    let failure = Failure::Limit { operation: tool.operation.name, seconds, when_abandoned: "Nothing was deleted." };
    tokio::time::timeout(Duration::from_secs(seconds), preview).await.unwrap_or(Err(failure))
}

async fn attempt(
    access: &Access,
    tool: &'static Tool,
    mut checked: CheckedArguments,
    progress: &Progress,
) -> Result<(ToolReply, Option<Rollout>), AttemptError> {
    // Boxed, because the future is large and rarely needed.
    Box::pin(update::complete(access, tool.operation, &mut checked)).await?;
    let rollout = Rollout::of(tool.operation, &checked);
    Ok((Box::pin(answer::answer(access, tool, checked, progress)).await?, rollout))
}
