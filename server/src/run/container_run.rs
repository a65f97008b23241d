//! `container_run`: creates a container, starts it, waits for it and shows its output, in one call.

use std::time::Duration;

use dockwright::tools::Tool;
use serde_json::{Map, Value, json};

use super::answer::reply_options;
use super::composed_call::{ComposedCall, object};
use super::process::may_still_run;
use crate::access::Failure;
use crate::arguments::{self, CheckedArguments};
use crate::catalogue::presentation::COMPOSED_SECONDS;
use crate::reply::{self, ReadOutput, ReplyOptions, StreamEnd, ToolReply};
use crate::secrets::Safe;

/// Bytes reserved for the outcome above the output.
const OUTCOME_BYTES: usize = 1_000;
/// The operation that tells whether a container still runs.
const INSPECT: &str = "container_inspect";

pub(super) async fn run(mut call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let create = call.access.operation("container_create")?;
    let mut arguments = std::mem::take(&mut call.arguments);
    let mut flag = |name: &str| arguments.shift_remove(name).is_some_and(|value| value == true);
    let (detach, remove) = (call.extra.detach, flag("remove"));
    let mut checked = arguments::check(create, arguments)?;
    let notes = std::mem::take(&mut checked.notes);
    Ok(run_checked(call, create, checked, (detach, remove)).await?.with_notes(notes))
}

async fn run_checked(
    call: ComposedCall<'_>,
    create: &'static Tool,
    checked: CheckedArguments,
    (detach, remove): (bool, bool),
) -> Result<ToolReply, Failure> {
    let mut body = checked.body.unwrap_or_default();
    // The engine deletes a detached container. It must not delete one that is waited for, whose logs are read later.
    let remove = auto_remove(&mut body, detach, remove);
    let options = reply_options(&call.extra, call.access).with_reserve(OUTCOME_BYTES);
    // The caller's limits apply to the output; the outcome is shown whole.
    let whole = ReplyOptions { grep: None, limit_items: None, limit_bytes: Some(OUTCOME_BYTES), ..options.clone() };
    let render = |outcome: Map<String, Value>| reply::outcome(outcome.into(), create.operation, &whole);

    let created = call.access.json(create.operation, checked.arguments, Some(&body)).await?;
    let mut outcome = object([("Id", created["Id"].clone())]);
    if created["Warnings"].as_array().is_some_and(|warnings| !warnings.is_empty()) {
        outcome.insert("Warnings".to_owned(), created["Warnings"].clone());
    }
    let id = object([("id", created["Id"].clone())]);
    start(&call, &id).await?;
    if detach {
        outcome.insert("State".to_owned(), "running".into());
        outcome.extend(published(&call, &id, &body).await.map(|ports| ("Ports".to_owned(), ports)));
        return Ok(ToolReply::data(render(outcome), None, &whole));
    }
    let with_container = |failure: Failure| failure.with_note(&format!("this call started the container {}", id["id"]));
    let seconds = call.extra.limit_seconds.unwrap_or(COMPOSED_SECONDS);
    let Waited { ended, note } = wait(&call, &id, seconds, &mut outcome).await.map_err(with_container)?;
    let mut notes = Vec::from_iter(note);
    let output = logs(&call, &id, &options).await;
    let is_lost = match &output {
        Ok(read) => matches!(read.end, StreamEnd::Failed(_)),
        Err(failure) => failure.is_unreachable(),
    };
    if remove && ended && !is_lost {
        match delete(&call, &id).await {
            Ok(()) => _ = outcome.insert("Removed".to_owned(), true.into()),
            Err(failure) => notes.push(format!("the container could not be deleted: {failure}")),
        }
    } else if remove && ended {
        notes.push("it is not deleted, so that container_logs can read its output".to_owned());
    } else if remove {
        notes.push("it will not be deleted when it ends".to_owned());
    }
    Ok(match output {
        Ok(read) => {
            let reply = read.reply.with_outcome(render(outcome), None, &options);
            reply.with_notes(notes)
        }
        // Some logging drivers keep no logs to read.
        Err(failure) => {
            let no_output = [format!("no output: {}", failure.event())].into_iter();
            ToolReply::data(render(outcome), no_output.chain(notes), &options)
        }
    })
}

/// Starts a new container, and deletes it if it cannot be started, because it never ran.
async fn start(call: &ComposedCall<'_>, id: &Map<String, Value>) -> Result<(), Failure> {
    let start = call.access.operation("container_start")?.operation;
    call.progress.step(|| Safe::trusted("starting".to_owned()));
    let started = call.access.call(start, id.clone(), None).await?.outcome().await;
    let Err(failure) = call.access.explain_result(start, id, started).await else { return Ok(()) };
    if failure.is_unanswered() {
        let note = format!("this call created the container {}; {}", id["id"], may_still_run(INSPECT));
        return Err(failure.with_note(&note));
    }
    let note = match delete(call, id).await {
        Ok(()) => "the container created by this call was deleted".to_owned(),
        Err(_) => format!("this call created the container {}, which still exists", id["id"]),
    };
    Err(failure.with_note(&note))
}

/// The ports that the engine has published; `None` if none were wanted, or if the engine does not tell.
async fn published(call: &ComposedCall<'_>, id: &Map<String, Value>, body: &Value) -> Option<Value> {
    let host = &body["HostConfig"];
    let wants =
        host["PublishAllPorts"] == true || host["PortBindings"].as_object().is_some_and(|ports| !ports.is_empty());
    let inspect = call.access.operation(INSPECT).ok().filter(|_| wants)?.operation;
    let mut state = call.access.json(inspect, id.clone(), None).await.ok()?;
    Some(state.pointer_mut("/NetworkSettings/Ports")?.take())
}

