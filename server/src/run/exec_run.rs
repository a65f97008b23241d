//! `exec_run`: runs a command in a running container, and shows its output and exit code, in one call.

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

/// Time for a process to end after its output.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);
/// Time between two inspections of the process.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Bytes reserved for the exit code above the output.
const OUTCOME_BYTES: usize = 200;

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let exec = call.access.operation("container_exec")?;
    let start = call.access.operation("exec_start")?;
    let checked = arguments::check(exec, std::mem::take(&mut call.arguments))?;
    let limit = call.extra.limit_seconds.or(Some(COMPOSED_SECONDS));
    let options = reply_options(&call.extra, call.access.settings()).with_time_limit(limit).with_reserve(OUTCOME_BYTES);
    let options = ReplyOptions { when_abandoned: start.when_abandoned, ..options };
    let input = call.extra.input.take();

    let body = attach(checked.body, input.is_some());
    let prepared = call.access.json(exec.operation, checked.arguments, Some(&body)).await?;
    let id = object([("id", prepared["Id"].clone())]);

    let tty = body["Tty"] == true;
    let begun = call.access.call(start.operation)?.arguments(id.clone());
    let begun = begun.body(&json!({ "Detach": false, "Tty": tty })).duplex().await;
    let connection = call.access.explain_result(start.operation, &id, begun).await?;
    let (write, output) = converse(start.operation, connection, input);
    let more = "grep, limit_items or limit_bytes";
    let result = tokio::select! {
        result = reply::show_output(output, &options, more, call.progress) => result,
        never = write => match never {},
    };
    let reply = call.access.explain_result(start.operation, &id, result).await?;

    let state = final_state(&call, &id, &options).await?;
    let outcome = match state["Running"] == true {
        false => json!({ "ExitCode": state["ExitCode"] }),
        true => json!({ "Running": true, "Pid": state["Pid"], "ID": id["id"] }),
    };
    Ok(reply.with_outcome(reply::safe(outcome, exec.operation.tag, &options), None, &options))
}

/// Inspects an exec after its output has ended. The engine notices the end of the process a moment later.
async fn final_state(
    call: &ComposedCall<'_>,
    id: &Map<String, Value>,
    options: &ReplyOptions,
) -> Result<Value, Failure> {
    let inspect = call.access.operation("exec_inspect")?.operation;
    let timeout = Instant::now() + EXIT_TIMEOUT;
    loop {
        let state = call.access.json(inspect, id.clone(), None).await?;
        let has_passed = |deadline: Instant| deadline <= Instant::now();
        if state["Running"] != true || has_passed(timeout) || options.deadline.is_some_and(has_passed) {
            return Ok(state);
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// Attaches the streams of the exec to the connection.
fn attach(body: Option<Value>, input: bool) -> Value {
    let mut body: Map<String, Value> = body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in [("AttachStdout", true), ("AttachStderr", true), ("AttachStdin", input)] {
        body.insert(name.to_owned(), value.into());
    }
    body.into()
}
