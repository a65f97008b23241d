//! `compose_start`, `compose_stop` and `compose_restart`: change the containers of a project one after the other, in
//! the order in which they need each other.

mod order;

use std::time::Duration;

use dockwright::Outcome;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use self::order::order;
use super::answer::reply_options;
use super::compose_members::{list, name};
use super::compose_project::{project_name, refused, texts};
use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::catalogue::Composed;
use crate::catalogue::nearest::{did_you_mean, nearest};
use crate::compose::labels::{self, label, needs};
use crate::reply::{self, ToolReply};
use crate::secrets::Safe;

/// The state of a service that others wait for.
const HEALTHY: &str = "service_healthy";
/// The longest time for becoming healthy.
const PATIENCE: Duration = Duration::from_secs(120);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) async fn run(call: ComposedCall<'_>, tool: Composed) -> Result<ToolReply, Failure> {
    let listing = call.access.operation("container_list")?.operation;
    let project = project_name(&call, tool.name())?;
    let all = list(&call, listing, &project).await?;
    let chosen = choose(&call, tool, &project, &all)?;
    let mut containers = order(chosen);
    let change = match tool {
        Composed::ComposeStop => {
            containers.reverse();
            call.access.operation("container_stop")?.operation
        }
        Composed::ComposeRestart => call.access.operation("container_restart")?.operation,
        _ => call.access.operation("container_start")?.operation,
    };
    let mut changed = Vec::new();
    for container in &containers {
        let shown = name(container).to_owned();
        call.progress.step(|| Safe::line(&shown));
        let done = async {
            if tool != Composed::ComposeStop {
                wait_for_needs(&call, tool, container, &containers).await?;
            }
            let id = object([("id", container["Id"].clone())]);
            let done = call.access.call(change, id.clone(), None).await?.outcome().await;
            call.access.explain_result(change, &id, done).await
        };
        match done.await {
            Ok(outcome) => changed.extend((outcome == Outcome::Changed).then_some(shown)),
            Err(failure) if changed.is_empty() => return Err(failure),
            Err(failure) => {
                let note = format!("before, {} of {} were changed: {}", changed.len(), all.len(), changed.join(", "));
                return Err(failure.with_note(&note));
            }
        }
    }
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let note = changed.is_empty().then(|| "all were in that state already".to_owned());
    let data = json!({ "project": project, "changed": changed });
    Ok(ToolReply::data(reply::outcome(data, change, &options), note, &options))
}

/// The containers of the services that are named, or all.
fn choose(call: &ComposedCall<'_>, tool: Composed, project: &str, all: &[Value]) -> Result<Vec<Value>, Failure> {
    if all.is_empty() {
        let problem = format!("no container of the project `{project}`; compose_list names all projects");
        return Err(refused(tool.name(), &problem));
    }
    let wanted = texts(call, "services");
    let services = || all.iter().map(|container| label(container, labels::SERVICE));
    if let Some(unknown) = wanted.iter().find(|wanted| !services().any(|service| service == wanted.as_str())) {
        let near = nearest(unknown, services());
        return Err(refused(tool.name(), &format!("no service `{unknown}`{}", did_you_mean(&near))));
    }
    let is_wanted = |container: &&Value| {
        wanted.is_empty() || wanted.iter().any(|service| service == label(container, labels::SERVICE))
    };
    Ok(all.iter().filter(is_wanted).cloned().collect())
}

/// Waits until the containers that one needs to be healthy are.
async fn wait_for_needs(
    call: &ComposedCall<'_>,
    tool: Composed,
    container: &Value,
    containers: &[Value],
) -> Result<(), Failure> {
    let needed = needs(label(container, labels::DEPENDS_ON));
    let must_be_healthy = |other: &&Value| needed.get(label(other, labels::SERVICE)).is_some_and(|as_| as_ == HEALTHY);
    let inspect = call.access.operation("container_inspect")?.operation;
    let end = Instant::now() + PATIENCE;
    for other in containers.iter().filter(must_be_healthy) {
        loop {
            let state = call.access.json(inspect, object([("id", other["Id"].clone())]), None).await?;
            match state["State"]["Health"]["Status"].as_str() {
                Some("healthy") | None => break,
                Some("starting") if Instant::now() < end => sleep(PAUSE).await,
                Some(status) => {
                    let problem = format!("{} needs {}, which is {status}", name(container), name(other));
                    return Err(refused(tool.name(), &problem));
                }
            }
        }
    }
    Ok(())
}
