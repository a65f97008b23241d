//! `dockwright install --list`: the clients that are here, and a check of those that start this program.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use crate::cli::client::{Client, ClientEntry, Place, Scope, file_of, program};
use crate::cli::command::CommandResult;

/// The longest time for the checks of one entry.
const LIMIT: Duration = Duration::from_secs(60);

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
            let verdict = tokio::time::timeout(LIMIT, check(client, entry, place)).await;
            let verdict = verdict.unwrap_or_else(|_| Err(format!("no answer in {} s", LIMIT.as_secs())));
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

/// Checks an entry with the arguments and the environment that the client gives it.
async fn check(client: Client, entry: &ClientEntry, place: &Place) -> Result<(), String> {
    let details = format!("`dockwright doctor --client {client}` says more");
    if entry.is_disabled {
        return Err("disabled: enable it in the client".to_owned());
    }
    let environment = program::environment(client, entry);
    program::find(&entry.command, &environment, &entry.folder(place))?;
    let output = program::run_checks(entry, &environment, place).await.map_err(|error| error.to_string())?;
    if let Some(problem) = program::refusal(&output) {
        return Err(format!("the server ends at once: {problem}"));
    }
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    match report.lines().find_map(|line| line.strip_prefix("FAIL")) {
        None if output.status.success() => Ok(()),
        problem => Err(format!("{}; {details}", problem.unwrap_or("the checks failed").trim())),
    }
}
