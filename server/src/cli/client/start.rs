//! Starts what an entry starts, as its client does: the server itself, and the checks of its settings.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use super::entry::{ClientEntry, PROGRAM};
use super::place::Place;
use super::session::Session;

/// The longest time until a server has answered, and for its checks. A launcher may fetch a package first.
const LIMIT: Duration = Duration::from_secs(60);

/// The longest time for a server that has failed to end.
const GRACE: Duration = Duration::from_secs(2);

/// The most bytes of a server's messages that are kept, which are its last ones.
const MAX_KEPT: usize = 4096;

/// The most characters of a server's messages that are shown.
const MAX_SHOWN: usize = 300;

/// Starts the server, opens a session with it, and ends it. Returns the number of its tools.
///
/// # Errors
/// If it does not answer as this program does.
pub(crate) async fn open_session(
    program: &Path,
    entry: &ClientEntry,
    environment: &[(String, String)],
    place: &Place,
) -> Result<usize, String> {
    let mut command = command(program, entry, environment, place);
    command.args(&entry.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
    let (Some(input), Some(output), Some(mut errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err("no pipes".to_owned());
    };
    let mut said = Vec::new();
    // A server whose messages nobody reads would wait.
    let outcome = tokio::select! {
        outcome = timeout(LIMIT, async { Session::new(output, input).open().await }) => outcome,
        never = async { keep_last(&mut errors, &mut said).await; std::future::pending().await } => never,
    };
    // Its input has ended, and so does it.
    let status = timeout(GRACE, async { tokio::join!(child.wait(), keep_last(&mut errors, &mut said)).0.ok() }).await;
    let problem = match outcome {
        Ok(Ok((name, tools))) if name == PROGRAM => return Ok(tools),
        Ok(Ok((name, _))) => return Err(format!("the server says that it is `{name}`, not {PROGRAM}")),
        Ok(Err(problem)) => problem,
        Err(_) => format!("no answer in {} s", LIMIT.as_secs()),
    };
    let problem = match status {
        Ok(Some(status)) => format!("{problem} ({status})"),
        _ => problem,
    };
    Err(with_reason(problem, &said))
}

async fn keep_last(source: &mut (impl AsyncRead + Unpin), last: &mut Vec<u8>) {
    let mut bytes = [0; MAX_KEPT];
    while let Ok(count @ 1..) = source.read(&mut bytes).await {
        last.extend_from_slice(&bytes[..count]);
        last.drain(..last.len().saturating_sub(MAX_KEPT));
    }
}

/// The report of the checks.
pub(crate) struct Checks {
    pub(crate) report: String,
    pub(crate) are_ok: bool,
}

/// Runs the checks of an entry's settings in a process of this program, and not of the entry's: a launcher would fetch
/// its package again, and an older version checks less.
///
/// # Errors
/// If they give no report, as with arguments that this program does not take.
pub(crate) async fn run_checks(
    entry: &ClientEntry,
    environment: &[(String, String)],
    place: &Place,
) -> Result<Checks, String> {
    let mut words = entry.own_arguments().to_vec();
    if let Some(serve) = words.iter().position(|word| word == "serve") {
        words.remove(serve);
    }
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = command(&program, entry, environment, place);
    let output = timeout(LIMIT, command.arg("doctor").args(words).stdin(Stdio::null()).output()).await;
    let output = output.map_err(|_| format!("no end in {} s", LIMIT.as_secs()))?.map_err(|error| error.to_string())?;
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    if !report.lines().any(|line| line.starts_with("ok ") || line.starts_with("FAIL ")) {
        return Err(with_reason("the checks gave no report".to_owned(), &output.stderr));
    }
    Ok(Checks { report, are_ok: output.status.success() })
}

/// A command in the surroundings that the client gives the entry's.
fn command(program: &Path, entry: &ClientEntry, environment: &[(String, String)], place: &Place) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment.iter().cloned()).current_dir(entry.folder(place)).kill_on_drop(true);
    command
}

fn with_reason(problem: String, messages: &[u8]) -> String {
    match reason(messages) {
        reason if reason.is_empty() => problem,
        reason => format!("{problem}: {reason}"),
    }
}

/// The reason that a program gives in its messages, in one line: from its first error on, or else the last line.
fn reason(messages: &[u8]) -> String {
    let messages = String::from_utf8_lossy(messages);
    let lines: Vec<_> = messages.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first = lines.iter().position(|line| line.to_lowercase().contains("error"));
    let reason = lines[first.unwrap_or(lines.len().saturating_sub(1))..].join(" ");
    reason.trim_start_matches("dockwright: ").chars().take(MAX_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_the_first_error_or_the_last_line() {
        for (messages, expected) in [
            ("", ""),
            ("one\ndockwright: no such tag\n\n", "no such tag"),
            ("warning: old\nerror: no flag `--x`\n\nUsage: x\n", "error: no flag `--x` Usage: x"),
            ("npm error code E404\nnpm error 404 Not Found\n", "npm error code E404 npm error 404 Not Found"),
        ] {
            assert_eq!(reason(messages.as_bytes()), expected);
        }
        assert_eq!(reason("é".repeat(4000).as_bytes()).chars().count(), MAX_SHOWN);
    }
}
