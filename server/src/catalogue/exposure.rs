//! Tells from the restrictions of the settings which tools are exposed. Every way to reach an operation asks here;
//! requests of those that are exposed are judged by the same restrictions.

mod names;
mod not_exposed;

use std::sync::Arc;

use dockwright::operation::{Annotations, Facet, Operation};
use dockwright::tools;

use super::composed::Composed;
use super::operations;
use super::presentation::Presentation;
use crate::restrictions::{Origin, Restriction};
use crate::settings::Settings;

use names::{ToolNames, built_in, look_up, registry_problem};
pub use not_exposed::{NotExposed, ToolNotExposed};

/// The tools that may be listed and called.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// The restrictions of every call.
    restrictions: Vec<Arc<Restriction>>,
    /// The choices of tools. An operation must be in each of them, unless a composed tool that is chosen uses it.
    choices: Vec<ToolChoice>,
    excluded: Vec<ToolNames>,
    /// Tells whether archives may be saved on this host.
    saves: bool,
    /// Tells whether Docker Compose's plugin may be run.
    has_compose: bool,
}

impl Exposure {
    /// Exposes the tools that the settings choose and that none of their restrictions withholds. A tool is chosen by
    /// its tag or by its name.
    ///
    /// # Errors
    /// A text that names each unknown tag and tool, with the nearest known ones, and the problem with a policy.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let mut problems = Vec::new();
        let (tags, tools) = built_in();
        let included = ToolNames {
            tags: look_up("--tags", "tag", &settings.tags, &tags, &mut problems),
            tools: look_up("--tools", "tool", &settings.tools, &tools, &mut problems),
        };
        let excluded = ToolNames {
            tags: look_up("--exclude-tags", "tag", &settings.exclude_tags, &tags, &mut problems),
            tools: look_up("--exclude-tools", "tool", &settings.exclude_tools, &tools, &mut problems),
        };
        problems.extend(settings.allow_registry.iter().filter_map(|registry| registry_problem(registry)));
        let flags = [
            settings.read_only.then(|| Restriction::read_only(&settings.allow_registry)),
            settings.no_destructive.then(Restriction::no_destructive),
            (!excluded.is_empty()).then(|| Restriction::exclusion(|operation| excluded.has(operation))),
        ];
        let file = settings.policy.as_deref().map(Restriction::of_file).transpose();
        let file = file.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if !problems.is_empty() {
            return Err(problems.join("\n"));
        }
        Ok(Exposure {
            restrictions: flags.into_iter().chain([file]).flatten().map(Arc::new).collect(),
            choices: (!included.is_empty()).then(|| ToolChoice::new(included)).into_iter().collect(),
            excluded: Vec::from([excluded]),
            saves: !settings.allow_write.is_empty() && !settings.read_only,
            has_compose: !settings.no_compose,
        })
    }

    /// Exposes no tool that `bound` does not expose.
    #[must_use]
    pub fn bounded_by(mut self, bound: &Exposure) -> Self {
        self.restrictions.retain(|restriction| !bound.restrictions.contains(restriction));
        self.choices.retain(|choice| !bound.choices.contains(choice));
        Exposure {
            restrictions: [bound.restrictions.clone(), self.restrictions].concat(),
            choices: [bound.choices.clone(), self.choices].concat(),
            excluded: [bound.excluded.clone(), self.excluded].concat(),
            saves: bound.saves && self.saves,
            has_compose: bound.has_compose && self.has_compose,
        }
    }

    /// The restrictions that judge the requests of an operation, called by itself or by a composed tool.
    pub fn restrictions(&self, composed: Option<Composed>) -> impl Iterator<Item = &Arc<Restriction>> {
        let is_held = move |choice: &&ToolChoice| composed.is_none_or(|composed| !choice.has(composed));
        self.restrictions.iter().chain(self.choices.iter().filter(is_held).map(|choice| &choice.restriction))
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
        self.exposes_within(operation, None)
    }

    /// Checks that an operation may be called by a composed tool.
    ///
    /// # Errors
    /// [`NotExposed`], the reason why not.
    pub fn exposes_within(&self, operation: &Operation, composed: Option<Composed>) -> Result<(), NotExposed> {
        let refusal =
            |restriction: &Arc<Restriction>| Some(NotExposed::new(restriction.origin, restriction.refusal(operation)?));
        self.restrictions(composed).find_map(refusal).map_or(Ok(()), Err)
    }

    /// Checks that a composed tool may be listed and called. A tool that is chosen by its name or tag may use
    /// operations that are not chosen. An operation that is withheld for another reason takes the tool out. Tools for
    /// stacks are not among those of their operations: they must be chosen themselves.
    ///
    /// # Errors
    /// [`ToolNotExposed`], which names the operation that is not exposed.
    pub fn exposes_composed(&self, composed: Composed) -> Result<(), ToolNotExposed> {
        let tool = composed.name();
        if self.excluded.iter().any(|excluded| excluded.contains(composed.tag(), tool)) {
            return Err(ToolNotExposed::itself(tool, NotExposed::Excluded));
        }
        if composed.runs_compose() && !self.has_compose {
            return Err(ToolNotExposed::itself(tool, NotExposed::NoCompose));
        }
        let is_chosen = self.choices.iter().all(|choice| choice.has(composed));
        let must_be_chosen =
            composed.operations().is_empty() && !composed.is_about_work() || composed.is_about_stacks();
        if must_be_chosen && !is_chosen {
            return Err(ToolNotExposed::itself(tool, NotExposed::NotIncluded));
        }
        if composed.is_about_work() && !self.exposes_work() {
            return Err(ToolNotExposed::itself(tool, NotExposed::NoWork));
        }
        for needed in composed.operations() {
            let refusal = |reason| ToolNotExposed { tool, needed, reason };
            let operation = operations::find(needed).ok_or_else(|| refusal(NotExposed::NotBuilt))?.operation;
            self.exposes_within(operation, Some(composed)).map_err(refusal)?;
        }
        Ok(())
    }

    /// The registries for which stored logins may be sent; `None` for all.
    #[must_use]
    pub fn registries(&self) -> Option<Vec<String>> {
        let policies = self.restrictions.iter().map(|restriction| &restriction.policy);
        let bounds = policies.filter(|policy| !policy.grants(Facet::Egress)).map(|policy| &policy.egress.registries);
        bounds.fold(None, |all: Option<Vec<String>>, bound| {
            let mut registries = all.unwrap_or_else(|| bound.clone());
            registries.retain(|registry| bound.contains(registry));
            Some(registries)
        })
    }

    /// Returns true if a policy hides the values of environment variables.
    #[must_use]
    pub fn hides_environment(&self) -> bool {
        self.restrictions.iter().any(|restriction| restriction.policy.hides_environment)
    }

    /// Returns true if a policy wants no call without its audit line.
    #[must_use]
    pub fn requires_audit(&self) -> bool {
        self.restrictions.iter().any(|restriction| restriction.policy.audit_required)
    }

    /// Returns true if a file of a policy restricts calls.
    #[must_use]
    pub fn has_policy(&self) -> bool {
        self.restrictions.iter().any(|restriction| restriction.origin == Origin::File)
    }

    /// Tells whether a tool is exposed whose calls may run on as work. A composed tool that is included by its name
    /// alone brings no other tool along.
    fn exposes_work(&self) -> bool {
        let operations = tools::ALL.iter().map(|tool| tool.operation);
        let mut work = operations.filter(|operation| Presentation::of(operation) == Presentation::Work);
        let by_tag = |tag| self.choices.iter().all(|choice| choice.names.tags.contains(&tag));
        let mut composed = Composed::ALL.iter().filter(|composed| composed.detaches() && by_tag(composed.tag()));
        work.any(|operation| self.exposes(operation).is_ok())
            || composed.any(|composed| self.exposes_composed(*composed).is_ok())
    }
}

