//! Which operations are exposed: settings in, one answer for each operation out. Every way to reach an operation asks
//! [`Exposure::exposes`], and nothing else decides.

use dockwright::operation::{Annotations, Operation};
use dockwright::tools::Tool;

use crate::conveniences;
use crate::manner::Manner;
use crate::nearest::{did_you_mean, nearest};
use crate::settings::Settings;

/// The operations that may be listed and called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    read_only: bool,
    no_destructive: bool,
    /// Whether archives may be saved on this host.
    saves: bool,
    included: Names,
    excluded: Names,
}

/// Why an operation may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotExposed {
    /// Only what changes nothing is.
    #[error("not exposed: the server runs read-only")]
    ReadOnly,
    /// What may destroy something is not.
    #[error("not exposed: the server runs without destructive tools")]
    Destructive,
    /// It was taken out by name.
    #[error("not exposed: the server was started without it")]
    Excluded,
    /// Others were chosen.
    #[error("not exposed: the server was started with other tools only")]
    NotIncluded,
}

impl Exposure {
    /// What the settings expose of these tools.
    ///
    /// Read-only beats everything, exclusion beats inclusion, and what is included by its tag or by its name is included.
    ///
    /// # Errors
    /// A text that names every tag and tool which does not exist, with the nearest that do.
    pub fn new(settings: &Settings, tools: &[Tool]) -> Result<Self, String> {
        let mut problems = Vec::new();
        let names: Vec<_> = names(tools).into_iter().chain(conveniences::names()).collect();
        let mut exposure = Exposure {
            read_only: settings.read_only,
            no_destructive: settings.no_destructive,
            saves: !settings.allow_write.is_empty() && !settings.read_only,
            included: Names {
                tags: known("--tags", "tag", &settings.tags, &tags(tools), &mut problems),
                tools: known("--tools", "tool", &settings.tools, &names, &mut problems),
            },
            excluded: Names {
                tags: known("--exclude-tags", "tag", &settings.exclude_tags, &tags(tools), &mut problems),
                tools: known("--exclude-tools", "tool", &settings.exclude_tools, &names, &mut problems),
            },
        };
        // Who wants a tool that is made of operations wants these.
        let made_of = conveniences::used_by(&exposure.included.tools);
        exposure.included.tools.extend(made_of);
        if problems.is_empty() { Ok(exposure) } else { Err(problems.join("\n")) }
    }

    /// Whether a tool that is made of operations was taken out by its own name.
    #[must_use]
    pub(crate) fn excludes(&self, name: &str) -> bool {
        self.excluded.tools.contains(&name)
    }

    /// What a caller should know of an operation: one whose archive may be saved here changes files of this host.
    pub(crate) fn annotations(&self, operation: &Operation) -> Annotations {
        match self.saves && Manner::of(operation) == Manner::Archive {
            true => Annotations { read_only: false, destructive: true, ..operation.annotations },
            false => operation.annotations,
        }
    }

    /// Whether an operation may be listed and called.
    ///
    /// # Errors
    /// [`NotExposed`], whose text tells why.
    pub fn exposes(&self, operation: &Operation) -> Result<(), NotExposed> {
        if self.read_only && !operation.annotations.read_only {
            Err(NotExposed::ReadOnly)
        } else if self.no_destructive && operation.annotations.destructive {
            Err(NotExposed::Destructive)
        } else if self.excluded.hold(operation) {
            Err(NotExposed::Excluded)
        } else if !self.included.is_empty() && !self.included.hold(operation) {
            Err(NotExposed::NotIncluded)
        } else {
            Ok(())
        }
    }
}

/// Operations by their tags and by their own names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names {
    tags: Vec<&'static str>,
    tools: Vec<&'static str>,
}

impl Names {
    fn hold(&self, operation: &Operation) -> bool {
        self.tags.contains(&operation.tag) || self.tools.contains(&operation.name)
    }

    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.tools.is_empty()
    }
}

