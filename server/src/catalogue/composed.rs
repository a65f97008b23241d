//! Tools composed of several operations, as data. One call saves a model three and their traps. These are the only
//! tools written by hand; `run` runs them.

use dockwright::operation::Annotations;
use serde_json::Value;

use super::description::Description;
use super::{
    compose_config, compose_diff, compose_down, compose_generate, compose_list, compose_ps, compose_state, compose_up,
    container_edit, container_recreate, container_run, container_table, container_wait_for, exec_run, project_logs,
    work,
};

/// A tool that is composed of several operations, or tells about calls that run on by themselves and uses none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Composed {
    /// The resolved files of a compose project.
    ComposeConfig,
    /// The changes that a compose project's files would make.
    ComposeDiff,
    /// The end of a compose project.
    ComposeDown,
    /// A compose file of containers that exist.
    ComposeGenerate,
    /// The compose projects of an engine.
    ComposeList,
    /// The containers of a compose project.
    ComposePs,
    /// A restart of a compose project.
    ComposeRestart,
    /// The start of a compose project that is stopped.
    ComposeStart,
    /// The stop of a compose project.
    ComposeStop,
    /// A compose project as its files say.
    ComposeUp,
    /// A change of a text file in a container.
    ContainerEdit,
    /// A new container, its output and its exit code.
    ContainerRun,
    /// A container in place of another that differs from it in some things.
    ContainerRecreate,
    /// Containers with what they use, as a table.
    ContainerTable,
    /// A wait for something that happens in a container.
    ContainerWaitFor,
    /// A command in a running container, its output and its exit code.
    ExecRun,
    /// The logs of several containers as one.
    ProjectLogs,
    /// The calls that run on without their caller.
    WorkList,
    /// The outcome of such a call.
    WorkJoin,
    /// The end of such a call.
    WorkCancel,
}

impl Composed {
    /// All composed tools.
    pub const ALL: &[Self] = &[
        Composed::ComposeConfig,
        Composed::ComposeDiff,
        Composed::ComposeDown,
        Composed::ComposeGenerate,
        Composed::ComposeList,
        Composed::ComposePs,
        Composed::ComposeRestart,
        Composed::ComposeStart,
        Composed::ComposeStop,
        Composed::ComposeUp,
        Composed::ContainerEdit,
        Composed::ContainerRecreate,
        Composed::ContainerRun,
        Composed::ContainerTable,
        Composed::ContainerWaitFor,
        Composed::ExecRun,
        Composed::ProjectLogs,
        Composed::WorkList,
        Composed::WorkJoin,
        Composed::WorkCancel,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// Returns true if it only tells of calls or ends one, so that it need not wait for its turn among them.
    #[must_use]
    pub fn answers_at_once(self) -> bool {
        matches!(self, Composed::WorkList | Composed::WorkCancel)
    }

    /// Returns true if it is about calls that run on without their callers.
    #[must_use]
    pub fn is_about_work(self) -> bool {
        matches!(self, Composed::WorkList | Composed::WorkJoin | Composed::WorkCancel)
    }

    /// Returns true if it is about stacks of Docker Compose.
    #[must_use]
    pub fn is_about_stacks(self) -> bool {
        self.tag() == "Compose"
    }

    /// Returns true if it runs Docker Compose's plugin.
    #[must_use]
    pub fn runs_compose(self) -> bool {
        matches!(self, Composed::ComposeConfig | Composed::ComposeDiff | Composed::ComposeDown | Composed::ComposeUp)
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

    /// Words that a search for it should find.
    #[must_use]
    pub fn search(self) -> &'static str {
        self.description().search
    }

    /// Tells whether a session needs it first.
    #[must_use]
    pub fn always_load(self) -> bool {
        self.description().always_load
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

    /// Tells whether a call of it may run on without its caller, as work.
    #[must_use]
    pub fn detaches(self) -> bool {
        self.description().detaches
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
            Composed::ComposeConfig => compose_config::schema(),
            Composed::ComposeDiff => compose_diff::schema(),
            Composed::ComposeDown => compose_down::schema(),
            Composed::ComposeGenerate => compose_generate::schema(),
            Composed::ComposeList => compose_list::schema(),
            Composed::ComposePs => compose_ps::schema(),
            Composed::ComposeRestart | Composed::ComposeStart | Composed::ComposeStop => compose_state::schema(),
            Composed::ComposeUp => compose_up::schema(),
            Composed::ContainerEdit => container_edit::schema(),
            Composed::ContainerRun => container_run::schema(),
            Composed::ContainerRecreate => container_recreate::schema(),
            Composed::ContainerTable => container_table::schema(),
            Composed::ContainerWaitFor => container_wait_for::schema(),
            Composed::ExecRun => exec_run::schema(),
            Composed::ProjectLogs => project_logs::schema(),
            Composed::WorkList => work::list_schema(),
            Composed::WorkJoin => work::join_schema(),
            Composed::WorkCancel => work::cancel_schema(),
        }
    }

    /// The members of its structured content as JSON Schemas, if it promises any.
    #[must_use]
    pub fn output_members(self) -> Option<Value> {
        (self == Composed::ContainerTable).then(container_table::output_members)
    }

    fn description(self) -> &'static Description {
        match self {
            Composed::ComposeConfig => &compose_config::DESCRIPTION,
            Composed::ComposeDiff => &compose_diff::DESCRIPTION,
            Composed::ComposeDown => &compose_down::DESCRIPTION,
            Composed::ComposeGenerate => &compose_generate::DESCRIPTION,
            Composed::ComposeList => &compose_list::DESCRIPTION,
            Composed::ComposePs => &compose_ps::DESCRIPTION,
            Composed::ComposeRestart => &compose_state::RESTART_DESCRIPTION,
            Composed::ComposeStart => &compose_state::START_DESCRIPTION,
            Composed::ComposeStop => &compose_state::STOP_DESCRIPTION,
            Composed::ComposeUp => &compose_up::DESCRIPTION,
            Composed::ContainerEdit => &container_edit::DESCRIPTION,
            Composed::ContainerRun => &container_run::DESCRIPTION,
            Composed::ContainerRecreate => &container_recreate::DESCRIPTION,
            Composed::ContainerTable => &container_table::DESCRIPTION,
            Composed::ContainerWaitFor => &container_wait_for::DESCRIPTION,
            Composed::ExecRun => &exec_run::DESCRIPTION,
            Composed::ProjectLogs => &project_logs::DESCRIPTION,
            Composed::WorkList => &work::LIST,
            Composed::WorkJoin => &work::JOIN,
            Composed::WorkCancel => &work::CANCEL,
        }
    }
}
