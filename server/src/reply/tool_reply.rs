//! The reply to a tool call: data of the engine, text of the engine and notes of ours, printed once.

use std::fmt;

use serde_json::{Value, json};

use super::ending::Ended;
use super::frame::framed;
use super::{ReplyOptions, notes};
use crate::secrets::Safe;

/// A reply that may be shown to a model. Displayed, it is the whole text.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolReply {
    data: Option<Safe<Value>>,
    text: Text,
    notes: Vec<String>,
    /// The most bytes of it; notes for which there is no room are left out.
    max_reply: usize,
    show_secrets: bool,
}

/// The text below the data.
#[derive(Debug, Clone, PartialEq)]
enum Text {
    None,
    /// Words of ours in place of data.
    Words(&'static str),
    /// Lines of the engine.
    Framed(Safe<String>),
}

impl ToolReply {
    /// A value of ours, whole.
    #[must_use]
    pub fn whole(value: Value) -> Self {
        ToolReply::data(Safe::trusted(value), None, &ReplyOptions::new(usize::MAX))
    }

    /// Data, and notes as far as there is room for them.
    #[must_use]
    pub fn data(data: Safe<Value>, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        ToolReply { data: Some(data), ..ToolReply::new(Text::None, notes, options) }
    }

    /// Words of ours where the engine has said nothing.
    #[must_use]
    pub fn words(words: &'static str, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        ToolReply::new(Text::Words(words), notes, options)
    }

    /// Lines of the engine, framed.
    #[must_use]
    pub fn lines(lines: Safe<String>, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        ToolReply::new(Text::Framed(framed(lines)), notes, options)
    }

    /// The reply of a wait in which nothing has happened: no failure, and no answer either.
    #[must_use]
    pub fn not_yet(options: &ReplyOptions) -> Self {
        let ended = Ended::Time(options.limit_seconds.unwrap_or_default());
        ToolReply::words("not yet", ended.note(options.when_abandoned), options)
    }

    fn new(text: Text, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        let notes = notes.into_iter().collect();
        let ReplyOptions { max_reply, show_secrets, .. } = *options;
        ToolReply { data: None, text, notes, max_reply, show_secrets }
    }

    /// The same below an outcome, which is its data, with a note at the end.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Safe<Value>, note: Option<String>, options: &ReplyOptions) -> Self {
        self.notes.extend(note);
        ToolReply { data: Some(outcome), max_reply: options.max_reply, ..self }
    }

    /// The same with one more member of its data, if that is an object.
    #[must_use]
    pub fn with_member(self, name: &str, member: Safe<Value>) -> Self {
        let data = self.data.map(|data| {
            data.map(|mut data| {
                if let Value::Object(members) = &mut data {
                    members.insert(name.to_owned(), member.into_inner());
                }
                data
            })
        });
        ToolReply { data, ..self }
    }

    /// Its data.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.data.as_deref()
    }

    /// Its data as an object, as clients want structured content to be; any other value is the member `data`.
    #[must_use]
    pub fn into_structured(self) -> Option<Value> {
        let data = self.data?.into_inner();
        Some(if data.is_object() { data } else { json!({ "data": data }) })
    }
}

impl fmt::Display for ToolReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = self.data.as_ref().map(ToString::to_string).unwrap_or_default();
        let line_break = if self.data.is_some() { "\n" } else { "" };
        match &self.text {
            Text::None => {}
            // Only the first line of a reply is the engine's.
            Text::Words(words) if self.data.is_some() => printed += &format!("\n{}{words}", notes::PREFIX),
            Text::Words(words) => printed += words,
            Text::Framed(lines) => printed = format!("{printed}{line_break}{lines}"),
        }
        let hidden = notes::hidden(&printed).filter(|_| !self.show_secrets);
        for note in self.notes.iter().chain(&hidden).map(|note| notes::line(note)) {
            if printed.len() + 1 + note.len() <= self.max_reply {
                printed.push('\n');
                printed.push_str(&note);
            }
        }
        f.write_str(&printed)
    }
}
