//! The classic builder's text in, events out. Text that a command wrote is told from the builder's own by its place:
//! between the lines that name the command's container.

use bytes::Bytes;

use super::event::{BuildEvent, Step, StepOutput, StepState};
use super::last_lines::LastLines;
use crate::error::FailedStep;
use crate::reply::readable;
use crate::stream::Source;

/// The most bytes of the name of a step that failed.
const NAME_BYTES: usize = 1024;

/// A reader of the classic builder's text.
#[derive(Debug, Default)]
pub(super) struct Classic {
    /// The number of steps so far.
    count: u32,
    step: Option<CurrentStep>,
}

#[derive(Debug)]
struct CurrentStep {
    name: String,
    place: Place,
    lines: LastLines,
}

/// The place of the next text within a step.
#[derive(Debug, PartialEq)]
enum Place {
    /// After the name, whose line break is a text of its own.
    Name,
    /// Between the builder's own words.
    Words,
    /// In the output of a command, which runs in this container.
    Command(String),
    /// After the step was found in the cache.
    Cached,
}

impl Classic {
    /// The number of the current step.
    pub(super) fn step(&self) -> Option<u32> {
        self.step.as_ref().map(|_| self.count)
    }

    /// Reads the next text, as the engine sent it.
    pub(super) fn push(&mut self, text: String, mut events: impl FnMut(BuildEvent)) {
        let Some(step) = &mut self.step else { return self.words(text, events) };
        match &step.place {
            Place::Command(container) if !ends_command(&text, container) => {
                step.lines.push(text.as_bytes());
                events(output(Some(self.count), text));
            }
            Place::Name if text == "\n" => step.place = Place::Words,
            Place::Name | Place::Words if text == " ---> Using cache\n" => {
                step.place = Place::Cached;
                let name = step.name.clone();
                events(self.event(name, StepState::Cached));
            }
            _ => {
                if let Some(container) = text.strip_prefix(" ---> Running in ") {
                    step.place = Place::Command(container.trim_end().to_owned());
                } else if step.place != Place::Cached {
                    step.place = Place::Words;
                }
                self.words(text, events);
            }
        }
    }

    /// Ends the last step, as the build has ended well.
    pub(super) fn finish(&mut self, mut events: impl FnMut(BuildEvent)) {
        if let Some(step) = self.step.take()
            && step.place != Place::Cached
        {
            events(self.event(step.name, StepState::Done));
        }
    }

    /// Ends the last step, as the build has failed in it.
    pub(super) fn fail(
        &mut self,
        message: &str,
        code: Option<i64>,
        mut events: impl FnMut(BuildEvent),
    ) -> Option<FailedStep> {
        let step = self.step.take()?;
        events(self.event(step.name.clone(), StepState::Failed(message.to_owned())));
        Some(FailedStep {
            number: self.count,
            name: readable(&step.name, NAME_BYTES),
            exit_code: code,
            lines: step.lines.text(),
        })
    }

    /// Text of the builder itself, which may be the name of the next step.
    fn words(&mut self, text: String, mut events: impl FnMut(BuildEvent)) {
        if !is_name(&text) {
            return events(output(None, text));
        }
        self.finish(&mut events);
        self.count += 1;
        let place = if text.ends_with('\n') { Place::Words } else { Place::Name };
        let name = text.trim_end().to_owned();
        self.step = Some(CurrentStep { name: name.clone(), place, lines: LastLines::default() });
        events(self.event(name, StepState::Running));
    }

    fn event(&self, name: String, state: StepState) -> BuildEvent {
        let (id, inputs) = (String::new(), Vec::new());
        BuildEvent::Step(Step { number: self.count, id, name, inputs, state, began: None, ended: None })
    }
}

fn output(step: Option<u32>, text: String) -> BuildEvent {
    BuildEvent::Output(StepOutput { step, source: Source::Stdout, time: None, bytes: Bytes::from(text) })
}

/// `Step 2/5 : RUN make`.
fn is_name(text: &str) -> bool {
    let numbers = text.strip_prefix("Step ").and_then(|text| text.split_once(" : ")).map(|(numbers, _)| numbers);
    let numbers = numbers.and_then(|numbers| numbers.split_once('/'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(number, of)| is_number(number) && is_number(of))
}

/// The text by which the builder continues after a command: the container is deleted, or its image is named.
fn ends_command(text: &str, container: &str) -> bool {
    let Some(line) = text.strip_suffix('\n') else { return false };
    let deleted = line.strip_prefix(" ---> Removed intermediate container ");
    let deleted = deleted.or_else(|| line.strip_prefix("Removing intermediate container "));
    let image = line.strip_prefix(" ---> ");
    deleted.is_some_and(|deleted| deleted == container)
        || image.is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
