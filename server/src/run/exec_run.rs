//! `exec_run`: a command in a running container, its output and its exit code, in one call.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use super::converse::converse;
use crate::access::Failure;
use crate::arguments;
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::reply::{self, ReplyOptions, ToolReply};

/// How long the end of a process may follow that of its output, and how often it is asked for.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);
/// The room for the exit code above the output.
const OUTCOME_BYTES: usize = 200;

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let exec = call.access.operation("container_exec")?;
    let start = call.access.operation("exec_start")?;
    let checked = arguments::check(exec, std::mem::take(&mut call.arguments))?;
    let limit = call.extra.limit_seconds.or(Some(COMPOSED_SECONDS));
    let options = reply_options(&call.extra, call.access.settings()).within(limit).beside(OUTCOME_BYTES);
    let options = ReplyOptions { when_abandoned: start.when_abandoned, ..options };
    let input = call.extra.input.take();

    let body = attached(checked.body, input.is_some());
    let prepared = call.access.json(exec.operation, checked.arguments, Some(&body)).await?;
    let id = object([("id", prepared["Id"].clone())]);

    let tty = body["Tty"] == true;
    let begun = call.access.call(start.operation)?.arguments(id.clone());
    let begun = begun.body(&json!({ "Detach": false, "Tty": tty })).duplex().await;
    let connection = call.access.explained(start.operation, &id, begun).await?;
    let (write, output) = converse(start.operation, connection, input);
    let more = "grep, limit_items or limit_bytes";
    let shown = tokio::select! {
        shown = reply::show_output(output, &options, more, call.progress) => shown,
        never = write => match never {},
    };
    let shown = call.access.explained(start.operation, &id, shown).await?;

    let state = ended(&call, &id, &options).await?;
    let outcome = match state["Running"] == true {
        false => json!({ "ExitCode": state["ExitCode"] }),
        true => json!({ "Running": true, "Pid": state["Pid"], "ID": id["id"] }),
    };
    Ok(shown.below(reply::safe(outcome, exec.operation.tag, &options), None, &options))
}

/// The state of an exec whose output has ended. The engine learns a moment later that the process has.
async fn ended(call: &ComposedCall<'_>, id: &Map<String, Value>, options: &ReplyOptions) -> Result<Value, Failure> {
    let inspect = call.access.operation("exec_inspect")?.operation;
    let patience = Instant::now() + PATIENCE;
    loop {
        let state = call.access.json(inspect, id.clone(), None).await?;
        let is_late = |deadline: Instant| deadline <= Instant::now();
        if state["Running"] != true || is_late(patience) || options.deadline.is_some_and(is_late) {
            return Ok(state);
        }
        sleep(PAUSE).await;
    }
}

/// Attaches the output to this connection.
fn attached(body: Option<Value>, input: bool) -> Value {
    let mut body: Map<String, Value> = body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in [("AttachStdout", true), ("AttachStderr", true), ("AttachStdin", input)] {
        body.insert(name.to_owned(), value.into());
    }
    body.into()
}
