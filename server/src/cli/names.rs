//! Names of tools and tags as values of arguments: shells complete them. Any other text is taken too, and the command
//! that uses it suggests the nearest name.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::catalogue::{Entry, tags};

/// Parses a text, and lists known names for completion.
#[derive(Clone)]
struct NameParser {
    known: Vec<&'static str>,
}

impl TypedValueParser for NameParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.known.iter().copied().map(PossibleValue::new)))
    }
}

/// Completes the arguments of a command, and of the commands below it.
pub(super) fn complete_all(command: Command) -> Command {
    command.mut_args(complete).mut_subcommands(complete_all)
}

/// Completes an argument that takes names of tools or tags.
pub(super) fn complete(argument: Arg) -> Arg {
    let known = match argument.get_id().as_str() {
        "tool" | "tools" | "exclude_tools" => tool_names(),
        "tags" | "exclude_tags" => tags(Entry::all()),
        _ => return argument,
    };
    argument.value_parser(NameParser { known }).hide_possible_values(true)
}

/// The names of all tools that are built in.
pub(super) fn tool_names() -> Vec<&'static str> {
    Entry::all().map(Entry::name).collect()
}