/// A choice of tools, and the restriction of operations to it.
#[derive(Debug, Clone, PartialEq)]
struct ToolChoice {
    names: ToolNames,
    restriction: Arc<Restriction>,
}

impl ToolChoice {
    fn new(names: ToolNames) -> Self {
        let restriction = Arc::new(Restriction::choice(|operation| names.has(operation)));
        ToolChoice { names, restriction }
    }

    fn has(&self, composed: Composed) -> bool {
        self.names.contains(composed.tag(), composed.name())
    }
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
        let resolves =
            |settings: &Settings| Exposure::new(settings).unwrap().exposes_composed(Composed::ComposeConfig).is_ok();
        assert!(!resolves(&chosen) && resolves(&Settings::default()), "a tool without operations is chosen too");
        assert!(resolves(&settings(|settings| settings.tags = list(&["compose"]))));
        assert!(!resolves(&settings(|settings| settings.no_compose = true)));
        let all = composed(&Settings::default());
        let others = || all.iter().copied().filter(|name| *name != "exec_run").collect::<Vec<_>>();
        assert_eq!(composed(&chosen), ["exec_run"]);
        assert_eq!(composed(&settings(|settings| settings.exclude_tools = list(&["exec_run"]))), others());
        assert_eq!(composed(&settings(|settings| settings.exclude_tools = list(&["exec_start"]))), others());
        let mild = composed(&settings(|settings| settings.no_destructive = true));
        assert!(!mild.contains(&"exec_run") && !mild.contains(&"container_run"), "{mild:?}");
        let used = settings(|settings| settings.tools = list(&["container_exec", "exec_start", "exec_inspect"]));
        assert_eq!(composed(&used), ["exec_run"], "its operations together expose it");
        let containers = composed(&settings(|settings| settings.tools = list(&["container_list"])));
        assert!(containers.is_empty(), "tools for stacks are chosen themselves: {containers:?}");
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
