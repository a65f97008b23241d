//! `compose_list`: groups the containers of all projects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::reply_options;
use super::compose_members::list_by;
use super::composed_call::ComposedCall;
use crate::access::Failure;
use crate::compose::labels::{self, label};
use crate::reply::{self, ToolReply};

pub(super) async fn run(call: ComposedCall<'_>) -> Result<ToolReply, Failure> {
    let operation = call.access.operation("container_list")?.operation;
    let containers = list_by(&call, operation, labels::PROJECT).await?;
    let options = reply_options(&call.extra, call.access);
    let projects = projects(&containers);
    Ok(ToolReply::data(reply::outcome(projects, operation, &options), None, &options))
}

/// The projects of containers, each with its files and the number of its containers in each state, as Compose has it.
fn projects(containers: &[Value]) -> Value {
    let mut projects: BTreeMap<&str, (BTreeMap<&str, usize>, &str)> = BTreeMap::new();
    for container in containers.iter().filter(|container| label(container, labels::ONE_OFF) != "True") {
        let (states, files) = projects.entry(label(container, labels::PROJECT)).or_default();
        *states.entry(container["State"].as_str().unwrap_or_default()).or_default() += 1;
        *files = label(container, labels::CONFIG_FILES);
    }
    let project = |(name, (states, files)): (&str, (BTreeMap<&str, usize>, &str))| {
        let status: Vec<_> = states.iter().map(|(state, count)| format!("{state}({count})")).collect();
        json!({ "project": name, "status": status.join(", "), "files": files })
    };
    projects.into_iter().map(project).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_have_the_status_that_compose_shows() {
        let container = |project: &str, state: &str, one_off: &str| json!({ "State": state, "Labels": { labels::PROJECT: project, labels::ONE_OFF: one_off } });
        let containers = [
            container("b", "running", "False"),
            container("a", "running", "False"),
            container("a", "exited", "False"),
            container("a", "running", "False"),
            container("c", "running", "True"),
        ];
        let projects = projects(&containers);
        assert_eq!(projects[0]["status"], "exited(1), running(2)");
        assert_eq!((&projects[1]["project"], projects.as_array().unwrap().len()), (&json!("b"), 2));
    }
}