/// The end of a wait.
struct Waited {
    /// Tells whether the container has ended.
    ended: bool,
    note: Option<String>,
}

/// Waits until the container ends, and adds its exit code or its state to the outcome.
async fn wait(
    call: &ComposedCall<'_>,
    id: &Map<String, Value>,
    seconds: u64,
    outcome: &mut Map<String, Value>,
) -> Result<Waited, Failure> {
    let wait = call.access.operation("container_wait")?.operation;
    call.progress.step(|| Safe::trusted("running".to_owned()));
    let waiting = call.access.json(wait, id.clone(), None);
    let Ok(ended) = tokio::time::timeout(Duration::from_secs(seconds), waiting).await else {
        outcome.insert("State".to_owned(), "running".into());
        let note = format!("it still runs after {seconds} s (limit_seconds): wait again, stop it or delete it");
        return Ok(Waited { ended: false, note: Some(note) });
    };
    let ended = match ended {
        Err(failure) if failure.is_unreachable() => return look(call, id, &failure, outcome).await,
        ended => ended?,
    };
    outcome.insert("StatusCode".to_owned(), ended["StatusCode"].clone());
    if let Some(message) = ended.pointer("/Error/Message") {
        outcome.insert("Error".to_owned(), message.clone());
    }
    Ok(Waited { ended: true, note: None })
}

/// Looks at the container once the wait for it was lost.
async fn look(
    call: &ComposedCall<'_>,
    id: &Map<String, Value>,
    lost: &Failure,
    outcome: &mut Map<String, Value>,
) -> Result<Waited, Failure> {
    let inspect = call.access.operation(INSPECT)?.operation;
    let state = call.access.json(inspect, id.clone(), None).await.map(|container| container["State"].clone());
    let event = lost.event();
    match state {
        Ok(state) if state["Status"] == "exited" => {
            outcome.insert("StatusCode".to_owned(), state["ExitCode"].clone());
            Ok(Waited { ended: true, note: Some(format!("the wait broke off, and it has ended since: {event}")) })
        }
        state => {
            let state = state.map_or_else(|_| "unknown".into(), |state| state["Status"].clone());
            outcome.insert("State".to_owned(), state);
            let note = format!("the wait broke off: {event}; {}", may_still_run(INSPECT));
            Ok(Waited { ended: false, note: Some(note) })
        }
    }
}

async fn logs(call: &ComposedCall<'_>, id: &Map<String, Value>, options: &ReplyOptions) -> Result<ReadOutput, Failure> {
    let logs = call.access.operation("container_logs")?;
    let mut arguments = id.clone();
    arguments.extend(call.extra.limit_items.map(|items| ("limit_items".to_owned(), items.into())));
    // A search wants all of the log.
    arguments.extend(call.extra.grep.as_ref().map(|_| ("tail".to_owned(), "all".into())));
    let checked = arguments::check(logs, arguments)?;
    // The wait has used up the time limit, and the logs of an ended container are complete.
    let options = options.clone().with_time_limit(None);
    let when_abandoned = "container_logs reads the rest.";
    let options = ReplyOptions { tail: checked.tail(), when_abandoned, ..options };
    let begun = call.access.call(logs.operation, checked.arguments, None).await?.log_stream().await;
    let stream = call.access.explain_result(logs.operation, id, begun).await?;
    Ok(reply::read_output(stream, &options, "container_logs", call.progress).await)
}

async fn delete(call: &ComposedCall<'_>, id: &Map<String, Value>) -> Result<(), Failure> {
    let delete = call.access.operation("container_delete")?.operation;
    let mut arguments = id.clone();
    arguments.extend(object([("v", true.into()), ("force", true.into())]));
    let deleted = call.access.call(delete, arguments, None).await?.empty().await;
    call.access.explain_result(delete, id, deleted).await
}

/// Lets the engine delete a detached container, and keeps it from deleting one that is waited for. Returns true if the
/// container is to be deleted here.
fn auto_remove(body: &mut Value, detach: bool, remove: bool) -> bool {
    let Value::Object(members) = body else { return remove };
    let requested = members.get("HostConfig").is_some_and(|host| host["AutoRemove"] == true);
    if detach && remove {
        let host = members.entry("HostConfig").or_insert_with(|| json!({}));
        if host.is_null() {
            *host = json!({});
        }
        host["AutoRemove"] = true.into();
    } else if requested && !detach {
        members["HostConfig"]["AutoRemove"] = false.into();
    }
    remove || requested
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_deletes_only_a_detached_container() {
        for (body, detach, remove, sent, here) in [
            (json!({}), false, true, json!({}), true),
            (json!({}), true, true, json!({"HostConfig": {"AutoRemove": true}}), true),
            (json!({"HostConfig": null}), true, true, json!({"HostConfig": {"AutoRemove": true}}), true),
            (
                json!({"HostConfig": {"AutoRemove": true}}),
                false,
                false,
                json!({"HostConfig": {"AutoRemove": false}}),
                true,
            ),
            (
                json!({"HostConfig": {"AutoRemove": true}}),
                true,
                false,
                json!({"HostConfig": {"AutoRemove": true}}),
                true,
            ),
            (json!({"Image": "a"}), false, false, json!({"Image": "a"}), false),
        ] {
            let mut body = body;
            assert_eq!(auto_remove(&mut body, detach, remove), here);
            assert_eq!(body, sent);
        }
    }
}
