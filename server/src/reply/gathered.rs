//! Values that come one after the other without an end of their own, events and samples: gathered until there are enough of
//! them, time is over or the stream ends, and shown like a list.

use dockwright::{Operation, Reply, Result};
use serde_json::Value;

use super::elements::PIECE_BYTES;
use super::ending::{Clock, Ended};
use super::list::List;
use super::projection::Projection;
use super::{Shaped, Wanted, amounts, json, limits, notes, safe};
use crate::arguments::takes;
use crate::progress::Progress;

/// How many values are gathered if nobody says.
pub const VALUES: usize = 100;

/// Reads a stream of JSON values until there are `limit_items` of them, the reply is full, `limit_seconds` have passed or the
/// stream ends, and shows them as a list. A single sample, asked for as such, is shown as the object that it is.
///
/// A stream that breaks off when something has come is shown as far as it came, and a note says how it broke off.
///
/// # Errors
/// Those of the stream, if nothing came before; [`Error::Argument`](dockwright::Error::Argument) for `select`.
pub async fn gathered(reply: Reply, operation: &Operation, wanted: &Wanted, progress: &Progress) -> Result<Shaped> {
    let mut clock = Clock::new(wanted);
    let mut stream = reply.into_json_stream::<Value>();
    // The last value is not waited for.
    let wanted = Wanted { limit_items: Some(wanted.limit_items.unwrap_or(VALUES)), ..wanted.clone() };
    let mut gathering = Gathering::new(operation, &wanted);
    let stopped = loop {
        if let Some(full) = gathering.full() {
            break Stopped::Full(full);
        }
        match clock.next(stream.next()).await {
            Ok(value) => gathering.add(value),
            Err(ended) => break Stopped::Ended(ended),
        }
        progress.step(|| format!("{} values", amounts::count(gathering.list.total)));
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
    wanted: &'a Wanted,
    list: List<'a>,
    /// The values themselves, where an expression is to select from them; else only the first.
    values: Vec<Value>,
    values_bytes: usize,
}

impl<'a> Gathering<'a> {
    fn new(operation: &'a Operation, wanted: &'a Wanted) -> Self {
        let list = List::new(wanted, operation.tag, Projection::new(operation.projection), wanted.room());
        Gathering { operation, wanted, list, values: Vec::new(), values_bytes: 0 }
    }

    fn add(&mut self, mut value: Value) {
        safe(&mut value, self.operation.tag, self.wanted);
        if self.wanted.select.is_some() {
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
        let limit = self.wanted.limit_items.unwrap_or(VALUES);
        let count = if self.wanted.select.is_some() { self.values.len() } else { self.list.shown };
        match () {
            () if count >= limit => Some(format!("limit_items {limit}")),
            () if self.values_bytes > PIECE_BYTES => Some(format!("{PIECE_BYTES} bytes")),
            () if self.list.full.is_some() => Some(self.wanted.limit()),
            () => None,
        }
    }

    /// Whether the operation can be asked for one sample: a single value is then what was asked for.
    fn is_sampled(&self) -> bool {
        takes(self.operation, "stream")
    }

    async fn shaped(mut self, stopped: &Stopped) -> Result<Shaped> {
        let (wanted, operation) = (self.wanted, self.operation);
        let alone = self.list.total == 1 && self.is_sampled() && matches!(stopped, Stopped::Ended(Ended::Itself));
        let why = self.why(stopped);
        if let Some(expression) = &wanted.select {
            let first = if alone { self.values.pop() } else { None };
            let document = first.unwrap_or_else(|| Value::Array(std::mem::take(&mut self.values)));
            return json::selected_of(document, operation, wanted, expression, why).await;
        }
        if alone && let Some(value) = self.values.pop() {
            return Ok(json::value_with(value, wanted, &Projection::new(operation.projection), why));
        }
        let list = &self.list;
        let shown = Projection::new(operation.projection).first();
        let notes = [
            wanted.grep.is_some().then(|| notes::grepped(list.matched, list.total, "values")),
            why,
            notes::cut(&list.cuts, &wanted.limit()),
            notes::left_out(&list.left_out, "[]", shown),
        ];
        Ok(Shaped::json(format!("[{}]", list.json), notes.into_iter().flatten(), wanted))
    }

    /// Why it ended, and what goes on.
    fn why(&self, stopped: &Stopped) -> Option<String> {
        let why = match stopped {
            Stopped::Full(limit) => format!("stopped at {limit}"),
            Stopped::Ended(ended) => ended.note(self.wanted.given_up)?,
        };
        let more = if takes(self.operation, "since") { "since goes on from a time" } else { "call again for more" };
        Some(format!("{why}; {more}"))
    }
}

#[cfg(test)]
mod tests;
