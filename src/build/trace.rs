//! BuildKit's trace in, as messages in base64, events out one by one. It remembers the steps, and the last lines of
//! those that run, in bounded memory.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::event::{BuildEvent, Step, StepOutput, StepProgress, StepState};
use super::last_lines::LastLines;
use super::messages::{self, Log, Message, Status, Vertex};
use crate::error::{FailedStep, exit_code};
use crate::protobuf::{Fields, Malformed};
use crate::reply::readable;
use crate::stream::Source;

/// The `id` of the engine's messages that hold a part of the trace, in `aux`.
pub const TRACE_ID: &str = "moby.buildkit.trace";

/// The most bytes of a message in base64. BuildKit's own limit is 16 MiB.
const MESSAGE_BYTES: usize = 24 * 1024 * 1024;
/// The most steps of a build.
const STEPS: usize = 16 * 1024;
/// The most bytes of a digest, which are kept for each step.
const DIGEST_BYTES: usize = 256;
/// The most steps whose last lines are kept at a time.
const LOGS: usize = 64;
/// The most bytes of the name of a step that failed.
const NAME_BYTES: usize = 1024;

/// A decoder of BuildKit's trace.
///
/// [`push`](Self::push) the text of a message's `aux`, then call [`next_event`](Self::next_event) until it returns
/// `None`.
///
/// ```
/// # use dockwright::build::{BuildEvent, Trace};
/// let mut trace = Trace::default();
/// trace.push("CjIKCHNoYTI1NjphGg5bMi8yXSBSVU4gdHJ1ZSoICOvSpdgGEAAyDAjr0qXYBhCAyrXuAQ==")?;
/// while let Some(event) = trace.next_event()? {
///     let BuildEvent::Step(step) = event else { continue };
///     assert_eq!(format!("#{} {}: {:?}", step.number, step.name, step.state), "#1 [2/2] RUN true: Done");
/// }
/// # Ok::<(), dockwright::build::TraceError>(())
/// ```
#[derive(Debug)]
pub struct Trace {
    /// The rest of the message, without steps that ended.
    message: Fields,
    /// The rest of the message, for steps that ended: these come last, below their output.
    ended: Fields,
    steps: HashMap<String, KnownStep>,
    /// The last lines of steps that run; the one that wrote last is the last.
    logs: Vec<(u32, LastLines)>,
    failed: Option<(FailedStep, LastLines)>,
    unknown: u64,
}

#[derive(Debug)]
struct KnownStep {
    number: u32,
    state: Option<Discriminant<StepState>>,
}

/// A message that is no part of BuildKit's trace. Later messages can be read all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("BuildKit's trace: {0}")]
pub struct TraceError(String);

impl Default for Trace {
    fn default() -> Self {
        let nothing = || Fields::new(Bytes::new());
        let (steps, logs) = (HashMap::new(), Vec::new());
        Trace { message: nothing(), ended: nothing(), steps, logs, failed: None, unknown: 0 }
    }
}

impl Trace {
    /// Adds the next message: the text of `aux`, base64.
    ///
    /// # Errors
    /// [`TraceError`] if it is not base64, or longer than any message of BuildKit.
    pub fn push(&mut self, aux: &str) -> Result<(), TraceError> {
        if aux.len() > MESSAGE_BYTES {
            return Err(TraceError(format!("a message has more than {MESSAGE_BYTES} bytes")));
        }
        let message = BASE64_STANDARD.decode(aux).map_err(|error| TraceError(error.to_string()))?;
        self.push_message(message.into());
        Ok(())
    }

    /// Adds the next message as BuildKit's own API sends it.
    pub(super) fn push_message(&mut self, message: Bytes) {
        self.message = Fields::new(message.clone());
        self.ended = Fields::new(message);
    }

    /// The next event; `None` if another message is needed.
    ///
    /// # Errors
    /// [`TraceError`] if the message is malformed, or names more steps than any build has. The rest of the message is
    /// lost.
    pub fn next_event(&mut self) -> Result<Option<BuildEvent>, TraceError> {
        let event = self.read();
        if event.is_err() {
            self.message = Fields::new(Bytes::new());
            self.ended = Fields::new(Bytes::new());
        }
        event
    }

    /// The step that made the build fail, with what it has written so far.
    #[must_use]
    pub fn failed_step(&self) -> Option<FailedStep> {
        let (step, log) = self.failed.as_ref()?;
        Some(FailedStep { lines: log.text(), ..step.clone() })
    }

    /// The number of fields so far that this version does not know, and left out.
    #[must_use]
    pub fn unknown_fields(&self) -> u64 {
        self.unknown
    }

