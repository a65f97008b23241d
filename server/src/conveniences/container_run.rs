//! `container_run`: a new container, started, waited for, its output shown, in one call.

use std::time::Duration;

use dockwright::operation::Annotations;
use serde_json::{Map, Value, json};

use super::{Convenience, Run, object};
use crate::arguments::{self, Own};
use crate::door::Failure;
use crate::reply::{self, Shaped, Wanted};

const NAME: &str = "container_run";
/// Room for what came of it above its output.
const OUTCOME_BYTES: usize = 1_000;
/// How long a container is waited for unless its caller says otherwise, in seconds.
const SECONDS: u64 = 45;

pub(super) const CONTAINER_RUN: Convenience = Convenience {
    name: NAME,
    title: "Container run",
    description: "Create and start a container, wait until it ends, and give its exit code and output; or leave it running \
        with `detach`. The image must be there.",
    tag: "Container",
    uses: &["container_create", "container_start", "container_wait", "container_logs", "container_delete"],
    annotations: Annotations { read_only: false, destructive: false, idempotent: false, open_world: true },
    schema,
    run: |run| Box::pin(run_container(run)),
};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "For the container; made up if left out." },
            "platform": { "type": "string", "description": "Which variant of the image, such as linux/arm64." },
            "body": { "type": "object", "description": "As for container_create: Image, Cmd, Env, HostConfig, NetworkingConfig, ExposedPorts, Healthcheck, …" },
            "detach": { "type": "boolean", "description": "Do not wait: answer when it has started." },
            "remove": { "type": "boolean", "description": "Delete it and its anonymous volumes when it has ended." },
            "grep": { "type": "string" },
            "limit_items": { "type": "integer", "description": "Last lines shown; 200 unless given." },
            "limit_bytes": { "type": "integer" },
            "limit_seconds": { "type": "integer", "description": "Answer with what there is after this time; it runs on.", "default": SECONDS },
        },
        "required": ["body"],
        "additionalProperties": false,
    })
}

async fn run_container(run: Run<'_>) -> Result<Shaped, Failure> {
    let [create, ..] = run.tools[..] else { unreachable!("these are operations that it uses") };
    let (own, mut arguments) = arguments::check_convenience(NAME, create.operation, &schema(), run.arguments.clone())?;
    let mut asked = |name: &str| arguments.shift_remove(name).is_some_and(|asked| asked == true);
    let (detach, remove) = (asked("detach"), asked("remove"));
    let checked = arguments::check(create, arguments)?;
    let mut body = checked.body.unwrap_or_default();
    // Nobody is there later to delete it but the engine; while it is waited for, the engine would take away what to read.
    let remove = auto_remove(&mut body, detach, remove);
    let wanted = Wanted::new(&own, run.door.settings()).beside(OUTCOME_BYTES);
    // The caller's limits are for the output, and what came of it is shown whole.
    let whole = Wanted { grep: None, limit_items: None, limit_bytes: Some(OUTCOME_BYTES), ..wanted.clone() };

    let created = run.json(create.operation, checked.arguments, Some(&body)).await?;
    let mut outcome = object([("Id", created["Id"].clone())]);
    if created["Warnings"].as_array().is_some_and(|warnings| !warnings.is_empty()) {
        outcome.insert("Warnings".to_owned(), created["Warnings"].clone());
    }
    let id = object([("id", created["Id"].clone())]);
    start(&run, &id).await?;
    if detach {
        outcome.insert("State".to_owned(), "running".into());
        return Ok(reply::value(outcome.into(), create.operation, &whole));
    }
    let is_there = |failure: Failure| failure.with_note(&format!("the container {} was started for it", id["id"]));
    let seconds = own.limit_seconds.unwrap_or(SECONDS);
    let mut note = wait(&run, &id, seconds, &mut outcome).await.map_err(is_there)?;
    let shown = logs(&run, &id, &own, &wanted).await;
    if remove && note.is_some() {
        note = note.map(|note| format!("{note}; it is not deleted when it ends"));
    } else if remove {
        match delete(&run, &id).await {
            Ok(()) => _ = outcome.insert("Removed".to_owned(), true.into()),
            Err(failure) => note = Some(format!("it could not be deleted: {failure}")),
        }
    }
    let outcome = reply::value(outcome.into(), create.operation, &whole).value.unwrap_or_default();
    match shown {
        Ok(shown) => Ok(shown.below(&outcome, note, &wanted)),
        // Some logging drivers keep nothing that could be read.
        Err(failure) => {
            let notes = [Some(format!("no output: {failure}")), note];
            Ok(Shaped::of(outcome).with_notes(notes.into_iter().flatten(), &wanted))
        }
    }
}

