//! A tool as data: an operation of the API, or several in one.

use dockwright::Version;
use dockwright::operation::Annotations;
use dockwright::tools::{self, Tool};
use serde_json::{Map, Value};

use super::composed::Composed;
use super::exposure::{Exposure, ToolNotExposed};
use super::operations;

/// A tool: an operation of the API, or several operations in one.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// One operation.
    Operation(&'static Tool),
    /// Several operations in one call.
    Composed(Composed),
}

impl Entry {
    /// The tool of this name, exposed or not.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Entry::all().find(|entry| entry.name() == name)
    }

    /// All tools of this build: operations in the order of the table, then composed tools.
    pub fn all() -> impl Iterator<Item = Self> {
        let operations = tools::ALL.iter().map(Entry::Operation);
        operations.chain(Composed::ALL.iter().copied().map(Entry::Composed))
    }

    /// The tools that may be called.
    pub fn exposed(exposure: &Exposure) -> impl Iterator<Item = Self> {
        Entry::all().filter(|entry| entry.check(exposure).is_ok())
    }

    /// Checks that the tool may be called.
    ///
    /// # Errors
    /// [`ToolNotExposed`], which names the missing operation and the reason.
    pub fn check(self, exposure: &Exposure) -> Result<(), ToolNotExposed> {
        match self {
            Entry::Operation(tool) => {
                exposure.exposes(tool.operation).map_err(|reason| ToolNotExposed::itself(self.name(), reason))
            }
            Entry::Composed(composed) => exposure.exposes_composed(composed),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Entry::Operation(tool) => tool.operation.name,
            Entry::Composed(composed) => composed.name(),
        }
    }

    /// Its title for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Entry::Operation(tool) => tool.title,
            Entry::Composed(composed) => composed.title(),
        }
    }

    /// Its summary in one sentence.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Entry::Operation(tool) => tool.operation.summary,
            Entry::Composed(composed) => composed.summary(),
        }
    }

    /// Words that a search for it should find beside its name and summary; may be empty.
    #[must_use]
    pub fn search(self) -> &'static str {
        match self {
            Entry::Operation(tool) => tool.search,
            Entry::Composed(composed) => composed.search(),
        }
    }

    /// Tells whether a name is the command of the docker CLI that this tool stands for: `docker_ps`, `ps`.
    #[must_use]
    pub fn is_command(self, name: &str) -> bool {
        let words = name.to_lowercase().replace(['_', '-', '.'], " ");
        let command = format!("docker {}", words.strip_prefix("docker ").unwrap_or(&words).trim());
        self.search().split([',', ':']).any(|phrase| phrase.trim() == command)
    }

    /// Tells whether a client that loads tools by search should load it at the start.
    #[must_use]
    pub fn always_load(self) -> bool {
        match self {
            Entry::Operation(tool) => tool.always_load,
            Entry::Composed(composed) => composed.always_load(),
        }
    }

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Entry::Operation(tool) => tool.operation.tag,
            Entry::Composed(composed) => composed.tag(),
        }
    }

    /// Its hints.
    #[must_use]
    pub fn annotations(self, exposure: &Exposure) -> Annotations {
        match self {
            Entry::Operation(tool) => exposure.annotations(tool.operation),
            Entry::Composed(composed) => composed.annotations(),
        }
    }

    /// Tells whether an API version has all operations that the tool needs.
    #[must_use]
    pub fn is_known_to(self, version: Version) -> bool {
        match self {
            Entry::Operation(tool) => tool.operation.lifetime.contains(version),
            Entry::Composed(composed) => composed
                .operations()
                .iter()
                .all(|name| operations::find(name).is_none_or(|tool| tool.operation.lifetime.contains(version))),
        }
    }

    /// Returns true if it need not wait for its turn among other calls.
    #[must_use]
    pub fn answers_at_once(self) -> bool {
        matches!(self, Entry::Composed(composed) if composed.answers_at_once())
    }

    /// The object that a call acts on, for the audit trail.
    #[must_use]
    pub fn target(self, arguments: &Map<String, Value>) -> Option<&str> {
        match self {
            Entry::Operation(tool) => operations::target(tool.operation, arguments),
            Entry::Composed(_) => arguments.get("id").or_else(|| arguments.get("project"))?.as_str(),
        }
    }
}

/// The tags of these tools, sorted.
#[must_use]
pub fn tags(entries: impl IntoIterator<Item = Entry>) -> Vec<&'static str> {
    let mut tags: Vec<_> = entries.into_iter().map(Entry::tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}
