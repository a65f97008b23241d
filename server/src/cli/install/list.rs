//! `dockwright install --list`: the clients that are here, and a check of those that start this program.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::client::{Client, ClientEntry, Place, Scope, file_of, program, start};
use crate::cli::command::CommandResult;

/// Prints a line for each client. Entries of one scope are started: a project's are not trusted unasked.
pub(super) async fn run(scope: Scope, place: &Place) -> CommandResult {
    let mut has_failures = false;
    for &client in Client::all() {
        let Some(file) = file_of(client, scope, place) else { continue };
        let entries = file.entries(place);
        let ours = match entries {
            Err(problem) => {
                has_failures = true;
                line(client, &format!("FAIL  {problem}"));
                continue;
            }
            Ok(entries) => entries.into_iter().flatten().filter(ClientEntry::starts_this_program).collect::<Vec<_>>(),
        };
        for entry in &ours {
            let verdict = check(client, entry, place).await;
            has_failures |= verdict.is_err();
            line(
                client,
                &match verdict {
                    Ok(()) => format!("ok    `{}` starts `{}`", entry.name, entry.command_line()),
                    Err(problem) => format!("FAIL  `{}`: {problem}", entry.name),
                },
            );
        }
        if ours.is_empty() {
            let is_here = file.client_is_here();
            let state =
                if is_here { format!("not connected: dockwright install {client}") } else { "not found".into() };
            line(client, &format!("-     {state}"));
        }
    }
    Ok(if has_failures { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(client: Client, state: &str) {
    // A reader may close the pipe after the first lines.
    let _ = writeln!(io::stdout(), "{client:<15} {state}");
}

/// Starts an entry as the client does, and checks its settings.
async fn check(client: Client, entry: &ClientEntry, place: &Place) -> Result<(), String> {
    if entry.is_disabled {
        return Err("disabled: enable it in the client".to_owned());
    }
    let environment = program::environment(client, entry);
    let program = program::find(&entry.command, &environment, &entry.folder(place))?;
    start::open_session(&program, entry, &environment, place).await?;
    let checks = start::run_checks(entry, &environment, place).await?;
    match checks.report.lines().find_map(|line| line.strip_prefix("FAIL")) {
        None if checks.are_ok => Ok(()),
        problem => {
            let problem = problem.unwrap_or("the checks failed").trim();
            Err(format!("{problem}; `dockwright doctor --client {client}` says more"))
        }
    }
}
