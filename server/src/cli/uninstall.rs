//! `dockwright uninstall CLIENT`: takes the entries that start this program out of the client's configuration.

use std::fs;
use std::process::ExitCode;

use serde_json::Value;

use super::client::{Client, ClientEntry, ConfigurationFile, Place, Scope, read_text};
use super::command::CommandResult;
use super::install::{file_in, server_name, store};

#[derive(clap::Args)]
pub(super) struct UninstallArguments {
    /// Client to disconnect
    #[arg(value_enum)]
    client: Client,

    /// Projects for which the client starts this program
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,

    /// Name of the server in the client [default: each that starts this program]
    #[arg(long, value_parser = server_name)]
    name: Option<String>,
}

pub(super) fn run(arguments: &UninstallArguments) -> CommandResult {
    let place = Place::current()?;
    let client = arguments.client;
    let file = file_in(client, arguments.scope, &place)?;
    let path = file.path.display();
    let named = |problem: String| format!("{path}: {problem}");
    let before = file.text()?.unwrap_or_default();
    let content = file.syntax().read(&before).map_err(named)?;
    let is_ours = |name: &str, entry: &Value| {
        ClientEntry::read(name, "", entry, &place).is_some_and(|entry| entry.starts_this_program())
    };
    let mut names = Vec::new();
    for (name, entry) in content[file.servers].as_object().into_iter().flatten() {
        match (is_ours(name, entry), arguments.name.as_ref()) {
            (false, Some(wanted)) if wanted == name => {
                return Err(format!("{path}: `{name}` starts another program, so it stays"));
            }
            (true, wanted) if wanted.is_none_or(|wanted| wanted == name) => names.push(name.clone()),
            _ => {}
        }
    }
    if names.is_empty() {
        println!("{client} is not connected: no entry of {path} starts this program");
        return Ok(ExitCode::SUCCESS);
    }
    if let [name] = &names[..]
        && restore(&file, &before, name, &content[file.servers][name]).map_err(named)?
    {
        println!("{client} is disconnected: {path} is as it was before");
        return Ok(ExitCode::SUCCESS);
    }
    let mut after = before.clone();
    for name in &names {
        after = file.syntax().without_entry(&after, file.servers, name).map_err(named)?;
    }
    let backup = store::store(&file.path, Some(&before), &after, arguments.scope).map_err(named)?;
    println!("{client} is disconnected: {path} has no `{}` any more", names.join("`, `"));
    if let Some(backup) = backup {
        println!("The file as it was: {}", backup.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Undoes the installation where nothing else has changed since: brings the backup back, or removes a file that holds
/// the entry alone. False if something has.
fn restore(file: &ConfigurationFile, text: &str, name: &str, entry: &Value) -> Result<bool, String> {
    let path = store::target(&file.path)?;
    let backup = store::backup_of(&path);
    let kept = read_text(&backup)?;
    let base = kept.as_deref().unwrap_or_default();
    // A backup of a later change has an entry of its own.
    let is_first = file.syntax().read(base).is_ok_and(|kept| kept[file.servers].get(name).is_none());
    let entry = entry.as_object().filter(|_| is_first);
    let installed = entry.and_then(|entry| file.syntax().with_entry(base, file.servers, name, entry).ok());
    let is_link = fs::symlink_metadata(&backup).is_ok_and(|backup| backup.is_symlink());
    if is_link || installed.as_deref() != Some(text) {
        return Ok(false);
    }
    let done = if kept.is_some() { fs::rename(&backup, &path) } else { fs::remove_file(&path) };
    done.map(|()| true).map_err(|error| error.to_string())
}
