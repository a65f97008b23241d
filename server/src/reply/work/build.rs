//! Reads BuildKit's trace for a summary: messages come in; lines of steps, layers and words for a client that waits go
//! out. The lines of the step that fails are kept apart, so that steps beside it cannot push them out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use dockwright::Source;
use dockwright::build::{BuildEvent, BuildWarning, Step, StepOutput, StepProgress, StepState, Trace};
use serde_json::{Map, Value, json};

use super::super::output::{LineAssembler, OutputLine, ShownLine, Tail};
use super::super::{ReplyOptions, amounts};
use super::message;
use crate::secrets::Safe;

/// The most steps whose lines are assembled at a time.
const LOGS: usize = 64;
/// The most warnings that are shown.
const WARNINGS: usize = 20;
/// Time from which on a step is worth a line about its end.
const LONG: Duration = Duration::from_secs(1);
/// Names of steps that every build has, which tell nothing unless they fail.
const INTERNAL: [&str; 2] = ["[internal]", "copy /context "];

/// A part of a build that a summary shows.
#[derive(Debug)]
pub enum BuildPart<'a> {
    /// A line of the step with this number.
    Line(usize, OutputLine<'a>),
    /// The state of a layer.
    Layer(&'a StepProgress),
    /// Words about something that advances.
    Words(Safe<String>),
}

/// A build by BuildKit so far.
#[derive(Debug)]
pub struct Build {
    trace: Trace,
    /// Number of lines and bytes of the tail of a step.
    tail: (usize, usize),
    logs: VecDeque<StepLog>,
    failed: Option<usize>,
    /// The steps by number, each with true if it was found in the cache.
    steps: BTreeMap<usize, bool>,
    warnings: Vec<Safe<String>>,
    /// The number of messages that could not be read.
    pub unread: usize,
}

#[derive(Debug)]
struct StepLog {
    number: usize,
    lines: LineAssembler,
    tail: Tail,
}

impl Build {
    /// A build of which nothing is known yet. A step that fails shows so many lines, of so many bytes together.
    #[must_use]
    pub fn new(lines: usize, bytes: usize) -> Self {
        Build {
            trace: Trace::default(),
            tail: (lines, bytes),
            logs: VecDeque::new(),
            failed: None,
            steps: BTreeMap::new(),
            warnings: Vec::new(),
            unread: 0,
        }
    }

    /// Reads the next message, and hands on its parts.
    pub fn add(&mut self, aux: &str, options: &ReplyOptions, mut each: impl FnMut(BuildPart<'_>)) {
        let mut next = self.trace.push(aux).and_then(|()| self.trace.next_event());
        loop {
            match next {
                Ok(Some(BuildEvent::Step(step))) => self.step(&step, options, &mut each),
                Ok(Some(BuildEvent::Output(output))) => self.output(&output, options, &mut each),
                Ok(Some(BuildEvent::Progress(progress))) => advance(&progress, &mut each),
                Ok(Some(BuildEvent::Warning(warning))) => self.warning(&warning),
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(_) => {
                    self.unread += 1;
                    return;
                }
            }
            next = self.trace.next_event();
        }
    }

    /// Ends all steps, and hands on their incomplete lines.
    pub fn finish(&mut self, mut each: impl FnMut(BuildPart<'_>)) {
        self.logs.iter_mut().for_each(|log| log.finish(&mut each));
    }

    /// The name and the last lines of the step that failed.
    #[must_use]
    pub fn failed_step(&mut self) -> Option<Vec<ShownLine>> {
        let failed = self.failed?;
        let log = self.logs.iter_mut().find(|log| log.number == failed)?;
        Some(log.tail.finish())
    }

    /// Adds the counts of steps and the warnings to an outcome.
    pub fn complete(&mut self, outcome: &mut Map<String, Value>) {
        if !self.steps.is_empty() {
            let cached = self.steps.values().filter(|cached| **cached).count();
            outcome.insert("steps".to_owned(), json!({ "count": self.steps.len(), "cached": cached }));
        }
        if !self.warnings.is_empty() {
            let warnings = std::mem::take(&mut self.warnings).into_iter().map(Safe::into_inner).collect();
            outcome.insert("warnings".to_owned(), warnings);
        }
    }

    fn step(&mut self, step: &Step, options: &ReplyOptions, each: &mut impl FnMut(BuildPart<'_>)) {
        let number = step.number as usize;
        let is_failed = matches!(step.state, StepState::Failed(_)) && self.failed.is_none();
        if is_failed {
            self.failed = Some(number);
        } else if step.state != StepState::Running {
            self.end(number, each);
        }
        if INTERNAL.iter().any(|name| step.name.starts_with(name)) && !is_failed {
            return;
        }
        let is_new = !self.steps.contains_key(&number);
        let is_cached = step.state == StepState::Cached;
        *self.steps.entry(number).or_default() |= is_cached;
        let took = step.began.zip(step.ended).and_then(|(began, ended)| ended.duration_since(began).ok());
        let line = match (&step.state, took) {
            // The name begins the lines of the step, also if it fails.
            _ if is_new && !is_cached => return self.log(number, options, each).line(&step.name, each),
            (StepState::Cached, _) if is_new => format!("{} (cached)", step.name),
            (StepState::Done, Some(took)) if took >= LONG => format!("done in {:.1} s", took.as_secs_f64()),
            _ => return,
        };
        each(BuildPart::Line(number, whole_line(&line)));
    }

    fn output(&mut self, output: &StepOutput, options: &ReplyOptions, each: &mut impl FnMut(BuildPart<'_>)) {
        let number = output.step.unwrap_or(0) as usize;
        let StepLog { lines, tail, .. } = self.log(number, options, each);
        lines.push(output.source, &output.bytes, |line| {
            tail.add(line);
            each(BuildPart::Line(number, line));
        });
    }

    fn warning(&mut self, warning: &BuildWarning) {
        if self.warnings.len() < WARNINGS {
            let line = warning.lines.first().map(|lines| format!(":{}", lines.start())).unwrap_or_default();
            let place = if warning.file.is_empty() { String::new() } else { format!("{}{line}: ", warning.file) };
            self.warnings.push(message::short(&format!("{place}{}", warning.message)));
        }
    }

    /// The lines of a step, which are begun if there are none.
    fn log(&mut self, number: usize, options: &ReplyOptions, each: &mut impl FnMut(BuildPart<'_>)) -> &mut StepLog {
        let place = self.logs.iter().position(|log| log.number == number).unwrap_or_else(|| {
            if self.logs.len() == LOGS {
                let oldest = self.logs.iter().position(|log| Some(log.number) != self.failed).unwrap_or(0);
                if let Some(mut log) = self.logs.remove(oldest) {
                    log.finish(each);
                }
            }
            let (lines, bytes) = self.tail;
            let tail = Tail::new(lines, bytes, options);
            self.logs.push_back(StepLog { number, lines: LineAssembler::default(), tail });
            self.logs.len() - 1
        });
        &mut self.logs[place]
    }

    fn end(&mut self, number: usize, each: &mut impl FnMut(BuildPart<'_>)) {
        if let Some(place) = self.logs.iter().position(|log| log.number == number)
            && let Some(mut log) = self.logs.remove(place)
        {
            log.finish(each);
        }
    }
}

impl StepLog {
    fn line(&mut self, text: &str, each: &mut impl FnMut(BuildPart<'_>)) {
        let line = whole_line(text);
        self.tail.add(line);
        each(BuildPart::Line(self.number, line));
    }

    fn finish(&mut self, each: &mut impl FnMut(BuildPart<'_>)) {
        let StepLog { number, lines, tail } = self;
        lines.finish(|line| {
            tail.add(line);
            each(BuildPart::Line(*number, line));
        });
    }
}

/// Adds the numbers of their steps to lines.
#[must_use]
pub fn with_numbers(lines: Vec<ShownLine>) -> Vec<ShownLine> {
    let numbered = |mut line: ShownLine| {
        let ShownLine { stream, text, .. } = &mut line;
        if *stream > 0 {
            *text = std::mem::take(text).map(|text| format!("#{stream} {text}"));
        }
        line
    };
    lines.into_iter().map(numbered).collect()
}

fn advance(progress: &StepProgress, each: &mut impl FnMut(BuildPart<'_>)) {
    let is_layer = progress.name.starts_with("sha256:");
    if is_layer {
        each(BuildPart::Layer(progress));
    }
    let StepProgress { name, action, current, total, .. } = progress;
    let bytes = if *total > 0 { format!(" {}", amounts::part(*current, *total)) } else { String::new() };
    let name: String = if is_layer { name.chars().take("sha256:".len() + 12).collect() } else { name.clone() };
    let separator = if action.is_empty() { "" } else { ": " };
    each(BuildPart::Words(message::short(&format!("{name}{separator}{action}{bytes}"))));
}

fn whole_line(text: &str) -> OutputLine<'_> {
    OutputLine { source: Source::Stdout, bytes: text.as_bytes(), cut: false }
}
