//! Sums work up in bounded memory: results, last statuses, layers and the last lines of output.

use std::collections::{HashMap, VecDeque};

use dockwright::Source;
use serde_json::{Map, Value, json};

use super::super::frame::{BAR, FRAME_BYTES, LineMarks, frame_text};
use super::super::output::private_keys::{FilteredLine, PrivateKeyFilter};
use super::super::output::{LineAssembler, Tail, join_lines};
use super::super::{ReplyOptions, ToolReply, limits, notes, safe};
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
    tail: Tail,
    keys: PrivateKeyFilter<Source>,
    /// The words of the last step.
    pub last: Safe<String>,
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
        let tail = Tail::new(LINES, OUTPUT_BYTES.min(options.room() / 2), &all);
        Summary {
            tag,
            options,
            results: VecDeque::new(),
            statuses: VecDeque::new(),
            layers: HashMap::new(),
            lines: LineAssembler::default(),
            tail,
            keys: PrivateKeyFilter::default(),
            last: Safe::default(),
        }
    }

    /// Takes the next message.
    pub fn add(&mut self, message: &Message<'_>) {
        if let Some(output) = message.output {
            let Summary { lines, tail, keys, last, .. } = self;
            // Only whole lines show their secrets, and a private key comes line by line.
            lines.push(Source::Stdout, output.as_bytes(), |line| {
                tail.add(line);
                let text = String::from_utf8_lossy(line.bytes);
                let filtered = keys.filter(Source::Stdout, text.as_bytes());
                if let FilteredLine::Line(line) | FilteredLine::KeyEnd(line) = filtered {
                    set(last, message::short(&String::from_utf8_lossy(&line)));
                }
            });
        }
        if let Some(result) = message.result {
            let result = safe(result.clone(), self.tag, self.options).map(|result| limits::cut(result, 1_000).0);
            push_newest(&mut self.results, result, RESULTS);
        }
        match (message.layer, message.status) {
            (Some(name), Some(status)) => self.layer(name, status, message.done),
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
        let lines = self.tail.finish();
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
        if let Some(last) = lines.iter().rev().find(|line| !line.text.trim().is_empty()) {
            outcome.insert("result".to_owned(), message::short(&last.text).into_inner().into());
        }
        let shown = lines.len();
        let notes = [
            stopped,
            (1 < shown && shown < self.tail.total)
                .then(|| notes::last_count(shown, self.tail.total, "lines of output")),
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
        let output = join_lines(&lines, false);
        let room = self.options.room().saturating_sub(output.len() + shown * BAR.len() + FRAME_BYTES);
        let outcome = outcome.map(|outcome| limits::cut(outcome, room).0);
        ToolReply::lines(output, LineMarks::None, notes, self.options).with_outcome(outcome, None, self.options)
    }

    /// The last lines of output, framed; empty if there are none.
    #[must_use]
    pub fn output(mut self) -> Safe<String> {
        self.finish();
        match self.tail.finish().as_slice() {
            [] => Safe::default(),
            lines => frame_text(join_lines(lines, false), LineMarks::None),
        }
    }

    fn finish(&mut self) {
        self.lines.finish(|line| self.tail.add(line));
    }

    fn layer(&mut self, name: &str, status: &str, done: Option<(u64, u64)>) {
        let name: String = name.chars().take(NAME).collect();
        if self.layers.len() >= LAYERS && !self.layers.contains_key(&name) {
            return;
        }
        let layer = self.layers.entry(name).or_default();
        // A layer is downloaded and then extracted, and the second total may be larger.
        layer.bytes = layer.bytes.max(done.map_or(0, |(_, total)| total));
        layer.was_there |= status.ends_with("lready exists") || status.starts_with("Mounted from");
    }
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
