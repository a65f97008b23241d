//! Settings in the environment: an empty variable counts as not set, and a placeholder that a client did not fill in is
//! refused.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// Variables of the docker CLI that choose the engine.
const DOCKER_VARIABLES: &[&str] = &[
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_API_VERSION",
];

/// Lets settings whose variable holds no value fall back to their defaults, as bundles and compose files set such
/// variables for fields that were left blank.
pub(super) fn ignore_empty(command: Command) -> Command {
    command.mut_subcommands(ignore_empty).mut_args(|argument| {
        let is_empty = argument
            .get_env()
            .is_some_and(|name| std::env::var_os(name).is_some_and(|value| is_blank(&value, &argument)));
        if is_empty { argument.env(None::<&'static str>) } else { argument }
    })
}

/// Returns true for a value of spaces, or for a list whose items are.
fn is_blank(value: &OsStr, argument: &Arg) -> bool {
    let is_separator = |character: char| Some(character) == argument.get_value_delimiter() || character.is_whitespace();
    value.to_str().is_some_and(|value| value.chars().all(is_separator))
}

/// Refuses settings that still hold a placeholder, such as `${user_config.tags}`, before they are parsed.
///
/// # Errors
/// A text that names each such setting.
pub(super) fn refuse_placeholders(command: &Command) -> Result<(), String> {
    let mut problems = Vec::new();
    let of_commands = command.get_subcommands().flat_map(Command::get_arguments);
    for argument in command.get_arguments().chain(of_commands) {
        let Some(variable) = argument.get_env().and_then(OsStr::to_str) else { continue };
        let option = format!("--{}", argument.get_long().unwrap_or_default());
        let short = argument.get_short().map(|letter| format!("-{letter}"));
        let values = option_values(&option).chain(short.iter().flat_map(|short| option_values(short)));
        let values = values.chain(std::env::var_os(variable));
        problems.extend(values.filter_map(|value| problem(&format!("{option} ({variable})"), &value)).next());
    }
    for variable in DOCKER_VARIABLES {
        problems.extend(std::env::var_os(variable).and_then(|value| problem(variable, &value)));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// The values of an option on the command line, as `--option=value` and `--option value`.
fn option_values(option: &str) -> impl Iterator<Item = OsString> {
    let next = std::env::args_os().skip(1);
    std::env::args_os().zip(next).flat_map(move |(before, argument)| {
        let joined =
            argument.to_str().and_then(|text| text.strip_prefix(option)?.strip_prefix('=')).map(OsString::from);
        joined.or_else(|| (before == *option).then_some(argument))
    })
}

fn problem(setting: &str, value: &OsStr) -> Option<String> {
    let value = value.to_str()?;
    let placeholder = &value[value.find("${")?..];
    let placeholder = &placeholder[..=placeholder.find('}')?];
    Some(format!(
        "{setting}: `{placeholder}` is a placeholder that the client did not replace: give the setting a value in the \
         client, or remove it from its configuration"
    ))
}
