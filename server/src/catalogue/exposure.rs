//! Decides from the settings which tools are exposed. Every way to reach an operation asks here, and nothing else
//! decides.

use std::sync::Arc;

use dockwright::operation::{Annotations, Facet, Operation};
use dockwright::{registry_of, tools};

use super::composed::Composed;
use super::nearest::{did_you_mean, nearest};
use super::operations;
use super::presentation::Presentation;
use crate::facets::reaches_host;
use crate::settings::Settings;

/// The tools that may be listed and called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The exposure of the whole server, which bounds that of one engine.
    bound: Option<Arc<Exposure>>,
    read_only: bool,
    no_destructive: bool,
    /// Tells whether the engine may be made to ask registries, each of which a call is held to.
    asks_registries: bool,
    /// Tells whether archives may be saved on this host.
    saves: bool,
    included: ToolChoice,
    excluded: ToolChoice,
}

/// The reason why an operation may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotExposed {
    /// The server exposes only tools that change nothing.
    #[error("not exposed: the server runs read-only")]
    ReadOnly,
    /// The server exposes no tool that may destroy something.
    #[error("not exposed: the server runs without destructive tools")]
    Destructive,
    /// The server exposes no tool that reaches the engine's host, whatever its arguments.
    #[error("not exposed: it can reach the engine's host, and the server runs with --no-destructive")]
    ReachesHost,
    /// A read-only server exposes no tool that makes the engine connect to an address of the caller's.
    #[error("not exposed: the engine would connect to any address, and the server runs read-only")]
    Egress,
    /// Every tool that asks registries needs one that is allowed.
    #[error("not exposed: the server runs read-only, and no registry is allowed by --allow-registry")]
    NoRegistry,
    /// The operation is excluded by its name or its tag.
    #[error("not exposed: the server was started without it")]
    Excluded,
    /// Only other tools are included.
    #[error("not exposed: the server was started with other tools only")]
    NotIncluded,
    /// The tool is about calls with `detach`, and no tool that takes it is exposed.
    #[error("not exposed: no exposed tool takes `detach`")]
    NoWork,
    /// The operation's tag was left out of the build.
    #[error("not built into this server")]
    NotBuilt,
}

/// A tool that may not be called, because of itself or of an operation that it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{tool}: {}{reason}", if tool == needed { String::new() } else { format!("it uses {needed}, which is ") })]
pub struct ToolNotExposed {
    /// The tool.
    pub tool: &'static str,
    /// The operation that is not exposed, or the tool itself.
    pub needed: &'static str,
    /// The reason.
    pub reason: NotExposed,
}

impl ToolNotExposed {
    pub(super) fn itself(tool: &'static str, reason: NotExposed) -> Self {
        ToolNotExposed { tool, needed: tool, reason }
    }
}

