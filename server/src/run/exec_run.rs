//! `exec_run`: runs a command in a running container, and shows its output and exit code, in one call.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use super::converse::{closes_stdin, converse};
use super::detach::{self, Caller, WorkRequest};
use super::process::{self, ProcessState, may_still_run};
use crate::access::{Access, Failure};
use crate::arguments::{self, CheckedArguments};
use crate::catalogue::Composed;
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::facets::SeenFacets;
use crate::progress::Progress;
use crate::reply::{self, ReplyOptions, StreamEnd, ToolReply};
use crate::secrets::Safe;
use crate::work::WorkCall;

/// Time for a process to end after its output.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);
/// The lag after which output may be missing where stdin was closed: some proxies then end the whole connection.
const LAG_AFTER_INPUT: Duration = Duration::from_millis(100);
/// Bytes reserved for the exit code above the output.
const OUTCOME_BYTES: usize = 200;
/// The exit code that the engine gives a command as soon as its output cannot be sent, though it still runs.
const NOT_FOLLOWED: i64 = 126;
/// The exit code of a program that is not there.
const NOT_FOUND: i64 = 127;
/// The operation that tells whether a command still runs.
const INSPECT: &str = "exec_inspect";

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
    let call_data = WorkCall { tool, about, facets: SeenFacets::default(), when_abandoned };
    WorkRequest { call: call_data, identity: None, detach: true, limit_seconds: call.extra.limit_seconds }
}

/// Runs the command, and waits for its end or the time limit. One that runs detached has no limit by default.
async fn execute(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let exec = call.access.operation("container_exec")?;
    let start = call.access.operation("exec_start")?;
    let checked = arguments::check(exec, std::mem::take(&mut call.arguments))?;
    let limit = call.extra.limit_seconds.or((!call.extra.detach).then_some(COMPOSED_SECONDS));
    let options = reply_options(&call.extra, call.access).with_time_limit(limit).with_reserve(OUTCOME_BYTES);
    let options = ReplyOptions { when_abandoned: start.when_abandoned, ..options };
    let input = call.extra.input.take();
    let usual_lag = if closes_stdin(start.operation, input.as_deref()) { LAG_AFTER_INPUT } else { process::USUAL_LAG };

    let body = attach(checked.body, input.is_some());
    let prepared = call.access.json(exec.operation, checked.arguments, Some(&body)).await?;
    let id = object([("id", prepared["Id"].clone())]);

    let tty = body["Tty"] == true;
    let attached = json!({ "Detach": false, "Tty": tty });
    let begun = call.access.call(start.operation, id.clone(), Some(&attached)).await?.duplex().await;
    let connection = call.access.explain_result(start.operation, &id, begun).await;
    let connection = connection.map_err(|failure| match failure.is_unanswered() {
        true => failure.with_note(&format!("the exec is {}; {}", id["id"], may_still_run(INSPECT))),
        false => failure,
    })?;
    let (write, output) = converse(start.operation, connection, input);
    let more = "grep, limit_items or limit_bytes";
    let read = tokio::select! {
        read = reply::read_output(output, &options, more, call.progress) => read,
        never = write => match never {},
    };
    let (outcome, note) = outcome(&call, &id, &read.end, usual_lag).await?;
    let note = note.or_else(|| whole_line(&body, &outcome));
    let outcome = reply::safe(outcome, exec.operation.tag, &options);
    Ok(read.reply.with_outcome(outcome, note, &options).with_notes(checked.notes))
}

/// The outcome of a command whose output has ended, and a note if output is or may be missing.
async fn outcome(
    call: &ComposedCall<'_>,
    id: &Map<String, Value>,
    end: &StreamEnd,
    usual_lag: Duration,
) -> Result<(Value, Option<String>), Failure> {
    let inspect = call.access.operation(INSPECT)?.operation;
    let patience = if matches!(end, StreamEnd::Complete) { EXIT_TIMEOUT } else { Duration::ZERO };
    let state = process::state_after_output(call.access, inspect, "/Running", id, patience).await;
    // A proxy that ends connections after input does so at any moment.
    let is_suspect = |lag: Duration| lag >= usual_lag || usual_lag == LAG_AFTER_INPUT && !lag.is_zero();
    Ok(match (state, end) {
        (Ok(ProcessState { answer, runs: false, .. }), StreamEnd::Failed(_)) if answer["ExitCode"] == NOT_FOLLOWED => {
            let note = format!("the engine does not follow it any more; {}", may_still_run("container_top"));
            (json!({ "ID": id["id"] }), Some(note))
        }
        (Ok(ProcessState { answer, runs: false, .. }), StreamEnd::Complete)
            if answer["ExitCode"] == NOT_FOLLOWED && usual_lag == LAG_AFTER_INPUT =>
        {
            let note =
                format!("126 may mean that the engine does not follow it any more; {}", may_still_run("container_top"));
            (json!({ "ExitCode": NOT_FOLLOWED, "ID": id["id"] }), Some(note))
        }
        (Ok(ProcessState { answer, runs: false, lag }), end) => {
            let note = match end {
                StreamEnd::Failed(_) => Some("it has ended since; the rest of its output is missing".to_owned()),
                StreamEnd::Complete if answer["ExitCode"] == NOT_FOLLOWED && is_suspect(lag) => {
                    let note = "126 is also what the engine says if it cannot send output: more may be missing, and";
                    Some(format!("{note} {}", may_still_run("container_top")))
                }
                StreamEnd::Complete if lag >= usual_lag => {
                    Some(format!("its output ended {} ms before it did: more may be missing", lag.as_millis()))
                }
                _ => None,
            };
            (json!({ "ExitCode": answer["ExitCode"] }), note)
        }
        (Ok(ProcessState { answer, .. }), end) => {
            let note = match end {
                StreamEnd::Failed(_) => Some(may_still_run(INSPECT)),
                StreamEnd::Complete => {
                    Some(format!("its output ended and it still runs: more may be missing; look with {INSPECT}"))
                }
                StreamEnd::TimeLimit(_) | StreamEnd::Enough(_) => None,
            };
            (json!({ "Running": true, "Pid": answer["Pid"], "ID": id["id"] }), note)
        }
        (Err(failure), _) if failure.is_unreachable() => {
            (json!({ "ID": id["id"] }), Some(format!("{}; {}", failure.event(), may_still_run(INSPECT))))
        }
        // The engine forgets a command whose container is gone.
        (Err(failure), _) => (json!({ "ID": id["id"] }), Some(failure.event())),
    })
}

/// A note where a whole command line stood in place of a program.
fn whole_line(body: &Value, outcome: &Value) -> Option<String> {
    let [line] = body["Cmd"].as_array()?.as_slice() else { return None };
    let words: Vec<&str> = line.as_str()?.split_whitespace().collect();
    let is_missing = outcome["ExitCode"] == NOT_FOLLOWED || outcome["ExitCode"] == NOT_FOUND;
    (is_missing && words.len() > 1).then(|| format!("each word is an item of Cmd: {}", json!(words)))
}

/// Attaches the streams of the exec to the connection.
fn attach(body: Option<Value>, input: bool) -> Value {
    let mut body: Map<String, Value> = body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in [("AttachStdout", true), ("AttachStderr", true), ("AttachStdin", input)] {
        body.insert(name.to_owned(), value.into());
    }
    body.into()
}
