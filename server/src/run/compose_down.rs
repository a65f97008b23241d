//! `compose_down`: lets Compose remove a project, which it finds by its labels.

use std::ffi::OsString;
use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::reply_options;
use super::compose_members::list;
use super::compose_project::{failed, flag, project_name, reach, refused};
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::compose::PluginEnd;
use crate::compose::plugin::{self, Run, Workspace};
use crate::reply::{self, ToolReply};

const NAME: &str = "compose_down";

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let name = project_name(&call, NAME)?;
    let operation = call.access.operation("container_list")?.operation;
    let had_containers = !list(&call, operation, &name).await?.is_empty();
    let mut arguments = vec!["--project-name", &name, "down", "--remove-orphans"];
    if flag(&call, "volumes") {
        arguments.push("--volumes");
    }
    let run = Run {
        workspace: Arc::new(Workspace::new().map_err(|problem| refused(NAME, &problem))?),
        arguments: arguments.into_iter().map(OsString::from).collect(),
        reach: reach(&call, NAME)?,
        limit_seconds: call.extra.limit_seconds,
    };
    let outcome = plugin::run(run, call.progress).await.map_err(|problem| refused(NAME, &problem))?;
    if outcome.end != PluginEnd::Done {
        return Err(failed(NAME, None, &outcome));
    }
    let is_nothing = !had_containers && outcome.told.events.is_empty();
    let data = json!({ "project": name, "changed": Value::Object(outcome.told.events) });
    let options = reply_options(&call.extra, call.access).with_time_limit(None);
    let note = is_nothing.then(|| "there is nothing of this project; compose_list names the others".to_owned());
    Ok(ToolReply::data(reply::outcome(data, operation, &options), note, &options))
}
