//! The process behind an output, once the output has ended: output that ends long before its process does was cut off
//! on the way, and a process whose output was cut off may still run.

use std::time::Duration;

use dockwright::operation::{Operation, Running};
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};

use crate::access::{Access, Failure};
use crate::arguments::CheckedArguments;
use crate::reply::StreamEnd;

/// Time between two questions about the process.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The longest time from the end of an output until the engine notices the end of its process.
pub(super) const USUAL_LAG: Duration = Duration::from_millis(500);

/// The state of a process after its output has ended.
pub(super) struct ProcessState {
    /// The engine's whole answer.
    pub(super) answer: Value,
    /// Tells whether the process still runs.
    pub(super) runs: bool,
    /// The time for which the process was seen to run after its output.
    pub(super) lag: Duration,
}

/// Asks for the state of a process until it has ended, but not for longer than `patience`. The engine notices the end
/// of a process a moment after that of its output.
pub(super) async fn state_after_output(
    access: &Access,
    operation: &'static Operation,
    pointer: &str,
    arguments: &Map<String, Value>,
    patience: Duration,
) -> Result<ProcessState, Failure> {
    let start = Instant::now();
    let mut lag = Duration::ZERO;
    loop {
        let answer = access.json(operation, arguments.clone(), None).await?;
        let runs = answer.pointer(pointer).is_some_and(|runs| *runs == true);
        if !runs || start.elapsed() >= patience {
            return Ok(ProcessState { answer, runs, lag });
        }
        lag = start.elapsed();
        sleep(POLL_INTERVAL).await;
    }
}

/// The place to ask for the process, if the output of a call lasts as long as that.
pub(super) fn running(operation: &Operation, checked: &CheckedArguments) -> Option<Running> {
    let is_true = |value: Option<&Value>| value.is_some_and(|value| *value == true);
    let lasts = |running: &Running| {
        let body = checked.body.as_ref();
        running.when.is_none_or(|name| is_true(checked.arguments.get(name)))
            && !running.unless.is_some_and(|pointer| is_true(body.and_then(|body| body.pointer(pointer))))
    };
    operation.running.filter(lasts)
}

/// A note about a process that goes on without being read, or that ended while it was not.
pub(super) async fn note(
    access: &Access,
    running: Option<Running>,
    arguments: &Map<String, Value>,
    end: &StreamEnd,
) -> Option<String> {
    let Running { operation, pointer, .. } = running?;
    let patience = match end {
        StreamEnd::Complete => USUAL_LAG,
        StreamEnd::Failed(_) => Duration::ZERO,
        StreamEnd::TimeLimit(_) | StreamEnd::Enough(_) => return None,
    };
    let path = operation.path_parameters().filter_map(|parameter| arguments.get_key_value(parameter.name));
    let path = path.map(|(name, value)| (name.clone(), value.clone())).collect();
    let state = Box::pin(state_after_output(access, operation, pointer, &path, patience)).await;
    let name = operation.name;
    match (end, state) {
        (StreamEnd::Complete, Ok(state)) if state.runs => Some(format!(
            "the connection ended before the process did, or it runs again: output may be missing; look with {name}"
        )),
        // A process that cannot be asked for any more has gone.
        (StreamEnd::Complete, Err(failure)) if failure.is_unreachable() => {
            Some(format!("the connection ended, perhaps before the process did; {}", may_still_run(name)))
        }
        (StreamEnd::Complete, _) => None,
        (_, Ok(state)) if !state.runs => Some("it has ended since; the rest of its output is missing".to_owned()),
        (_, _) => Some(may_still_run(name)),
    }
}

/// A warning against a second call for something that may go on.
pub(super) fn may_still_run(look_with: &str) -> String {
    format!("it may still run: look first ({look_with}), do not run it again")
}
