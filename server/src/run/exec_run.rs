//! `exec_run`: runs a command in a running container, and shows its output and exit code, in one call.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use super::converse::converse;
use super::detach::{self, Caller, WorkRequest};
use crate::access::{Access, Failure};
use crate::arguments::{self, CheckedArguments};
use crate::catalogue::Composed;
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::progress::Progress;
use crate::reply::{self, ReplyOptions, ToolReply};
use crate::secrets::Safe;
use crate::work::WorkCall;

/// Time for a process to end after its output.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);
/// Time between two inspections of the process.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Bytes reserved for the exit code above the output.
const OUTCOME_BYTES: usize = 200;

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    if !call.extra.detach {
        return Box::pin(execute(call)).await;
    }
    let exec = call.access.operation("container_exec")?;
    let start = call.access.operation("exec_start")?;
    let request = detached(&call, arguments::check(exec, call.arguments.clone())?, start.when_abandoned);
    let ComposedCall { access, registry, extra, arguments, progress } = call;
    let execute = |access: Access, progress: Progress| {
        let registry = registry.clone();
        Box::pin(async move {
            let call = ComposedCall { access: &access, registry: &registry, extra, arguments, progress: &progress };
            execute(call).await
        })
    };
    detach::run(Caller { access, registry, progress }, request, execute).await
}

/// The request to run a command without its caller. Nobody may join it as an identical one.
fn detached(call: &ComposedCall<'_>, checked: CheckedArguments, when_abandoned: &'static str) -> WorkRequest {
    let target = checked.arguments.get("id").and_then(Value::as_str).unwrap_or_default();
    let tool = Composed::ExecRun.name();
    let about = Safe::line(target);
    let call_data = WorkCall { tool, target: Some(target.to_owned()), about, when_abandoned };
    WorkRequest { call: call_data, identity: None, detach: true, limit_seconds: call.extra.limit_seconds }
}

/// Runs the command, and waits for its end or the time limit. One that runs detached has no limit by default.
async fn execute(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let exec = call.access.operation("container_exec")?;
    let start = call.access.operation("exec_start")?;
    let checked = arguments::check(exec, std::mem::take(&mut call.arguments))?;
    let limit = call.extra.limit_seconds.or((!call.extra.detach).then_some(COMPOSED_SECONDS));
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
