//! The text of a configuration file: reads its servers, adds one or removes one, and changes nothing else.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{json_text, toml_text};

/// The syntax of a configuration file. JSON may have comments and trailing commas, as editors write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Json,
    Toml,
}

impl Syntax {
    /// The syntax of a file, by its name.
    pub(crate) fn of(path: &Path) -> Self {
        if path.extension().is_some_and(|extension| extension == "toml") { Syntax::Toml } else { Syntax::Json }
    }

    /// Reads a text; an empty one is null.
    ///
    /// # Errors
    /// If it has not this syntax: the line and the problem.
    pub(crate) fn read(self, text: &str) -> Result<Value, String> {
        let (_, text) = split_mark(text);
        match self {
            Syntax::Json => json_text::read(text),
            Syntax::Toml => toml_text::read(text),
        }
    }

    /// Adds a server, or sets these members of one that has the name.
    ///
    /// # Errors
    /// If there is no place for it: the line and the problem.
    pub(crate) fn with_entry(
        self,
        text: &str,
        servers: &str,
        name: &str,
        entry: &Map<String, Value>,
    ) -> Result<String, String> {
        let (mark, text) = split_mark(text);
        let before = self.read(text)?;
        let is_new = before[servers].get(name).is_none();
        let after = match (self, is_new) {
            (Syntax::Json, true) => json_text::add(text, servers, name, entry),
            (Syntax::Json, false) => json_text::set(text, servers, name, entry),
            (Syntax::Toml, true) => toml_text::add(text, servers, name, entry),
            (Syntax::Toml, false) => toml_text::set(text, servers, name, entry),
        }?;
        let mut expected = if before.is_null() { json!({}) } else { before };
        let server = &mut expected[servers][name];
        match server.as_object_mut() {
            Some(members) => members.extend(entry.clone()),
            None => *server = Value::Object(entry.clone()),
        }
        self.checked(after, servers, expected)
            .map(|after| format!("{mark}{after}"))
            .map_err(|problem| self.at_line_of(text, servers, name, &problem))
    }

    /// Removes a server.
    ///
    /// # Errors
    /// If it cannot be taken out alone: the line and the problem.
    pub(crate) fn without_entry(self, text: &str, servers: &str, name: &str) -> Result<String, String> {
        let (mark, text) = split_mark(text);
        let mut expected = self.read(text)?;
        let after = match self {
            Syntax::Json => json_text::remove(text, servers, name),
            Syntax::Toml => toml_text::remove(text, servers, name),
        }?;
        if let Some(entries) = expected[servers].as_object_mut() {
            entries.shift_remove(name);
        }
        self.checked(after, servers, expected)
            .map(|after| format!("{mark}{after}"))
            .map_err(|problem| self.at_line_of(text, servers, name, &problem))
    }

    /// A problem with the line at which a server stands.
    fn at_line_of(self, text: &str, servers: &str, name: &str, problem: &str) -> String {
        let line = match self {
            Syntax::Json => json_text::line_of(text, servers, name),
            Syntax::Toml => toml_text::line_of(text, servers, name),
        };
        format!("line {line}: {problem}")
    }

    /// Refuses a changed text that does not say what was meant. An empty table of servers is as good as none.
    fn checked(self, after: String, servers: &str, mut expected: Value) -> Result<String, String> {
        let mut found = self.read(&after).map_err(|_| BY_HAND.to_owned())?;
        for content in [&mut expected, &mut found] {
            if let Some(members) = content.as_object_mut()
                && members.get(servers).is_some_and(|entries| entries.as_object().is_some_and(Map::is_empty))
            {
                members.shift_remove(servers);
            }
        }
        let is_meant = found == expected || (found.is_null() && expected == json!({}));
        if is_meant { Ok(after) } else { Err(BY_HAND.to_owned()) }
    }
}

/// Advice for a text that cannot be changed without a change of something else.
const BY_HAND: &str =
    "the entry stands in a form that cannot be changed alone: change it by hand (`install --print` shows one)";

/// Splits the mark of byte order off, which some editors put first.
fn split_mark(text: &str) -> (&str, &str) {
    const MARK: char = '\u{feff}';
    text.split_at(if text.starts_with(MARK) { MARK.len_utf8() } else { 0 })
}
