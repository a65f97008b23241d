//! Tools composed of several operations, as data. One call saves a model three and their traps. These are the only
//! tools written by hand; `run` runs them.

use dockwright::operation::Annotations;
use serde_json::Value;

use super::description::Description;
use super::{container_run, exec_run};

/// A tool that is composed of several operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Composed {
    /// A new container, its output and its exit code.
    ContainerRun,
    /// A command in a running container, its output and its exit code.
    ExecRun,
}

impl Composed {
    /// All composed tools.
    pub const ALL: &[Self] = &[Composed::ContainerRun, Composed::ExecRun];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// Its title for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.description().title
    }

    /// A summary for a model.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.description().summary
    }

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.description().tag
    }

    /// The operations that it uses. Most of its arguments are the first operation's.
    #[must_use]
    pub fn operations(self) -> &'static [&'static str] {
        self.description().operations
    }

    /// Its hints.
    #[must_use]
    pub fn annotations(self) -> Annotations {
        self.description().annotations
    }

    /// The JSON Schema of its arguments.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Composed::ContainerRun => container_run::schema(),
            Composed::ExecRun => exec_run::schema(),
        }
    }

    fn description(self) -> &'static Description {
        match self {
            Composed::ContainerRun => &container_run::DESCRIPTION,
            Composed::ExecRun => &exec_run::DESCRIPTION,
        }
    }
}
