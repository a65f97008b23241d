//! Tags and names of tools, as the settings give them: looked up, and compared with tools.

use dockwright::operation::Operation;
use dockwright::{registry_of, tools};

use crate::catalogue::composed::Composed;
use crate::catalogue::nearest::{did_you_mean, nearest};

/// Tags and names of tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolNames {
    pub(super) tags: Vec<&'static str>,
    pub(super) tools: Vec<&'static str>,
}

impl ToolNames {
    /// Returns true if an operation is among them.
    pub(super) fn has(&self, operation: &Operation) -> bool {
        self.contains(operation.tag, operation.name)
    }

    pub(super) fn contains(&self, tag: &str, name: &str) -> bool {
        self.tags.contains(&tag) || self.tools.contains(&name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.tools.is_empty()
    }
}

/// Looks names up, and returns them as the table spells them. An empty name is an error: ignored, it would expose every
/// tool.
pub(super) fn look_up(
    option: &str,
    kind: &str,
    names: &[String],
    known: &[&'static str],
    problems: &mut Vec<String>,
) -> Vec<&'static str> {
    let mut found = Vec::new();
    for name in names {
        match known.iter().find(|known| known.eq_ignore_ascii_case(name.trim())) {
            Some(known) => found.push(*known),
            None => {
                let suggestion = did_you_mean(&nearest(name, known.iter().copied()));
                problems.push(format!("{option}: unknown {kind} `{name}`{suggestion}"));
            }
        }
    }
    found
}

/// The problem with the name of an allowed registry, written as the engine would not find it.
pub(super) fn registry_problem(registry: &str) -> Option<String> {
    let is_found = registry_of(&format!("{registry}/x")).as_deref() == Some(registry);
    (!is_found).then(|| format!("--allow-registry: `{registry}` is not a registry such as docker.io or localhost:5000"))
}

/// The tags and the names of all tools that are built in.
pub(super) fn built_in() -> (Vec<&'static str>, Vec<&'static str>) {
    let operations = tools::ALL.iter().map(|tool| (tool.operation.tag, tool.operation.name));
    let composed = Composed::ALL.iter().map(|composed| (composed.tag(), composed.name()));
    let (mut tags, names): (Vec<_>, Vec<_>) = operations.chain(composed).unzip();
    tags.sort_unstable();
    tags.dedup();
    (tags, names)
}
