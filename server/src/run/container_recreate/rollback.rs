//! Undoes a replacement that failed: deletes the new container; the old one has its name again and runs, if it ran.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::pair::{Journal, Replacement};
use crate::access::Failure;
use crate::run::composed_call::object;

/// An engine that cannot be reached, or is busy, is asked again for so long.
const PATIENCE: Duration = Duration::from_secs(25);
const PAUSE: Duration = Duration::from_millis(500);
/// An engine that refuses is asked this many times.
const ATTEMPTS: usize = 3;

/// One step back. Each comes to the same when it is repeated.
enum Step {
    /// Stops the new container, under the name that keeps other calls away until the old one runs.
    Halt(String),
    RenameBack,
    StartAgain {
        may_be_stopping: bool,
    },
    /// Deletes the new container, by its id or name.
    Delete(String),
}

/// Undoes what the journal says. Returns what became of the old container, in words.
pub(super) async fn roll_back(replacement: &Replacement, journal: Journal) -> String {
    let Journal { created, stopped, may_be_stopping, renamed } = journal;
    let is_touched = stopped || renamed;
    let steps = [
        created.clone().filter(|_| renamed).map(Step::Halt),
        renamed.then_some(Step::RenameBack),
        stopped.then_some(Step::StartAgain { may_be_stopping }),
        created.map(Step::Delete),
    ];
    let deadline = Instant::now() + PATIENCE;
    let mut problems = Vec::new();
    for step in steps.into_iter().flatten() {
        if let Err(failure) = insist(replacement, &step, deadline).await {
            let failure = failure.to_string();
            let failure = failure.lines().next().unwrap_or_default();
            problems.push(match step {
                Step::Halt(created) => format!("the new container {created} could not be stopped: {failure}"),
                Step::Delete(created) => format!("the new container {created} could not be deleted: {failure}"),
                Step::RenameBack => format!("the old one is still called {}: {failure}", replacement.old_name()),
                Step::StartAgain { .. } => format!("the old one does not run: {failure}"),
            });
        }
    }
    let (name, id) = (replacement.name(), replacement.short_id());
    let runs = if replacement.ran() { "and runs" } else { "and does not run, as before" };
    match problems.is_empty() {
        true if is_touched => format!("undone: {name} is the old container {id} again {runs}"),
        true => format!("{name} was not touched"),
        false => format!("NOT all undone, the old container is {id}: {}", problems.join("; ")),
    }
}

/// Repeats a step for as long as that may help.
async fn insist(replacement: &Replacement, step: &Step, deadline: Instant) -> Result<(), Failure> {
    let mut refusals = 0;
    loop {
        let failure = match take(replacement, step).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        let may_help = matches!(&failure, Failure::Engine { error, .. } if error.is_retryable());
        refusals += usize::from(!may_help);
        if refusals >= ATTEMPTS || Instant::now() >= deadline {
            return Err(failure);
        }
        sleep(PAUSE).await;
    }
}

async fn take(replacement: &Replacement, step: &Step) -> Result<(), Failure> {
    let id = || object([("id", replacement.id().into())]);
    match step {
        Step::Halt(created) => unless_gone(halt(replacement, created).await),
        Step::Delete(created) => {
            let new = object([("id", created.as_str().into()), ("v", true.into()), ("force", true.into())]);
            unless_gone(replacement.act("container_delete", new, None).await)
        }
        Step::RenameBack => {
            let inspect = replacement.inspect(replacement.id()).await?;
            if inspect["Name"] == replacement.old["Name"] {
                return Ok(());
            }
            let named = object([("id", replacement.id().into()), ("name", replacement.name().into())]);
            replacement.act("container_rename", named, None).await
        }
        Step::StartAgain { may_be_stopping } => {
            if *may_be_stopping {
                // The answer was lost: a start before the end of that stop would come to nothing.
                replacement.act("container_stop", id(), None).await?;
            }
            replacement.act("container_start", id(), None).await
        }
    }
}

async fn halt(replacement: &Replacement, created: &str) -> Result<(), Failure> {
    let inspect = replacement.inspect(created).await?;
    let name = replacement.new_name();
    if inspect["Name"].as_str().is_some_and(|present| present.trim_start_matches('/') != name) {
        let named = object([("id", created.into()), ("name", name.into())]);
        replacement.act("container_rename", named, None).await?;
    }
    replacement.act("container_stop", object([("id", created.into()), ("t", 0.into())]), None).await
}

/// A new container that is not there is undone.
fn unless_gone(outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Err(failure @ (Failure::Engine { .. } | Failure::Absent { .. })) if failure.is_not_found() => Ok(()),
        other => other,
    }
}