impl Exposure {
    /// Exposes the tools that the settings choose.
    ///
    /// Read-only beats all other settings, exclusion beats inclusion, and a tool is included by its tag or by its name.
    ///
    /// # Errors
    /// A text that names each unknown tag and tool, with the nearest known ones.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let mut problems = Vec::new();
        let (tags, names) = built_in();
        let exposure = Exposure {
            bound: None,
            read_only: settings.read_only,
            no_destructive: settings.no_destructive,
            asks_registries: !settings.allow_registry.is_empty(),
            saves: !settings.allow_write.is_empty() && !settings.read_only,
            included: ToolChoice {
                tags: look_up("--tags", "tag", &settings.tags, &tags, &mut problems),
                tools: look_up("--tools", "tool", &settings.tools, &names, &mut problems),
            },
            excluded: ToolChoice {
                tags: look_up("--exclude-tags", "tag", &settings.exclude_tags, &tags, &mut problems),
                tools: look_up("--exclude-tools", "tool", &settings.exclude_tools, &names, &mut problems),
            },
        };
        problems.extend(settings.allow_registry.iter().filter_map(|registry| registry_problem(registry)));
        if problems.is_empty() { Ok(exposure) } else { Err(problems.join("\n")) }
    }

    /// Exposes no tool that `bound` does not expose.
    #[must_use]
    pub fn bounded_by(self, bound: Arc<Exposure>) -> Self {
        Exposure { bound: Some(bound), ..self }
    }

    /// An operation's hints. If its archive may be saved on this host, it is not read-only.
    #[must_use]
    pub fn annotations(&self, operation: &Operation) -> Annotations {
        match self.saves && Presentation::of(operation) == Presentation::Archive {
            true => Annotations { read_only: false, destructive: true, ..operation.annotations },
            false => operation.annotations,
        }
    }

    /// Checks that an operation may be listed and called.
    ///
    /// # Errors
    /// [`NotExposed`], the reason why not.
    pub fn exposes(&self, operation: &Operation) -> Result<(), NotExposed> {
        self.bound.as_ref().map_or(Ok(()), |bound| bound.exposes(operation))?;
        self.allows(operation)?;
        match self.included.is_empty() || self.included.contains(operation.tag, operation.name) {
            true => Ok(()),
            false => Err(NotExposed::NotIncluded),
        }
    }

    /// Checks that a composed tool may be listed and called. A tool that is included by its name or tag may use
    /// operations that are not included. An operation that is refused for another reason takes the tool out.
    ///
    /// # Errors
    /// [`ToolNotExposed`], which names the operation that is not exposed.
    pub fn exposes_composed(&self, composed: Composed) -> Result<(), ToolNotExposed> {
        let tool = composed.name();
        self.bound.as_ref().map_or(Ok(()), |bound| bound.exposes_composed(composed))?;
        if self.excluded.contains(composed.tag(), tool) {
            return Err(ToolNotExposed::itself(tool, NotExposed::Excluded));
        }
        if composed.operations().is_empty() && !self.exposes_work() {
            return Err(ToolNotExposed::itself(tool, NotExposed::NoWork));
        }
        let is_included = self.included.is_empty() || self.included.contains(composed.tag(), tool);
        for needed in composed.operations() {
            let refusal = |reason| ToolNotExposed { tool, needed, reason };
            let operation = operations::find(needed).ok_or_else(|| refusal(NotExposed::NotBuilt))?.operation;
            let checked = if is_included { self.allows(operation) } else { self.exposes(operation) };
            checked.map_err(refusal)?;
        }
        Ok(())
    }

    /// Tells whether a tool is exposed whose calls may run on as work. A composed tool that is included by its name
    /// alone brings no other tool along.
    fn exposes_work(&self) -> bool {
        let operations = tools::ALL.iter().map(|tool| tool.operation);
        let mut work = operations.filter(|operation| Presentation::of(operation) == Presentation::Work);
        let by_tag = |tag| self.included.is_empty() || self.included.tags.contains(&tag);
        let mut composed = Composed::ALL.iter().filter(|composed| composed.detaches() && by_tag(composed.tag()));
        work.any(|operation| self.exposes(operation).is_ok())
            || composed.any(|composed| self.exposes_composed(*composed).is_ok())
    }

    /// Checks that no setting forbids an operation.
    fn allows(&self, operation: &Operation) -> Result<(), NotExposed> {
        let has_facet = |test: fn(Facet) -> bool| operation.facets.of_every_request().any(test);
        if self.read_only && !operation.annotations.read_only {
            Err(NotExposed::ReadOnly)
        } else if self.read_only && has_facet(|facet| facet == Facet::Egress) && operation.facets.registry.is_none() {
            Err(NotExposed::Egress)
        } else if self.read_only && operation.facets.registry.is_some() && !self.asks_registries {
            Err(NotExposed::NoRegistry)
        } else if self.no_destructive && has_facet(reaches_host) {
            Err(NotExposed::ReachesHost)
        } else if self.no_destructive && operation.annotations.destructive {
            Err(NotExposed::Destructive)
        } else if self.excluded.contains(operation.tag, operation.name) {
            Err(NotExposed::Excluded)
        } else {
            Ok(())
        }
    }
}

/// A choice of tools, by tag and by name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ToolChoice {
    tags: Vec<&'static str>,
    tools: Vec<&'static str>,
}

impl ToolChoice {
    fn contains(&self, tag: &str, name: &str) -> bool {
        self.tags.contains(&tag) || self.tools.contains(&name)
    }

    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.tools.is_empty()
    }
}

