//! Facts about a call and its server, which a hint depends on.

use dockwright::Operation;

/// Tells if an operation may be called by its name.
pub type IsExposed<'a> = &'a dyn Fn(&Operation) -> bool;

/// Facts about a call and its server, for the hint for a failure.
#[derive(Clone, Copy)]
pub struct HintFacts<'a> {
    /// The meaning of a name that was not found.
    pub similar: Option<&'a str>,
    /// The part of the engine's swarm in the failure. It names tools by their endpoints, in brackets.
    pub swarm: Option<&'a str>,
    /// The secret or the agent that a build lacks, and how it gets it.
    pub build: Option<&'a str>,
    /// Hints name only tools that are exposed.
    pub exposed: IsExposed<'a>,
    /// True if the settings of the engine withhold stored logins.
    pub withholds_logins: bool,
}
