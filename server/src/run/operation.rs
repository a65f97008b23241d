//! Runs one operation: arguments are checked, an update is completed, the engine is asked, a failure is explained.

use std::time::Duration;

use dockwright::tools::Tool;
use serde_json::{Map, Value};

use super::answer::{self, Attempt};
use super::{preview, update};
use crate::access::{Access, Failure};
use crate::arguments::{self, CheckedArguments};
use crate::progress::Progress;
use crate::reply::ToolReply;

/// Calls the operation of a tool.
pub(super) async fn run(
    access: &Access,
    tool: &'static Tool,
    arguments: Map<String, Value>,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    let operation = tool.operation;
    if !tool.refusal.is_empty() {
        return Err(Failure::Request(format!("{}: {}", operation.name, tool.refusal)));
    }
    let checked = arguments::check(tool, arguments)?;
    if checked.extra.preview {
        return previewed(access, tool, checked).await;
    }
    let mut result = attempt(access, tool, checked.clone(), progress).await;
    for _ in 0..update::RETRIES {
        match &result {
            Err(Attempt::Failed(error)) if update::is_overtaken(operation, &checked, error) => {
                result = attempt(access, tool, checked.clone(), progress).await;
            }
            _ => break,
        }
    }
    match result {
        Ok(reply) => Ok(reply),
        Err(Attempt::Refused(failure)) => Err(failure),
        Err(Attempt::Failed(error)) => Err(Box::pin(access.explain(operation, &checked.arguments, error)).await),
        Err(Attempt::Broken(error, output)) => {
            Err(Box::pin(access.explain(operation, &checked.arguments, error)).await.after(&output))
        }
    }
}

async fn previewed(access: &Access, tool: &'static Tool, checked: CheckedArguments) -> Result<ToolReply, Failure> {
    let seconds = checked.extra.limit_seconds;
    let preview = Box::pin(preview::preview(access, tool, checked));
    let Some(seconds) = seconds else { return preview.await };
    let late = Failure::Limit { operation: tool.operation.name, seconds, when_abandoned: "Nothing was deleted." };
    tokio::time::timeout(Duration::from_secs(seconds), preview).await.unwrap_or(Err(late))
}

async fn attempt(
    access: &Access,
    tool: &'static Tool,
    mut checked: CheckedArguments,
    progress: &Progress,
) -> Result<ToolReply, Attempt> {
    // Boxed like all that is rare: a call is moved through many hands before it runs.
    Box::pin(update::complete(access, tool.operation, &mut checked)).await?;
    Box::pin(answer::answer(access, tool, checked, progress)).await
}
