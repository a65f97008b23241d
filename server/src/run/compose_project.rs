//! The part that the tools of Compose share: the files of a call become a checked model, and runs of the plugin become
//! failures and notes.

use std::ffi::OsString;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::compose::model::Model;
use crate::compose::plugin::{self, Reach, Run, Workspace};
use crate::compose::project::Project;
use crate::compose::request::{ProjectRequest, check_name};
use crate::compose::{JudgedEngine, Outcome, PluginEnd, words};
use crate::secrets::Safe;

/// The most objects that a failure names.
const MOST_NAMED: usize = 20;
/// The longest time for resolving files.
const RESOLVE_SECONDS: u64 = 60;

/// A project whose files are resolved and checked.
pub(super) struct Resolved {
    pub(super) project: Project,
    pub(super) model: Model,
    pub(super) warnings: Vec<String>,
}

/// A failure of a tool before Compose does anything.
pub(super) fn refused(tool: &str, problem: &str) -> Failure {
    Failure::Request(Safe::line(&format!("{tool}: {problem}")).into_inner())
}

/// The name of the project of a call.
pub(super) fn project_name(call: &ComposedCall<'_>, tool: &str) -> Result<String, Failure> {
    let name = call.arguments.get("project").and_then(Value::as_str).unwrap_or_default();
    check_name(name).map_err(|problem| refused(tool, &problem))?;
    Ok(name.to_owned())
}

/// The texts of an argument that is a list.
pub(super) fn texts(call: &ComposedCall<'_>, name: &str) -> Vec<String> {
    let items = call.arguments.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns true if an argument is given and true.
pub(super) fn flag(call: &ComposedCall<'_>, name: &str) -> bool {
    call.arguments.get(name).is_some_and(|value| *value == true)
}

/// Resolves and checks the files of a call.
pub(super) async fn resolve(call: &ComposedCall<'_>, tool: &'static str) -> Result<Resolved, Failure> {
    let project = prepare(call, tool).await?;
    call.progress.step(|| Safe::trusted("resolving the files".to_owned()));
    let mut arguments = project.arguments();
    arguments.extend(["config", "--format", "json"].map(OsString::from));
    let run = Run {
        workspace: Arc::clone(&project.workspace),
        arguments,
        reach: Reach::Nothing,
        limit_seconds: Some(RESOLVE_SECONDS),
    };
    let outcome = plugin::run(run, call.progress).await.map_err(|problem| refused(tool, &problem))?;
    if outcome.end != PluginEnd::Done {
        return Err(failed(tool, Some(&project), &outcome));
    }
    let model = Model::parse(&outcome.output).map_err(|problem| refused(tool, &problem))?.of_host(&project);
    model.check(&project).map_err(|problem| refused(tool, &project.words(&problem)))?;
    let remote = model.remote_contexts().next().filter(|_| own_socket(call).is_none());
    if let Some((service, context)) = remote {
        let problem = format!(
            "services.{service}: the build context {context} is remote; only a server that restricts nothing, beside its \
             engine, builds from there"
        );
        return Err(refused(tool, &problem));
    }
    Ok(Resolved { project, model, warnings: outcome.told.warnings })
}

async fn prepare(call: &ComposedCall<'_>, tool: &'static str) -> Result<Project, Failure> {
    let object = |name: &str| call.arguments.get(name).and_then(Value::as_object).cloned();
    let request = ProjectRequest {
        name: project_name(call, tool)?,
        files: object("files"),
        path: call.arguments.get("path").and_then(Value::as_str).map(str::to_owned),
        environment: object("environment").unwrap_or_default(),
        profiles: texts(call, "profiles"),
    };
    let allowed = call.access.folders().clone();
    let prepared = tokio::task::spawn_blocking(move || Project::prepare(request, &allowed, Workspace::new()?));
    let prepared = prepared.await.map_err(|error| error.to_string()).and_then(|prepared| prepared);
    prepared.map_err(|problem| refused(tool, &problem))
}

/// The engine's own socket, if nothing restricts the requests of this call.
fn own_socket(call: &ComposedCall<'_>) -> Option<String> {
    let address = call.access.engine().ok()?.address();
    (address.starts_with("unix://") && call.access.restrictions().is_empty()).then_some(address)
}

/// The engine of a call, as the plugin may use it.
pub(super) fn reach(call: &ComposedCall<'_>, tool: &'static str) -> Result<Reach, Failure> {
    let sends_logins = !call.access.settings().no_credentials;
    if let Some(address) = own_socket(call) {
        return Ok(Reach::Socket { address, sends_logins });
    }
    let engine = JudgedEngine {
        engine: call.access.engine().map_err(|error| refused(tool, &error.to_string()))?.clone(),
        name: call.access.name().cloned(),
        restrictions: call.access.restrictions(),
        hides_environment: call.access.exposure().hides_environment(),
        audit: call.registry.audit().clone(),
        tool,
    };
    Ok(Reach::Judged { engine, sends_logins })
}

/// The failure of a run, with what stays behind it.
pub(super) fn failed(tool: &str, project: Option<&Project>, outcome: &Outcome) -> Failure {
    let reason = match outcome.end {
        PluginEnd::Limit(seconds) => format!("not done within {seconds} s, the `limit_seconds` of this call"),
        PluginEnd::Silent(seconds) => format!("Compose told nothing for {seconds} s, and was ended"),
        PluginEnd::Cancelled => "it was cancelled".to_owned(),
        PluginEnd::Done | PluginEnd::Failed => outcome.told.reason(),
    };
    let reason = project.map_or_else(|| reason.clone(), |project| project.words(&reason));
    let mut failure = Failure::Outcome(Safe::line(&format!("{tool}: {reason}")));
    let line = project.and_then(|project| words::line_of_key(&reason, project.texts()));
    for note in line.into_iter().chain(words::hint(&reason).map(str::to_owned)) {
        failure = failure.with_note(&note);
    }
    match stays(&outcome.told.events) {
        Some(stays) => failure.with_note(&stays),
        None => failure,
    }
}

/// The objects that Compose told of before it failed.
fn stays(events: &Map<String, Value>) -> Option<String> {
    if events.is_empty() {
        return None;
    }
    let state = |(id, state): (&String, &Value)| format!("{id}: {}", state.as_str().unwrap_or_default());
    let named: Vec<_> = events.iter().take(MOST_NAMED).map(state).collect();
    let more = events.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("nothing is undone: {}{more}", named.join(", ")))
}
