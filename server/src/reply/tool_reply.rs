//! The reply to a tool call: the engine's data, the engine's text and the server's notes, printed once.

use std::fmt;

use serde_json::{Value, json};

use super::ending::StreamEnd;
use super::frame::{LineMarks, frame_text};
use super::{ReplyOptions, notes};
use crate::audit::CallEnd;
use crate::secrets::Safe;

/// The member of structured content that holds data which is no object.
pub const DATA: &str = "data";

/// The member of structured content that holds a selected value.
pub const SELECTED: &str = "selected";

/// A reply that may be shown to a model. `Display` prints the whole text.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolReply {
    data: Option<Safe<Value>>,
    /// True if the data is the value of the caller's `select`, whose form only the caller knows.
    is_selected: bool,
    text: ReplyText,
    notes: Vec<String>,
    /// The most bytes of the reply; notes that do not fit are left out.
    max_reply: usize,
    show_secrets: bool,
}

/// The text below the data.
#[derive(Debug, Clone, PartialEq)]
enum ReplyText {
    None,
    /// The server's words in place of data.
    Words(&'static str),
    /// The engine's lines, which are framed when they are printed.
    Lines(Safe<String>, LineMarks),
}

/// The parts of a reply.
pub(super) struct ReplyParts {
    /// Its data, or the server's words in place of it.
    pub(super) data: Option<Safe<Value>>,
    /// The engine's lines.
    pub(super) lines: Option<(Safe<String>, LineMarks)>,
    pub(super) notes: Vec<String>,
}

impl ToolReply {
    /// The server's value, whole.
    #[must_use]
    pub fn whole(value: Value) -> Self {
        ToolReply::data(Safe::trusted(value), None, &ReplyOptions::new(usize::MAX))
    }

    /// Data, and as many notes as fit.
    #[must_use]
    pub fn data(data: Safe<Value>, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        ToolReply { data: Some(data), ..ToolReply::new(ReplyText::None, notes, options) }
    }

    /// The server's words where the engine said nothing.
    #[must_use]
    pub fn words(words: &'static str, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        ToolReply::new(ReplyText::Words(words), notes, options)
    }

    /// The engine's lines below its data, if there is any.
    #[must_use]
    pub fn data_and_lines(
        data: Option<Safe<Value>>,
        lines: Safe<String>,
        notes: impl IntoIterator<Item = String>,
        options: &ReplyOptions,
    ) -> Self {
        let text = if lines.is_empty() { ReplyText::None } else { ReplyText::Lines(lines, LineMarks::Sources) };
        ToolReply { data, ..ToolReply::new(text, notes, options) }
    }

    /// The engine's lines.
    #[must_use]
    pub fn lines(
        lines: Safe<String>,
        marks: LineMarks,
        notes: impl IntoIterator<Item = String>,
        options: &ReplyOptions,
    ) -> Self {
        ToolReply::new(ReplyText::Lines(lines, marks), notes, options)
    }

    /// The reply to a wait that ran out of time before anything happened. This is not a failure.
    #[must_use]
    pub fn not_yet(options: &ReplyOptions) -> Self {
        let end = StreamEnd::TimeLimit(options.limit_seconds.unwrap_or_default());
        ToolReply::words("not yet", end.note(options.when_abandoned), options)
    }

    fn new(text: ReplyText, notes: impl IntoIterator<Item = String>, options: &ReplyOptions) -> Self {
        let notes = notes.into_iter().collect();
        let ReplyOptions { max_reply, show_secrets, .. } = *options;
        ToolReply { data: None, is_selected: false, text, notes, max_reply, show_secrets }
    }

    /// Marks the data as the value of the caller's `select`.
    #[must_use]
    pub fn selected(self) -> Self {
        ToolReply { is_selected: true, ..self }
    }

    /// Puts an outcome above the text, as the reply's data, and a note at the end.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Safe<Value>, note: Option<String>, options: &ReplyOptions) -> Self {
        self.notes.extend(note);
        ToolReply { data: Some(outcome), max_reply: options.max_reply, ..self }
    }

    /// Adds notes at the end.
    #[must_use]
    pub fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// Adds a member to the data, if that is an object.
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

    /// The end of the call for the audit trail.
    #[must_use]
    pub(crate) fn audited(&self) -> CallEnd {
        let id = self.value().and_then(|data| data.get("Id").or_else(|| data.get("ID"))).and_then(Value::as_str);
        let id = id.filter(|id| is_full_id(id)).map(str::to_owned);
        CallEnd { outcome: "ok".to_owned(), bytes: Some(self.to_string().len()), id, ..CallEnd::default() }
    }

    /// The engine's data and lines without a frame, for programs, and the server's words and notes beside them.
    #[must_use]
    pub fn into_streams(self) -> (String, String) {
        let mut data = self.data.as_ref().map(|data| format!("{data}\n")).unwrap_or_default();
        let mut words = String::new();
        match &self.text {
            ReplyText::None => {}
            ReplyText::Words(said) => words = format!("{}{said}\n", notes::PREFIX),
            ReplyText::Lines(lines, _) => data.push_str(lines),
        }
        if !data.is_empty() && !data.ends_with('\n') {
            data.push('\n');
        }
        for note in self.note_lines(&data) {
            words.push_str(&note);
            words.push('\n');
        }
        (data, words)
    }

    /// Its parts, to be put into another reply.
    pub(super) fn into_parts(self) -> ReplyParts {
        let (data, lines) = match self.text {
            ReplyText::None => (self.data, None),
            ReplyText::Words(words) => (self.data.or(Some(Safe::trusted(words.into()))), None),
            ReplyText::Lines(lines, marks) => (self.data, Some((lines, marks))),
        };
        ReplyParts { data, lines, notes: self.notes }
    }

    fn note_lines(&self, printed: &str) -> Vec<Safe<String>> {
        let hidden = notes::hidden_secrets(printed).filter(|_| !self.show_secrets);
        self.notes.iter().chain(&hidden).map(|note| notes::line(note)).collect()
    }

    /// Tells whether it holds lines of the engine.
    #[must_use]
    pub fn is_framed(&self) -> bool {
        matches!(self.text, ReplyText::Lines(..))
    }

    /// Its data as structured content, which must be an object: a selected value is wrapped as `{"selected": …}`, any
    /// other that is no object as `{"data": …}`.
    #[must_use]
    pub fn into_structured(self) -> Option<Value> {
        let data = self.data?.into_inner();
        Some(match data {
            data if self.is_selected => json!({ SELECTED: data }),
            data if data.is_object() => data,
            data => json!({ DATA: data }),
        })
    }
}

/// Returns true for the whole id of a container, an image, a network or an object of a swarm.
fn is_full_id(id: &str) -> bool {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    id.len() == 64 && is_hex || id.len() == 25 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl fmt::Display for ToolReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = self.data.as_ref().map(ToString::to_string).unwrap_or_default();
        let line_break = if self.data.is_some() { "\n" } else { "" };
        match &self.text {
            ReplyText::None => {}
            // Only the first line of a reply is the engine's, so words below it need the prefix.
            ReplyText::Words(words) if self.data.is_some() => printed += &format!("\n{}{words}", notes::PREFIX),
            ReplyText::Words(words) => printed += words,
            ReplyText::Lines(lines, marks) => {
                printed = format!("{printed}{line_break}{}", frame_text(lines.clone(), *marks));
            }
        }
        for note in self.note_lines(&printed) {
            if printed.len() + 1 + note.len() <= self.max_reply {
                printed.push('\n');
                printed.push_str(&note);
            }
        }
        f.write_str(&printed)
    }
}