/// Looks names up, and returns them as the table spells them. An empty name is an error: ignored, it would expose every
/// tool.
fn look_up(
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
fn registry_problem(registry: &str) -> Option<String> {
    let is_found = registry_of(&format!("{registry}/x")).as_deref() == Some(registry);
    (!is_found).then(|| format!("--allow-registry: `{registry}` is not a registry such as docker.io or localhost:5000"))
}

/// The tags and the names of all tools that are built in.
fn built_in() -> (Vec<&'static str>, Vec<&'static str>) {
    let operations = tools::ALL.iter().map(|tool| (tool.operation.tag, tool.operation.name));
    let composed = Composed::ALL.iter().map(|composed| (composed.tag(), composed.name()));
    let (mut tags, names): (Vec<_>, Vec<_>) = operations.chain(composed).unzip();
    tags.sort_unstable();
    tags.dedup();
    (tags, names)
}

#[cfg(test)]
mod tests {
    use dockwright::operations;

    use super::*;

    fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings);
        settings
    }

    fn exposed(settings: &Settings) -> Vec<&'static Operation> {
        let exposure = Exposure::new(settings).unwrap();
        operations::ALL.iter().copied().filter(|operation| exposure.exposes(operation).is_ok()).collect()
    }

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_operation_is_exposed_by_default() {
        assert_eq!(exposed(&Settings::default()).len(), operations::ALL.len());
    }

    #[test]
    fn read_only_beats_an_inclusion_by_name() {
        let settings = settings(|settings| {
            settings.read_only = true;
            settings.tools = list(&["container_delete", "container_list"]);
        });
        assert_eq!(exposed(&settings).iter().map(|operation| operation.name).collect::<Vec<_>>(), ["container_list"]);
        let exposure = Exposure::new(&settings).unwrap();
        let refusal = exposure.exposes(&operations::CONTAINER_DELETE).unwrap_err();
        assert_eq!(refusal.to_string(), "not exposed: the server runs read-only");
    }

    #[test]
    fn read_only_exposes_nothing_that_changes_anything() {
        let exposed = exposed(&settings(|settings| settings.read_only = true));
        assert!(exposed.len() > 30 && exposed.iter().all(|operation| operation.annotations.read_only));
    }

    #[test]
    fn no_destructive_exposes_nothing_destructive() {
        let exposed = exposed(&settings(|settings| settings.no_destructive = true));
        assert!(exposed.iter().all(|operation| !operation.annotations.destructive));
        assert!(exposed.iter().any(|operation| !operation.annotations.read_only));
    }

    #[test]
    fn tags_and_tools_add_up_and_exclusion_beats_both() {
        let settings = settings(|settings| {
            settings.tags = list(&["volume"]);
            settings.tools = list(&["image_list", "container_list"]);
            settings.exclude_tags = list(&["Container"]);
            settings.exclude_tools = list(&["volume_delete"]);
        });
        let exposed = exposed(&settings);
        assert!(exposed.iter().all(|operation| operation.tag == "Volume" || operation.name == "image_list"));
        assert!(exposed.iter().any(|operation| operation.name == "volume_list"));
        assert!(!exposed.iter().any(|operation| operation.name == "volume_delete"));
    }

    #[test]
    fn a_composed_tool_is_chosen_by_itself_and_excluded_by_itself_or_with_an_operation_that_it_uses() {
        let chosen = settings(|settings| settings.tools = list(&["exec_run"]));
        assert_eq!(exposed(&chosen), Vec::<&Operation>::new(), "a composed tool exposes none of its operations");
        let composed = |settings: &Settings| {
            let exposure = Exposure::new(settings).unwrap();
            let composed = Composed::ALL.iter().filter(|composed| exposure.exposes_composed(**composed).is_ok());
            let uses_operations = composed.filter(|composed| !composed.operations().is_empty());
            uses_operations.map(|composed| composed.name()).collect::<Vec<_>>()
        };
        let all = composed(&Settings::default());
        let others = || all.iter().copied().filter(|name| *name != "exec_run").collect::<Vec<_>>();
        assert_eq!(composed(&chosen), ["exec_run"]);
        assert_eq!(composed(&settings(|settings| settings.exclude_tools = list(&["exec_run"]))), others());
        assert_eq!(composed(&settings(|settings| settings.exclude_tools = list(&["exec_start"]))), others());
        let mild = composed(&settings(|settings| settings.no_destructive = true));
        assert!(!mild.contains(&"exec_run") && !mild.contains(&"container_run"), "{mild:?}");
        let used = settings(|settings| settings.tools = list(&["container_exec", "exec_start", "exec_inspect"]));
        assert_eq!(composed(&used), ["exec_run"], "its operations together expose it");
        let both = settings(|settings| {
            settings.tools = list(&["exec_run"]);
            settings.exclude_tools = list(&["exec_start"]);
        });
        let refusal = Exposure::new(&both).unwrap().exposes_composed(Composed::ExecRun).unwrap_err().to_string();
        assert_eq!(refusal, "exec_run: it uses exec_start, which is not exposed: the server was started without it");
    }

    #[test]
    fn an_operation_whose_archive_may_be_saved_is_not_read_only() {
        let saving = settings(|settings| settings.allow_write = vec!["/tmp".into()]);
        let hint = |settings: &Settings| {
            Exposure::new(settings).unwrap().annotations(&operations::CONTAINER_ARCHIVE).read_only
        };
        assert!(hint(&Settings::default()) && !hint(&saving));
        assert!(hint(&Settings { read_only: true, ..saving }));
    }

    #[test]
    fn all_unknown_names_are_reported_with_the_nearest_known_ones() {
        let settings = settings(|settings| {
            settings.tags = list(&["Contaner"]);
            settings.exclude_tools = list(&["container_remove", "zzz", ""]);
        });
        let problems = Exposure::new(&settings).unwrap_err();
        let lines: Vec<_> = problems.lines().collect();
        assert_eq!(lines[0], "--tags: unknown tag `Contaner`; did you mean `Container`?");
        assert!(lines[1].starts_with("--exclude-tools: unknown tool `container_remove`; did you mean `container_"));
        assert_eq!(lines[2..], ["--exclude-tools: unknown tool `zzz`", "--exclude-tools: unknown tool ``"]);
    }
}
