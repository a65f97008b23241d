//! Streams of values without an end, such as events and samples: values are gathered until there are enough of them,
//! time is up or the stream ends, and shown as a list.

use dockwright::tools::View;
use dockwright::{Operation, Reply, Result};
use serde_json::Value;

use super::ending::{Clock, StreamEnd};
use super::list::List;
use super::projection::Projection;
use super::view;
use super::view::events::{Events, Table};
use super::{ReplyOptions, ToolReply, amounts, json, limits, notes, safe};
use crate::catalogue::presentation::VALUES;
use crate::progress::Progress;
use crate::secrets::Safe;

/// The most bytes of values that are gathered for an expression.
const GATHERED_BYTES: usize = 2 * 1024 * 1024;
/// The member of an event whose parts a table mostly does not show.
const ATTRIBUTES: &str = "Actor.Attributes";

/// Reads a stream of JSON values until there are `limit_items` of them, the reply is full, `limit_seconds` have passed
/// or the stream ends, and shows them as a list. A single sample, requested as such, is shown as an object.
///
/// If the stream breaks off after some values, these are shown, with a note about the failure.
///
/// # Errors
/// Errors of the stream, if no value came before; [`Error::Argument`](dockwright::Error::Argument) for `select`.
pub async fn gather(
    reply: Reply,
    operation: &Operation,
    options: &ReplyOptions,
    progress: &Progress,
) -> Result<ToolReply> {
    let mut clock = Clock::new(options);
    let mut stream = reply.into_json_stream::<Value>();
    // With a limit, reading stops at the last value and does not wait for another.
    let options = ReplyOptions { limit_items: Some(options.limit_items.unwrap_or(VALUES)), ..options.clone() };
    let mut gathering = Gathering::new(operation, &options);
    let end = loop {
        if let Some(full) = gathering.full() {
            break GatherEnd::Full(full);
        }
        match clock.next(stream.next()).await {
            Ok(value) => gathering.add(value),
            Err(end) => break GatherEnd::Stream(end),
        }
        progress.step(|| Safe::trusted(format!("{} values", amounts::count(gathering.list.total))));
    };
    // The engine need not go on sending while an expression is evaluated.
    drop(stream);
    match end {
        GatherEnd::Stream(StreamEnd::Failed(error)) if gathering.list.total == 0 => Err(error),
        end => gathering.into_reply(&end).await,
    }
}

/// The reason why gathering ended.
enum GatherEnd {
    /// This limit was reached.
    Full(String),
    /// The stream ended.
    Stream(StreamEnd),
}

/// The values gathered so far.
struct Gathering<'a> {
    operation: &'a Operation,
    options: &'a ReplyOptions,
    list: List<'a>,
    /// All values, if an expression selects from them; else only the first.
    values: Vec<Safe<Value>>,
    values_bytes: usize,
    /// The events, where they are shown as a table.
    events: Option<Events>,
}

impl<'a> Gathering<'a> {
    fn new(operation: &'a Operation, options: &'a ReplyOptions) -> Self {
        let view = options.view.filter(|_| options.select.is_none());
        let events = view.filter(|view| view.view == View::Events).map(|view| Events::new(view.commands));
        let projection = if view.is_some() { Projection::default() } else { Projection::new(operation.projection) };
        let list = List::new(options, operation.tag, projection, options.room());
        Gathering { operation, options, list, values: Vec::new(), values_bytes: 0, events }
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
        let grep = self.options.grep.as_ref().filter(|grep| self.events.is_some() && grep.is_match(&value.to_string()));
        let shown = match (&mut self.events, self.options.view) {
            (Some(events), _) => events.row(value),
            (None, Some(view)) => Some(view::value(view, value, None).data),
            (None, None) => Some(value),
        };
        match shown {
            Some(row) if grep.is_some_and(|grep| !grep.is_match(&row.to_string())) => {
                self.list.total += 1;
                self.list.matched_hidden.get_or_insert((0, ATTRIBUTES.to_owned())).0 += 1;
            }
            Some(value) => self.list.add_safe(value),
            None => self.list.total += 1,
        }
    }

    /// Names the limit that has been reached.
    fn full(&self) -> Option<String> {
        let limit = self.options.limit_items.unwrap_or(VALUES);
        let count = if self.options.select.is_some() { self.values.len() } else { self.list.shown() };
        match () {
            () if count >= limit => Some(format!("limit_items {limit}")),
            () if self.values_bytes > GATHERED_BYTES => Some(format!("{GATHERED_BYTES} bytes")),
            () if self.list.reached.is_some() => Some(self.options.limit()),
            () => None,
        }
    }

    /// Tells whether the operation can send a single sample, which is then shown as an object.
    fn is_sampled(&self) -> bool {
        self.operation.takes("stream")
    }

    async fn into_reply(mut self, end: &GatherEnd) -> Result<ToolReply> {
        let (options, operation) = (self.options, self.operation);
        let alone = self.list.total == 1 && self.is_sampled() && matches!(end, GatherEnd::Stream(StreamEnd::Complete));
        let view = options.view;
        let is_empty = self.list.total == 0;
        let past = match view.and_then(|view| view.history) {
            Some(history) => history.note(is_empty),
            None => (is_empty && self.events.is_some())
                .then(|| "nothing happened; since: \"10m\" shows the past".to_owned()),
        };
        let why: Vec<_> = self.why(end).into_iter().chain(past).collect();
        if let Some(expression) = &options.select {
            let first = if alone { self.values.pop() } else { None };
            let document = first.unwrap_or_else(|| Safe::list(std::mem::take(&mut self.values)));
            return json::select_from(document, operation, options, expression, why).await;
        }
        if alone && let Some(value) = self.values.pop() {
            return Ok(match view {
                Some(view) => json::in_view(value, operation, options, view, why),
                None => json::value(value, options, &Projection::new(operation.projection), why),
            });
        }
        let list = &mut self.list;
        let grepped = options.grep.as_ref().map(|grep| notes::matches(grep, list.matched, list.total, "values"));
        let hidden = list.matched_hidden.as_ref().map(|(count, member)| notes::hidden_matches(*count, member));
        let notes = grepped.into_iter().chain(hidden).chain(why);
        if let Some(events) = self.events {
            let limit = options.limit_items.unwrap_or(VALUES);
            let Table { data, notes: more } = events.table(list.take(), options.grep.as_ref(), limit);
            return Ok(json::value(
                data,
                &ReplyOptions { grep: None, ..options.clone() },
                &Projection::default(),
                more.into_iter().chain(notes),
            ));
        }
        let shown = Projection::new(operation.projection).first();
        let more = [notes::cuts(&list.cuts, &options.limit()), notes::omissions(&list.left_out, "[]", shown)];
        Ok(ToolReply::data(list.take(), notes.chain(more.into_iter().flatten()), options))
    }

    /// A note about the end, and about the call that continues.
    fn why(&self, end: &GatherEnd) -> Option<String> {
        let why = match end {
            GatherEnd::Full(limit) => format!("stopped at {limit}"),
            GatherEnd::Stream(end) => end.note(self.options.when_abandoned)?,
        };
        let next = self.events.as_ref().and_then(Events::next);
        let more = match next {
            Some(next) => format!("continue with since: \"{next}\""),
            None if self.operation.takes("since") => "continue with since".to_owned(),
            None => "call again for more".to_owned(),
        };
        Some(format!("{why}; {more}"))
    }
}

#[cfg(test)]
mod tests;
