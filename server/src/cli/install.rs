//! `dockwright install CLIENT`: writes the entry that makes a client start this program into the client's
//! configuration.

mod list;
mod options;
mod program;
pub(super) mod store;

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::client::{Client, ClientEntry, ConfigurationFile, Place, Scope, file_of, program as started};
use super::command::CommandResult;
use crate::audit::Audit;
use crate::dispatch::Dispatcher;
use crate::settings::Settings;

pub(super) use options::options;

#[derive(clap::Args)]
pub(super) struct InstallArguments {
    /// Client to connect
    #[arg(value_enum, required_unless_present = "list")]
    client: Option<Client>,

    /// Projects for which the client starts this program
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,

    /// Name of the server in the client, which stands before the names of its tools
    #[arg(long, default_value = NAME, value_parser = server_name)]
    name: String,

    /// Replace an entry of this name that starts another program
    #[arg(long)]
    force: bool,

    /// Show the entry and its file, and write nothing
    #[arg(long)]
    print: bool,

    /// List the clients, and check the connected ones as they start this program
    #[arg(long, conflicts_with_all = ["client", "force", "print"])]
    list: bool,
}

pub(super) async fn run(arguments: InstallArguments, settings: Settings, options: Vec<String>) -> CommandResult {
    let place = Place::current()?;
    let Some(client) = arguments.client.filter(|_| !arguments.list) else {
        return list::run(arguments.scope, &place).await;
    };
    // Settings that the server would refuse are refused here, where a person reads it.
    Dispatcher::new(settings, Audit::to_writer(io::sink()))?;
    let file = file_in(client, arguments.scope, &place)?;
    let program = program::path()?;
    let lasting = program::refuse_cache(&program);
    let entry = entry(client, &program, options);
    if arguments.print {
        lasting.unwrap_or_else(|problem| eprintln!("dockwright: {problem}"));
        return print(&file, &arguments.name, &entry);
    }
    lasting?;
    connect(client, &file, &arguments, &entry, &place)
}

/// The client's file in a scope.
///
/// # Errors
/// If the client has none there.
pub(super) fn file_in(client: Client, scope: Scope, place: &Place) -> Result<ConfigurationFile, String> {
    file_of(client, scope, place)
        .ok_or_else(|| format!("{client} has no configuration for one project: leave `--scope` out"))
}

/// The text of a client's file that has nothing but the entry.
///
/// # Errors
/// If the folders of the user are not known.
pub fn entry_text(client: Client, program: &str, options: Vec<String>) -> Result<String, String> {
    let file = file_in(client, Scope::User, &Place::current()?)?;
    file.syntax().with_entry("", file.servers, NAME, &entry(client, program, options))
}

/// The entry of a client that starts this program. It names no engine, so that the docker CLI's settings count.
fn entry(client: Client, program: &str, options: Vec<String>) -> Map<String, Value> {
    let kind = match client {
        Client::ClaudeCode | Client::Vscode => Some(("type", "stdio")),
        Client::Zed => Some(("source", "custom")),
        _ => None,
    };
    let mut entry: Map<String, Value> = kind.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect();
    entry.insert("command".to_owned(), json!(program));
    entry.insert("args".to_owned(), [vec!["serve".to_owned()], options].concat().into());
    entry
}

fn print(file: &ConfigurationFile, name: &str, entry: &Map<String, Value>) -> CommandResult {
    let text = file.syntax().with_entry("", file.servers, name, entry)?;
    eprintln!("dockwright: this entry would be written to {}", file.path.display());
    super::command::print_result(write!(io::stdout(), "{text}"))
}

fn connect(
    client: Client,
    file: &ConfigurationFile,
    arguments: &InstallArguments,
    entry: &Map<String, Value>,
    place: &Place,
) -> CommandResult {
    let (path, name) = (file.path.display(), &arguments.name);
    let before = file.text()?;
    let text = before.as_deref().unwrap_or_default();
    let named = |problem: String| format!("{path}: {problem}");
    let syntax = file.syntax();
    let known = syntax.read(text).map_err(named)?[file.servers].get(name).cloned();
    let ours = known.as_ref().and_then(|known| ClientEntry::read(name, "", known, place));
    let ours = ours.filter(ClientEntry::starts_this_program);
    let disabled = match &ours {
        Some(ours) if ours.is_disabled => ", but it is disabled there: enable it in the client",
        _ => "",
    };
    let base = match known {
        Some(_) if ours.is_some() => text.to_owned(),
        Some(_) if arguments.force => syntax.without_entry(text, file.servers, name).map_err(named)?,
        Some(_) => {
            return Err(format!(
                "{path}: `{name}` starts another program: choose another name with --name, or replace it with --force"
            ));
        }
        None => text.to_owned(),
    };
    let after = syntax.with_entry(&base, file.servers, name, entry).map_err(named)?;
    let command = ClientEntry::read(name, "", &json!(entry), place).map(|entry| entry.command_line());
    let command = command.unwrap_or_default();
    if Some(&after) == before.as_ref() {
        println!("{client} is connected already: `{name}` of {path} starts `{command}`{disabled}");
        return Ok(ExitCode::SUCCESS);
    }
    let backup = store::store(&file.path, before.as_deref(), &after, arguments.scope).map_err(named)?;
    println!("{client} is connected: `{name}` of {path} starts `{command}`{disabled}");
    if let Some(backup) = backup {
        println!("The file as it was: {}", backup.display());
    }
    println!("Start the client again, then ask it: \"Which containers are running?\"");
    if let Some(variables) = engine_variables() {
        println!(
            "Not written: {variables} of this shell. If the client does not have it, give `--context NAME` or `--host ADDRESS`."
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Variables of this shell that choose the engine, and that a client may not pass on.
fn engine_variables() -> Option<String> {
    let names = started::not_passed_on(&[])?;
    let names: Vec<_> = names.split(", ").filter(|name| name.starts_with("DOCKER_")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A name that all clients take.
pub(super) fn server_name(name: &str) -> Result<String, String> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_plain) {
        return Err(format!("a name has 1 to {MAX_NAME} letters, digits, `-` and `_`"));
    }
    Ok(name.to_owned())
}

/// The usual name of the server in a client.
const NAME: &str = "docker";

/// The longest name of a server. Clients bound the length of a tool's name together with it.
const MAX_NAME: usize = 32;
