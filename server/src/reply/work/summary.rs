//! Sums work up in bounded memory: results, last statuses, layers and the last lines of output.

use std::collections::{HashMap, VecDeque};

use dockwright::Source;
use serde_json::{Map, Value, json};

use super::super::frame::{BAR, FRAME_BYTES, LineMarks, frame_text};
use super::super::output::private_keys::{FilteredLine, PrivateKeyFilter};
use super::super::output::{LineAssembler, Origin, OutputLine, Tail, join_lines};
use super::super::{ReplyOptions, ToolReply, limits, notes, safe};
use super::build::{Build, BuildPart, with_numbers};
use super::message::{self, Message};
use crate::secrets::Safe;

/// The most lines of output that are shown.
const LINES: usize = 20;
/// The most bytes of these lines.
const OUTPUT_BYTES: usize = 8 * 1024;
/// The most statuses that are kept.
const STATUSES: usize = 5;
/// The most results that are kept: a push of all tags has one for each.
const RESULTS: usize = 20;
/// The most layers that are counted.
const LAYERS: usize = 1_000;
/// The most characters of the name of a layer.
const NAME: usize = 80;

/// A summary of the messages so far.
#[derive(Debug)]
pub struct Summary<'a> {
    tag: &'static str,
    options: &'a ReplyOptions,
    results: VecDeque<Safe<Value>>,
    statuses: VecDeque<Safe<String>>,
    layers: HashMap<String, Layer>,
    lines: LineAssembler,
    shown: ShownLines,
    build: Build,
    /// The options for lines.
    all: ReplyOptions,
    /// The words of the last step.
    pub last: Safe<String>,
}

/// The last lines of output.
#[derive(Debug)]
struct ShownLines {
    tail: Tail,
    keys: PrivateKeyFilter<(usize, Source)>,
}

#[derive(Debug, Default)]
struct Layer {
    bytes: u64,
    was_there: bool,
}

impl<'a> Summary<'a> {
    /// An empty summary, for an operation of this tag.
    #[must_use]
    pub fn new(tag: &'static str, options: &'a ReplyOptions) -> Self {
        // `grep` is for lists and logs: the last lines of a build say why it failed.
        let all = ReplyOptions { grep: None, ..options.clone() };
        let bytes = OUTPUT_BYTES.min(options.room() / 2);
        let shown = ShownLines { tail: Tail::new(LINES, bytes, &all), keys: PrivateKeyFilter::default() };
        Summary {
            tag,
            options,
            results: VecDeque::new(),
            statuses: VecDeque::new(),
            layers: HashMap::new(),
            lines: LineAssembler::default(),
            shown,
            build: Build::new(LINES, bytes),
            all,
            last: Safe::default(),
        }
    }

    /// Takes the next message.
    pub fn add(&mut self, message: &Message<'_>) {
        let Summary { lines, shown, build, all, layers, last, .. } = self;
        if let Some(output) = message.output {
            // Only whole lines show their secrets, and a private key comes line by line.
            lines.push(Source::Stdout, output.as_bytes(), |line| shown.add(0, line, last));
        }
        if let Some(trace) = message.trace {
            build.add(trace, all, |part| match part {
                BuildPart::Line(step, line) => shown.add(step, line, last),
                BuildPart::Words(words) => set(last, words),
                BuildPart::Layer(layer) => count_layer(layers, &layer.name, &layer.action, Some(layer.total)),
            });
        }
        if let Some(result) = message.result {
            let result = safe(result.clone(), self.tag, self.options).map(|result| limits::cut(result, 1_000).0);
            push_newest(&mut self.results, result, RESULTS);
        }
        match (message.layer, message.status) {
            (Some(name), Some(status)) => count_layer(layers, name, status, message.done.map(|(_, total)| total)),
            // A step with a progress is not over.
            (None, Some(status)) if message.done.is_none() => {
                push_newest(&mut self.statuses, message::short(status), STATUSES);
            }
            _ => {}
        }
        set(&mut self.last, message.words());
    }

