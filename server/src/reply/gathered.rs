//! Values that come one after the other without an end of their own, events and samples: gathered until there are enough of
//! them, time is over or the stream ends, and shown like a list.

use dockwright::{Operation, Reply, Result};
use serde_json::Value;

use super::elements::PIECE_BYTES;
use super::ending::{Clock, Ended};
use super::list::List;
use super::projection::Projection;
use super::{ReplyOptions, ToolReply, amounts, json, limits, notes, safe};
use crate::catalogue::presentation::VALUES;
use crate::progress::Progress;
use crate::secrets::Safe;

/// Reads a stream of JSON values until there are `limit_items` of them, the reply is full, `limit_seconds` have passed or the
/// stream ends, and shows them as a list. A single sample, asked for as such, is shown as the object that it is.
///
/// A stream that breaks off when something has come is shown as far as it came, and a note says how it broke off.
///
/// # Errors
/// Those of the stream, if nothing came before; [`Error::Argument`](dockwright::Error::Argument) for `select`.
pub async fn gather(
    reply: Reply,
    operation: &Operation,
    options: &ReplyOptions,
    progress: &Progress,
) -> Result<ToolReply> {
    let mut clock = Clock::new(options);
    let mut stream = reply.into_json_stream::<Value>();
    // The last value is not waited for.
    let options = ReplyOptions { limit_items: Some(options.limit_items.unwrap_or(VALUES)), ..options.clone() };
    let mut gathering = Gathering::new(operation, &options);
    let stopped = loop {
        if let Some(full) = gathering.full() {
            break Stopped::Full(full);
        }
        match clock.next(stream.next()).await {
            Ok(value) => gathering.add(value),
            Err(ended) => break Stopped::Ended(ended),
        }
        progress.step(|| Safe::trusted(format!("{} values", amounts::count(gathering.list.total))));
    };
    // The engine need not go on sending while an expression is evaluated.
    drop(stream);
    match stopped {
        Stopped::Ended(Ended::Broken(error)) if gathering.list.total == 0 => Err(error),
        stopped => gathering.shaped(&stopped).await,
    }
}

/// Why nothing more is gathered.
enum Stopped {
    /// There is as much as this allows.
    Full(String),
    /// No more comes.
    Ended(Ended),
}

/// What was gathered so far.
struct Gathering<'a> {
    operation: &'a Operation,
    options: &'a ReplyOptions,
    list: List<'a>,
    /// The values themselves, where an expression is to select from them; else only the first.
    values: Vec<Safe<Value>>,
    values_bytes: usize,
}

impl<'a> Gathering<'a> {
    fn new(operation: &'a Operation, options: &'a ReplyOptions) -> Self {
        let list = List::new(options, operation.tag, Projection::new(operation.projection), options.room());
        Gathering { operation, options, list, values: Vec::new(), values_bytes: 0 }
    }

    fn add(&mut self, value: Value) {
        let value = safe(value, self.operation.tag, self.options);
        if self.options.select.is_some() {
            self.list.total += 1;
            self.values_bytes += limits::size(&value);
            self.values.push(value);
            return;
        }
        if self.list.total == 0 && self.is_sampled() {
            self.values.push(value.clone());
        }
        self.list.add_safe(value);
    }

    /// The limit that has been reached, in words.
    fn full(&self) -> Option<String> {
        let limit = self.options.limit_items.unwrap_or(VALUES);
        let count = if self.options.select.is_some() { self.values.len() } else { self.list.shown() };
        match () {
            () if count >= limit => Some(format!("limit_items {limit}")),
            () if self.values_bytes > PIECE_BYTES => Some(format!("{PIECE_BYTES} bytes")),
            () if self.list.full.is_some() => Some(self.options.limit()),
            () => None,
        }
    }

    /// Whether the operation can be asked for one sample: a single value is then what was asked for.
    fn is_sampled(&self) -> bool {
        self.operation.takes("stream")
    }

    async fn shaped(mut self, stopped: &Stopped) -> Result<ToolReply> {
        let (options, operation) = (self.options, self.operation);
        let alone = self.list.total == 1 && self.is_sampled() && matches!(stopped, Stopped::Ended(Ended::Itself));
        let why = self.why(stopped);
        if let Some(expression) = &options.select {
            let first = if alone { self.values.pop() } else { None };
            let document = first.unwrap_or_else(|| Safe::list(std::mem::take(&mut self.values)));
            return json::select_from(document, operation, options, expression, why).await;
        }
        if alone && let Some(value) = self.values.pop() {
            return Ok(json::value(value, options, &Projection::new(operation.projection), why));
        }
        let list = &mut self.list;
        let shown = Projection::new(operation.projection).first();
        let notes = [
            options.grep.is_some().then(|| notes::grepped(list.matched, list.total, "values")),
            why,
            notes::cut(&list.cuts, &options.limit()),
            notes::left_out(&list.left_out, "[]", shown),
        ];
        Ok(ToolReply::data(list.take(), notes.into_iter().flatten(), options))
    }

    /// Why it ended, and what goes on.
    fn why(&self, stopped: &Stopped) -> Option<String> {
        let why = match stopped {
            Stopped::Full(limit) => format!("stopped at {limit}"),
            Stopped::Ended(ended) => ended.note(self.options.when_abandoned)?,
        };
        let more = if self.operation.takes("since") { "since goes on from a time" } else { "call again for more" };
        Some(format!("{why}; {more}"))
    }
}

#[cfg(test)]
mod tests;
