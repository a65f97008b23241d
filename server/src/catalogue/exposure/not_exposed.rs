//! The reasons why tools are not exposed, in words.

use dockwright_policy::Refusal;

use crate::restrictions::Origin;

/// The reason why an operation may not be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// No request of it can pass a policy.
    #[error("not exposed: {0}")]
    Denied(Refusal),
    /// The tool is about calls with `detach`, and no tool that takes it is exposed.
    #[error("not exposed: no exposed tool takes `detach`")]
    NoWork,
    /// The tool needs Docker Compose's plugin.
    #[error(
        "not exposed: it needs Docker Compose's plugin (docker-compose-plugin), which is not installed where this server \
         runs, or is off by --no-compose; the tools of the operations do without"
    )]
    NoCompose,
    /// The operation's tag was left out of the build.
    #[error("not built into this server")]
    NotBuilt,
}

impl NotExposed {
    /// The reason by the setting and the rule of its policy that refuses all requests.
    pub(super) fn new(origin: Origin, refusal: &Refusal) -> Self {
        match (origin, refusal.rule) {
            (Origin::ReadOnly, "allow") => NotExposed::ReadOnly,
            (Origin::ReadOnly, "deny") => NotExposed::Egress,
            (Origin::ReadOnly, _) => NotExposed::NoRegistry,
            (Origin::NoDestructive, "allow") => NotExposed::Destructive,
            (Origin::NoDestructive, _) => NotExposed::ReachesHost,
            (Origin::Exclusion, _) => NotExposed::Excluded,
            (Origin::Choice, _) => NotExposed::NotIncluded,
            (Origin::File, _) => NotExposed::Denied(refusal.clone()),
        }
    }

    /// The rule of a policy that denies it.
    #[must_use]
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            NotExposed::Denied(refusal) => Some(refusal.rule),
            _ => None,
        }
    }
}

/// A tool that may not be called, because of itself or of an operation that it uses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    pub(in crate::catalogue) fn itself(tool: &'static str, reason: NotExposed) -> Self {
        ToolNotExposed { tool, needed: tool, reason }
    }
}
