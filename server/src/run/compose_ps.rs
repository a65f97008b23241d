//! `compose_ps`: lists the containers of a project.

use serde_json::Value;

use super::answer::reply_options;
use super::compose_members::{list, row};
use super::compose_project::{project_name, refused};
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::reply::{self, ToolReply};

const NAME: &str = "compose_ps";

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let operation = call.access.operation("container_list")?.operation;
    let name = project_name(&call, NAME)?;
    let rows: Vec<_> = list(&call, operation, &name).await?.iter().map(row).collect();
    if rows.is_empty() {
        return Err(refused(NAME, &format!("no container of the project `{name}`; compose_list names all projects")));
    }
    let options = reply_options(&call.extra, call.access);
    Ok(ToolReply::data(reply::outcome(Value::Array(rows), operation, &options), None, &options))
}
