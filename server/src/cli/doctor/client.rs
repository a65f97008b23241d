//! `dockwright doctor --client NAME`: reads the configuration of an MCP client, finds the entries that start this
//! program, starts each as the client does, and runs the checks with its arguments and environment.

use std::fmt::Write as _;
use std::time::Instant;

use super::finding::Report;
use crate::cli::client::{Client, ClientEntry, ConfigurationFile, Place, Scope, file_of, of_client, program, start};

/// Checks each entry of the client, or those of one scope.
pub(super) async fn check(client: Client, scope: Option<Scope>, report: &mut Report) -> Result<(), String> {
    let place = Place::current()?;
    let files = match scope {
        Some(scope) => file_of(client, scope, &place).into_iter().collect(),
        None => of_client(client, &place),
    };
    if files.is_empty() {
        return Err(format!("{client} has no configuration for one project: leave `--scope` out"));
    }
    let mut entries = Vec::new();
    let mut found = Vec::new();
    for file in &files {
        match file.entries(&place) {
            Ok(None) => {}
            Ok(Some(read)) => {
                found.push(file.path.display().to_string());
                entries.extend(read.into_iter().map(|entry| (file.scope, entry)));
            }
            Err(problem) => report.line("file", Err(problem)),
        }
    }
    let setup = format!("run `dockwright install {client}`");
    if found.is_empty() && !report.has_failures() {
        let paths: Vec<_> = files.iter().map(|file| file.path.display().to_string()).collect();
        report.line("file", Err(format!("{} does not exist: {setup}", paths.join(" or "))));
    }
    for path in &found {
        report.line("file", Ok(path.clone()));
    }
    entries.retain(|(_, entry)| entry.names_this_program());
    if !found.is_empty() && entries.is_empty() {
        report.line("entry", Err(format!("no entry starts dockwright: {setup}")));
    }
    for (of, entry) in &entries {
        let words = described(entry);
        // Whoever wrote the folder chose the programs that the checks would start.
        match *of == Scope::Project && scope.is_none() {
            true => {
                report.line("entry", Ok(format!("{words}; it comes with this folder: `--scope project` checks it")))
            }
            false => check_entry(client, entry, words, &place, report).await,
        }
    }
    Ok(())
}

/// The words on what an entry starts.
fn described(entry: &ClientEntry) -> String {
    let mut words = format!("`{}` of {} starts `{}`", entry.name, entry.origin, entry.command_line());
    if !entry.env.is_empty() {
        let names: Vec<_> = entry.env.iter().map(|(name, _)| name.as_str()).collect();
        let _ = write!(words, " and sets {}", names.join(", "));
    }
    words
}

async fn check_entry(client: Client, entry: &ClientEntry, words: String, place: &Place, report: &mut Report) {
    if entry.is_disabled {
        return report.line("entry", Err(format!("{words}, but is disabled: enable it in the client")));
    }
    report.line("entry", Ok(words));
    let environment = program::environment(client, entry);
    let program = match program::find(&entry.command, &environment, &entry.folder(place)) {
        Ok(program) => program,
        Err(problem) => return report.line("binary", Err(problem)),
    };
    if !entry.starts_this_program() && !program::is_this_program(&program) {
        let problem = format!(
            "{} is not dockwright, so the checks, which need its surroundings, did not run: run `{} doctor`",
            program.display(),
            entry.command_line()
        );
        return report.line("binary", Ok(problem));
    }
    report.line("binary", Ok(program.display().to_string()));
    if !entry.unknown.is_empty() {
        report
            .line("entry", Ok(format!("the client asks for {}, which the checks leave out", entry.unknown.join(", "))));
    }
    if let Some(variables) = program::not_passed_on(&environment) {
        let words =
            format!("{variables} of this shell may not reach the server: if it is needed, set it in the entry's env");
        report.line("env", Ok(words));
    }
    let begun = Instant::now();
    match start::open_session(&program, entry, &environment, place).await {
        Err(problem) => return report.line("start", Err(problem)),
        Ok(tools) => {
            let words = format!("initialize and tools/list ({tools} tools) in {} ms", begun.elapsed().as_millis());
            report.line("start", Ok(words));
        }
    }
    match start::run_checks(entry, &environment, place).await {
        Err(problem) => report.line("checks", Err(problem)),
        Ok(checks) => report.lines(&checks.report, checks.are_ok),
    }
}

/// The command that connects a client, unless one is connected already.
pub(super) fn next_step() -> Option<String> {
    let place = Place::current().ok()?;
    let files = |client: &Client| of_client(*client, &place);
    let is_connected = |client: &Client| {
        let entries = files(client).into_iter().filter_map(|file| file.entries(&place).ok().flatten());
        entries.flatten().any(|entry| entry.starts_this_program())
    };
    if Client::all().iter().any(is_connected) {
        return None;
    }
    let is_here = |client: &&Client| files(client).iter().any(ConfigurationFile::client_is_here);
    let client = Client::all().iter().find(is_here).unwrap_or(&Client::ClaudeCode);
    Some(format!("dockwright install {client}"))
}
