//! `compose_up`: resolves the files of a project, judges what they ask for, and lets Compose bring it up.

use std::ffi::OsString;
use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::reply_options;
use super::compose_members::{list, row};
use super::compose_project::{Resolved, failed, flag, reach, refused, resolve, texts};
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::compose::model::Model;
use crate::compose::plugin::{self, Run};
use crate::compose::{PluginEnd, contexts, service};
use crate::reply::{self, ToolReply};
use crate::secrets::Safe;

const NAME: &str = "compose_up";

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let resolved = resolve(&call, NAME).await?;
    let services = chosen(&call, &resolved)?;
    judge(&call, &resolved).await?;
    let (resolved, pinned) = with_copies(resolved).await.map_err(|problem| refused(NAME, &problem))?;
    let mut arguments = resolved.project.pin(&pinned.file()).map_err(|problem| refused(NAME, &problem))?;
    arguments.extend(up_arguments(&call, &services));
    let run = Run {
        workspace: Arc::clone(&resolved.project.workspace),
        arguments,
        reach: reach(&call, NAME)?,
        limit_seconds: call.extra.limit_seconds,
    };
    let outcome = plugin::run(run, call.progress).await.map_err(|problem| refused(NAME, &problem))?;
    if outcome.end != PluginEnd::Done {
        return Err(failed(NAME, Some(&resolved.project), &outcome));
    }
    let operation = call.access.operation("container_list")?.operation;
    let containers = list(&call, operation, &resolved.project.name).await?;
    let changed = Value::Object(outcome.told.events);
    let rows: Vec<_> = containers.iter().map(row).collect();
    let data = json!({ "project": resolved.project.name, "containers": rows, "changed": changed });
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let notes = resolved.warnings.into_iter().chain(outcome.told.warnings);
    let notes: Vec<_> = notes.map(|note| Safe::line(&note).into_inner()).collect();
    Ok(ToolReply::data(reply::outcome(data, operation, &options), notes, &options))
}

/// Copies the contexts of builds, and returns the model that names the copies too.
async fn with_copies(resolved: Resolved) -> Result<(Resolved, Model), String> {
    let copying = tokio::task::spawn_blocking(move || {
        let copied = contexts::copied(&resolved.model, &resolved.project);
        copied.map_err(|problem| resolved.project.words(&problem)).map(|copied| (resolved, copied))
    });
    copying.await.map_err(|error| error.to_string())?
}

/// The services that are named, which must be some of the project's.
fn chosen(call: &ComposedCall<'_>, resolved: &Resolved) -> Result<Vec<String>, Failure> {
    let services = texts(call, "services");
    let is_unknown = |wanted: &&String| !resolved.model.services().any(|(name, _)| name == *wanted);
    match services.iter().find(is_unknown) {
        Some(unknown) => Err(refused(NAME, &format!("no service `{unknown}` in the files"))),
        None => Ok(services),
    }
}

fn up_arguments(call: &ComposedCall<'_>, services: &[String]) -> Vec<OsString> {
    let mut arguments = vec!["up", "--detach"];
    if call.arguments.get("wait").is_none_or(|wait| *wait == true) {
        arguments.push("--wait");
    }
    let flags = [("build", "--build"), ("recreate", "--force-recreate"), ("remove_orphans", "--remove-orphans")];
    arguments.extend(flags.into_iter().filter(|(name, _)| flag(call, name)).map(|(_, option)| option));
    if let Some(pull) = call.arguments.get("pull").and_then(Value::as_str) {
        arguments.extend(["--pull", pull]);
    }
    arguments.push("--");
    arguments.into_iter().map(OsString::from).chain(services.iter().map(OsString::from)).collect()
}

/// Judges the networks, volumes and containers of a project as calls of their tools, before anything is made.
async fn judge(call: &ComposedCall<'_>, resolved: &Resolved) -> Result<(), Failure> {
    let model = &resolved.model;
    for (name, network) in model.objects("networks").filter(|(name, _)| !model.is_external("networks", name)) {
        let mut body = object([("Name", model.real_name("networks", name).into())]);
        let members = [("Driver", "driver"), ("Options", "driver_opts"), ("Internal", "internal")];
        body.extend(members.into_iter().filter_map(|(to, from)| Some((to.to_owned(), network.get(from)?.clone()))));
        judge_one(call, "network_create", &format!("networks.{name}"), body.into()).await?;
    }
    for (name, volume) in model.objects("volumes").filter(|(name, _)| !model.is_external("volumes", name)) {
        let mut body = object([("Name", model.real_name("volumes", name).into())]);
        let members = [("Driver", "driver"), ("DriverOpts", "driver_opts")];
        body.extend(members.into_iter().filter_map(|(to, from)| Some((to.to_owned(), volume.get(from)?.clone()))));
        judge_one(call, "volume_create", &format!("volumes.{name}"), body.into()).await?;
    }
    for (name, service) in model.services() {
        let body = service::judged(service::body(name, service, model), service, model);
        judge_one(call, "container_create", &format!("services.{name}"), body).await?;
    }
    Ok(())
}

async fn judge_one(call: &ComposedCall<'_>, operation: &str, place: &str, body: Value) -> Result<(), Failure> {
    let operation = call.access.operation(operation)?.operation;
    call.access.judge(operation, object([]), Some(&body)).await.map_err(|failure| match failure {
        Failure::Denied { operation, rule, words } => {
            Failure::Denied { operation, rule, words: format!("{place}: {words}; nothing was started") }
        }
        failure => failure.with_note(&format!("{place}: nothing was started")),
    })
}
