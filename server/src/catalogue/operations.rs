//! The operation table as tools: found by name, and compared with API versions.

use dockwright::Version;
use dockwright::operation::Operation;
use dockwright::tools::{self, Tool};
use serde_json::{Map, Value};

/// The operation of this name, as a tool.
#[must_use]
pub fn find(name: &str) -> Option<&'static Tool> {
    tools::ALL.iter().find(|tool| tool.operation.name == name)
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