    fn read(&mut self) -> Result<Option<BuildEvent>, TraceError> {
        while let Some(field) = self.message.next()? {
            let event = match messages::read(field, &mut self.unknown)? {
                Message::Vertex(vertex) if has_ended(&vertex) => None,
                Message::Vertex(vertex) => self.step(vertex)?,
                Message::Status(status) => Some(self.progress(status)?),
                Message::Log(log) => Some(self.output(log)?),
                Message::Warning(warning) => Some(BuildEvent::Warning(warning)),
                Message::Unknown => None,
            };
            if event.is_some() {
                return Ok(event);
            }
        }
        while let Some(field) = self.ended.next()? {
            // Unknown fields were counted above.
            if let Message::Vertex(vertex) = messages::read(field, &mut 0)?
                && has_ended(&vertex)
                && let Some(event) = self.step(vertex)?
            {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// A step whose state has changed. One that waits is no event yet.
    fn step(&mut self, vertex: Vertex) -> Result<Option<BuildEvent>, TraceError> {
        let Some(state) = state(&vertex) else { return Ok(None) };
        let known = self.known(&vertex.digest)?;
        let number = known.number;
        if known.state.replace(discriminant(&state)) == Some(discriminant(&state)) {
            return Ok(None);
        }
        match &state {
            StepState::Running => {}
            StepState::Failed(error) if self.failed.is_none() => {
                let name = readable(&vertex.name, NAME_BYTES);
                let step = FailedStep { number, name, exit_code: exit_code(error), lines: Vec::new() };
                self.failed = Some((step, self.take_log(number)));
            }
            _ => drop(self.take_log(number)),
        }
        let Vertex { digest: id, inputs, name, started: began, completed: ended, .. } = vertex;
        Ok(Some(BuildEvent::Step(Step { number, id, name, inputs, state, began, ended })))
    }

    fn progress(&mut self, status: Status) -> Result<BuildEvent, TraceError> {
        let step = Some(self.known(&status.vertex)?.number);
        let Status { id: name, name: action, current, total, is_complete, .. } = status;
        Ok(BuildEvent::Progress(StepProgress { step, name, action, current, total, is_complete }))
    }

    fn output(&mut self, log: Log) -> Result<BuildEvent, TraceError> {
        let number = self.known(&log.vertex)?.number;
        match &mut self.failed {
            Some((step, lines)) if step.number == number => lines.push(&log.bytes),
            _ => {
                let mut lines = self.take_log(number);
                lines.push(&log.bytes);
                if self.logs.len() == LOGS {
                    self.logs.remove(0);
                }
                self.logs.push((number, lines));
            }
        }
        let source = if log.stream == 2 { Source::Stderr } else { Source::Stdout };
        Ok(BuildEvent::Output(StepOutput { step: Some(number), source, time: log.time, bytes: log.bytes }))
    }

    /// The step with a digest; a new one gets the next number.
    fn known(&mut self, digest: &str) -> Result<&mut KnownStep, TraceError> {
        if digest.len() > DIGEST_BYTES {
            return Err(TraceError(format!("a digest has more than {DIGEST_BYTES} bytes")));
        }
        if !self.steps.contains_key(digest) && self.steps.len() == STEPS {
            return Err(TraceError(format!("a build has more than {STEPS} steps")));
        }
        let number = self.steps.len() as u32 + 1;
        Ok(self.steps.entry(digest.to_owned()).or_insert(KnownStep { number, state: None }))
    }

    fn take_log(&mut self, number: u32) -> LastLines {
        let place = self.logs.iter().position(|(of, _)| *of == number);
        place.map(|place| self.logs.remove(place).1).unwrap_or_default()
    }
}

fn has_ended(vertex: &Vertex) -> bool {
    !matches!(state(vertex), None | Some(StepState::Running))
}

/// The state of a step; `None` while it waits.
fn state(vertex: &Vertex) -> Option<StepState> {
    match vertex {
        // Steps beside the one that failed.
        Vertex { error, .. } if error.ends_with("context canceled") => Some(StepState::Cancelled),
        Vertex { error, .. } if !error.is_empty() => Some(StepState::Failed(error.clone())),
        Vertex { is_cached: true, .. } => Some(StepState::Cached),
        Vertex { completed: Some(_), .. } => Some(StepState::Done),
        Vertex { started: Some(_), .. } => Some(StepState::Running),
        _ => None,
    }
}

impl From<Malformed> for TraceError {
    fn from(malformed: Malformed) -> Self {
        TraceError(malformed.0.to_owned())
    }
}

#[cfg(test)]
mod tests;