    /// The outcome: an object, and the last lines of output if there are several. `stopped` is the note of work that
    /// was abandoned.
    #[must_use]
    pub fn into_reply(mut self, stopped: Option<String>) -> ToolReply {
        self.finish();
        let lines = self.shown.tail.finish();
        let mut outcome = Map::new();
        if stopped.is_some() {
            outcome.insert("stopped_at".to_owned(), self.last.as_str().into());
        }
        match self.results.len() {
            0 => None,
            1 => outcome.insert("aux".to_owned(), self.results.pop_back().map(Safe::into_inner).into()),
            _ => outcome.insert("aux".to_owned(), self.results.into_iter().map(Safe::into_inner).collect()),
        };
        if !self.statuses.is_empty() {
            outcome.insert("status".to_owned(), self.statuses.into_iter().map(Safe::into_inner).collect());
        }
        if !self.layers.is_empty() {
            outcome.insert("layers".to_owned(), count_layers(self.layers.values()));
        }
        self.build.complete(&mut outcome);
        // Steps of BuildKit have results of their own.
        if let Some(last) = lines.iter().rev().find(|line| line.stream == 0 && !line.text.trim().is_empty()) {
            outcome.insert("result".to_owned(), message::short(&last.text).into_inner().into());
        }
        let shown = lines.len();
        let notes = [
            stopped,
            (1 < shown && shown < self.shown.tail.total)
                .then(|| notes::last_count(shown, self.shown.tail.total, "lines of output")),
            (self.build.unread > 0).then(|| format!("{} messages of BuildKit could not be read", self.build.unread)),
        ];
        let notes = notes.into_iter().flatten();
        if outcome.is_empty() {
            return ToolReply::words("done", notes, self.options);
        }
        let outcome = Safe::trusted(Value::Object(outcome));
        if shown <= 1 {
            let outcome = outcome.map(|outcome| limits::cut(outcome, self.options.room()).0);
            return ToolReply::data(outcome, notes, self.options);
        }
        let output = join_lines(&with_numbers(lines), false);
        let room = self.options.room().saturating_sub(output.len() + shown * BAR.len() + FRAME_BYTES);
        let outcome = outcome.map(|outcome| limits::cut(outcome, room).0);
        ToolReply::lines(output, LineMarks::None, notes, self.options).with_outcome(outcome, None, self.options)
    }

    /// The last lines of output, framed; empty if there are none. If a step of BuildKit failed, these are its name and
    /// its own last lines.
    #[must_use]
    pub fn output(mut self) -> Safe<String> {
        self.finish();
        let lines = self.build.failed_step().unwrap_or_else(|| self.shown.tail.finish());
        if lines.is_empty() {
            return Safe::default();
        }
        frame_text(join_lines(&with_numbers(lines), false), LineMarks::None)
    }

    fn finish(&mut self) {
        let Summary { lines, shown, build, last, .. } = self;
        lines.finish(|line| shown.tail.add(line));
        build.finish(|part| {
            if let BuildPart::Line(step, line) = part {
                shown.add(step, line, last);
            }
        });
    }
}

impl ShownLines {
    /// Adds a line of a step of BuildKit, or of 0, the work itself, and shows it as the last words.
    fn add(&mut self, step: usize, line: OutputLine<'_>, last: &mut Safe<String>) {
        self.tail.add_from(Origin { stream: step, time: 0 }, line);
        let text = String::from_utf8_lossy(line.bytes);
        let filtered = self.keys.filter((step, Source::Stdout), text.as_bytes());
        if let FilteredLine::Line(line) | FilteredLine::KeyEnd(line) = filtered {
            set(last, message::short(&String::from_utf8_lossy(&line)));
        }
    }
}

/// Counts a layer, whose bytes are those of its largest total: it is downloaded and then extracted, and the second may
/// be larger.
fn count_layer(layers: &mut HashMap<String, Layer>, name: &str, status: &str, total: Option<u64>) {
    let name: String = name.chars().take(NAME).collect();
    if layers.len() >= LAYERS && !layers.contains_key(&name) {
        return;
    }
    let layer = layers.entry(name).or_default();
    layer.bytes = layer.bytes.max(total.unwrap_or(0));
    layer.was_there |= status.ends_with("lready exists") || status.starts_with("Mounted from");
}

/// Replaces the last words, unless there are no new ones.
fn set(last: &mut Safe<String>, words: Safe<String>) {
    if !words.is_empty() {
        *last = words;
    }
}

/// Counts the layers, the layers that were there before, and the bytes that came, zeros left out.
fn count_layers<'a>(layers: impl ExactSizeIterator<Item = &'a Layer> + Clone) -> Value {
    let bytes = layers.clone().fold(0, |sum: u64, layer| sum.saturating_add(layer.bytes));
    let there = layers.clone().filter(|layer| layer.was_there).count();
    let mut counts = json!({ "count": layers.len() });
    for (name, amount) in [("already_there", there as u64), ("bytes", bytes)] {
        if amount > 0 {
            counts[name] = amount.into();
        }
    }
    counts
}

/// Adds an item as the newest, without duplicates, and drops the oldest beyond `most`.
fn push_newest<T: PartialEq>(items: &mut VecDeque<T>, new: T, most: usize) {
    items.retain(|old| *old != new);
    if items.len() == most {
        items.pop_front();
    }
    items.push_back(new);
}
