//! All tools as data: name, words, schema and hints. Knows the operation table and the exposure, and calls nothing.

pub mod composed;
mod container_run;
mod exec_run;
pub mod exposure;
pub mod nearest;
pub mod presentation;

use dockwright::Version;
use dockwright::operation::{Annotations, Operation};
use dockwright::tools::{self, Tool};
use serde_json::{Map, Value};

pub use composed::Composed;

use exposure::{Exposure, ToolNotExposed};

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
                .all(|name| operation(name).is_none_or(|tool| tool.operation.lifetime.contains(version))),
        }
    }

    /// The object that a call acts on, for the audit trail.
    #[must_use]
    pub fn target(self, arguments: &Map<String, Value>) -> Option<&str> {
        match self {
            Entry::Operation(tool) => target(tool.operation, arguments),
            Entry::Composed(_) => arguments.get("id")?.as_str(),
        }
    }
}

/// The operation of this name, as a tool.
#[must_use]
pub fn operation(name: &str) -> Option<&'static Tool> {
    tools::ALL.iter().find(|tool| tool.operation.name == name)
}

/// The tags of these tools, sorted.
#[must_use]
pub fn tags(entries: impl IntoIterator<Item = Entry>) -> Vec<&'static str> {
    let mut tags: Vec<_> = entries.into_iter().map(Entry::tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Counts the tools and arguments that are newer than an API version.
#[must_use]
pub fn newer_than(version: Version) -> usize {
    let lifetimes = tools::ALL.iter().flat_map(|tool| {
        let arguments = tool.operation.versioned.iter().map(|newer| newer.lifetime);
        std::iter::once(tool.operation.lifetime).chain(arguments)
    });
    lifetimes.filter(|lifetime| lifetime.since.is_some_and(|since| since > version)).count()
}

/// The value of an operation's path argument: the object that a call acts on.
#[must_use]
pub fn target<'a>(operation: &Operation, arguments: &'a Map<String, Value>) -> Option<&'a str> {
    arguments.get(operation.target()?.name)?.as_str()
}