/// The names as the table spells them. An empty name is unknown too: taken for no choice, it would expose everything.
fn known(
    option: &str,
    kind: &str,
    asked: &[String],
    known: &[&'static str],
    problems: &mut Vec<String>,
) -> Vec<&'static str> {
    let mut found = Vec::new();
    for name in asked {
        match known.iter().find(|known| known.eq_ignore_ascii_case(name.trim())) {
            Some(known) => found.push(*known),
            None => {
                let meant = did_you_mean(&nearest(name, known.iter().copied()));
                problems.push(format!("{option}: unknown {kind} `{name}`{meant}"));
            }
        }
    }
    found
}

fn tags(tools: &[Tool]) -> Vec<&'static str> {
    let mut tags: Vec<_> = tools.iter().map(|tool| tool.operation.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn names(tools: &[Tool]) -> Vec<&'static str> {
    tools.iter().map(|tool| tool.operation.name).collect()
}

#[cfg(test)]
mod tests {
    use dockwright::operations;
    use dockwright::tools::ALL;

    use super::*;

    fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings);
        settings
    }

    fn exposed(settings: &Settings) -> Vec<&'static Operation> {
        let exposure = Exposure::new(settings, ALL).unwrap();
        operations::ALL.iter().copied().filter(|operation| exposure.exposes(operation).is_ok()).collect()
    }

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn everything_is_exposed_unless_said_otherwise() {
        assert_eq!(exposed(&Settings::default()).len(), operations::ALL.len());
    }

    #[test]
    fn read_only_beats_an_inclusion_by_name() {
        let settings = settings(|settings| {
            settings.read_only = true;
            settings.tools = list(&["container_delete", "container_list"]);
        });
        assert_eq!(exposed(&settings).iter().map(|operation| operation.name).collect::<Vec<_>>(), ["container_list"]);
        let exposure = Exposure::new(&settings, ALL).unwrap();
        let refusal = exposure.exposes(&operations::CONTAINER_DELETE).unwrap_err();
        assert_eq!(refusal.to_string(), "not exposed: the server runs read-only");
    }

    #[test]
    fn read_only_exposes_nothing_that_changes_anything() {
        let exposed = exposed(&settings(|settings| settings.read_only = true));
        assert!(exposed.len() > 30 && exposed.iter().all(|operation| operation.annotations.read_only));
    }

    #[test]
    fn nothing_destructive_is_left_when_that_is_asked_for() {
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
    fn a_tool_made_of_operations_is_chosen_with_them_and_taken_out_alone() {
        let chosen = settings(|settings| settings.tools = list(&["exec_run"]));
        let names: Vec<_> = exposed(&chosen).iter().map(|operation| operation.name).collect();
        assert_eq!(names, ["container_exec", "exec_inspect", "exec_start"]);
        let ours = |settings: &Settings| {
            let exposure = Exposure::new(settings, ALL).unwrap();
            conveniences::exposed(&exposure).map(|convenience| convenience.name).collect::<Vec<_>>()
        };
        assert_eq!(ours(&chosen), ["exec_run"]);
        assert_eq!(ours(&settings(|settings| settings.exclude_tools = list(&["exec_run"]))), ["container_run"]);
        assert_eq!(ours(&settings(|settings| settings.no_destructive = true)), [""; 0]);
    }

    #[test]
    fn an_archive_that_may_be_saved_here_is_no_mere_reading() {
        let saving = settings(|settings| settings.allow_write = vec!["/tmp".into()]);
        let hint = |settings: &Settings| {
            Exposure::new(settings, ALL).unwrap().annotations(&operations::CONTAINER_ARCHIVE).read_only
        };
        assert!(hint(&Settings::default()) && !hint(&saving));
        assert!(hint(&Settings { read_only: true, ..saving }));
    }

    #[test]
    fn unknown_names_stop_the_start_all_at_once_with_the_nearest() {
        let settings = settings(|settings| {
            settings.tags = list(&["Contaner"]);
            settings.exclude_tools = list(&["container_remove", "zzz", ""]);
        });
        let problems = Exposure::new(&settings, ALL).unwrap_err();
        let lines: Vec<_> = problems.lines().collect();
        assert_eq!(lines[0], "--tags: unknown tag `Contaner`; did you mean `Container`?");
        assert!(lines[1].starts_with("--exclude-tools: unknown tool `container_remove`; did you mean `container_"));
        assert_eq!(lines[2..], ["--exclude-tools: unknown tool `zzz`", "--exclude-tools: unknown tool ``"]);
    }
}
