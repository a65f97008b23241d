//! Runs one call: a tool and its arguments come in, the reply for a model goes out.

mod answer;
mod build_session;
mod compose_config;
mod compose_diff;
mod compose_down;
mod compose_generate;
mod compose_list;
mod compose_members;
mod compose_project;
mod compose_ps;
mod compose_state;
mod compose_up;
mod composed;
mod composed_call;
mod container_edit;
mod container_recreate;
mod container_run;
mod container_table;
mod container_wait_for;
mod converse;
mod detach;
mod exec_run;
mod history;
mod image;
mod operation;
mod preview;
mod process;
mod project_logs;
mod rollout;
mod subject;
mod update;
mod work_tools;

use serde_json::{Map, Value};

use crate::access::{Access, Failure};
use crate::catalogue::Entry;
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::work::Registry;

pub(crate) use subject::{Subject, name_by_id, subject};

/// Runs a tool that may be called.
///
/// # Errors
/// [`Failure`], whose text tells a model how to proceed.
pub(crate) async fn run(
    access: &Access,
    registry: &Registry,
    entry: Entry,
    arguments: Map<String, Value>,
    progress: &Progress,
) -> Result<ToolReply, Failure> {
    match entry {
        Entry::Operation(tool) => operation::run(access, registry, tool, arguments, progress).await,
        Entry::Composed(tool) => composed::run(access, registry, tool, arguments, progress).await,
    }
}
