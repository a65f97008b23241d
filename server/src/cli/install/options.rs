//! The server options of this command line, as arguments for another process.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::settings::builds::{self, BuildSecret, BuildSsh};

/// The server options that were given, on the command line or by a variable of this shell, which a client may not have.
/// Paths become absolute, as a client starts the server in a folder of its own.
///
/// # Errors
/// If a value is no Unicode text, which the files of clients cannot hold.
pub(in crate::cli) fn options(command: &Command, matches: &ArgMatches) -> Result<Vec<String>, String> {
    let mut options = Vec::new();
    for argument in command.get_arguments() {
        let Some(long) = argument.get_long() else { continue };
        let id = argument.get_id().as_str();
        let source = matches.try_contains_id(id).ok().and_then(|_| matches.value_source(id));
        if !matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
            continue;
        }
        if matches!(argument.get_action(), ArgAction::SetTrue) {
            options.extend(matches.get_flag(id).then(|| format!("--{long}")));
            continue;
        }
        let values = matches.get_raw(id).into_iter().flatten().map(|value| value_text(argument, value));
        let values = values.collect::<Result<Vec<_>, _>>().map_err(|problem| format!("--{long}: {problem}"))?;
        let values = match argument.get_value_delimiter() {
            Some(delimiter) => vec![values.join(&delimiter.to_string())],
            None => values,
        };
        options.extend(values.into_iter().map(|value| format!("--{long}={value}")));
    }
    Ok(options)
}

fn value_text(argument: &Arg, value: &OsStr) -> Result<String, String> {
    let parser = argument.get_value_parser().type_id();
    let value = match parser == TypeId::of::<PathBuf>() && !value.is_empty() {
        true => std::path::absolute(value).map_err(|error| error.to_string())?.into_os_string(),
        false => value.to_owned(),
    };
    let text = value.into_string().map_err(|value: OsString| format!("{} is not Unicode", value.to_string_lossy()))?;
    if parser == TypeId::of::<BuildSecret>() {
        return builds::absolute_secret(&text);
    }
    if parser == TypeId::of::<BuildSsh>() {
        return builds::absolute_ssh(&text);
    }
    Ok(text)
}