/// Starts a new container. One that cannot be started is deleted: what never ran leaves nothing worth keeping.
async fn start(run: &Run<'_>, id: &Map<String, Value>) -> Result<(), Failure> {
    let [_, start, ..] = run.tools[..] else { unreachable!("these are operations that it uses") };
    run.progress.step(|| "starting".to_owned());
    let started = async { run.door.engine()?.call(start.operation).arguments(id.clone()).outcome().await };
    let Err(failure) = run.told(start.operation, id, started.await).await else { return Ok(()) };
    let left = match delete(run, id).await {
        Ok(()) => "the container that was created for it is deleted again".to_owned(),
        Err(_) => format!("the container {} was created for it and is still there", id["id"]),
    };
    Err(failure.with_note(&left))
}

/// Waits until it ends, and says what came of it. A note, if it does not end in time.
async fn wait(
    run: &Run<'_>,
    id: &Map<String, Value>,
    seconds: u64,
    outcome: &mut Map<String, Value>,
) -> Result<Option<String>, Failure> {
    let [_, _, wait, ..] = run.tools[..] else { unreachable!("these are operations that it uses") };
    run.progress.step(|| "running".to_owned());
    let waiting = run.json(wait.operation, id.clone(), None);
    let Ok(ended) = tokio::time::timeout(Duration::from_secs(seconds), waiting).await else {
        outcome.insert("State".to_owned(), "running".into());
        let note = format!("it still runs after {seconds} s (limit_seconds): wait again, stop or delete it");
        return Ok(Some(note));
    };
    let ended = ended?;
    outcome.insert("StatusCode".to_owned(), ended["StatusCode"].clone());
    if let Some(message) = ended.pointer("/Error/Message") {
        outcome.insert("Error".to_owned(), message.clone());
    }
    Ok(None)
}

async fn logs(run: &Run<'_>, id: &Map<String, Value>, own: &Own, wanted: &Wanted) -> Result<Shaped, Failure> {
    let [.., logs, _] = run.tools[..] else { unreachable!("these are operations that it uses") };
    let mut arguments = id.clone();
    arguments.extend(own.limit_items.map(|items| ("limit_items".to_owned(), items.into())));
    arguments.extend(own.grep.clone().map(|grep| ("grep".to_owned(), grep.into())));
    let checked = arguments::check(logs, arguments)?;
    // Waiting has taken its time; what was written by then is there.
    let wanted = &Wanted { tail: arguments::tail(&checked), ..wanted.clone().within(None) };
    let shown = async {
        let output = run.door.engine()?.call(logs.operation).arguments(checked.arguments).log_stream().await?;
        reply::output(output, wanted, "container_logs", run.progress).await
    };
    run.told(logs.operation, id, shown.await).await
}

async fn delete(run: &Run<'_>, id: &Map<String, Value>) -> Result<(), Failure> {
    let [.., delete] = run.tools[..] else { unreachable!("these are operations that it uses") };
    let mut arguments = id.clone();
    arguments.extend(object([("v", true.into()), ("force", true.into())]));
    let deleted = async { run.door.engine()?.call(delete.operation).arguments(arguments).empty().await };
    run.told(delete.operation, id, deleted.await).await
}

/// Lets the engine delete a container that is left running, and keeps it from deleting one that is waited for. Whether
/// that one is to be deleted here.
fn auto_remove(body: &mut Value, detach: bool, remove: bool) -> bool {
    let Value::Object(members) = body else { return remove };
    let asked = members.get("HostConfig").is_some_and(|host| host["AutoRemove"] == true);
    if detach && remove {
        let host = members.entry("HostConfig").or_insert_with(|| json!({}));
        if host.is_null() {
            *host = json!({});
        }
        host["AutoRemove"] = true.into();
    } else if asked && !detach {
        members["HostConfig"]["AutoRemove"] = false.into();
    }
    remove || asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_deletes_a_container_depends_on_who_is_there_when_it_ends() {
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
