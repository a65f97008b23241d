//! The problems with the arguments of a call, all at once, each with the value to send instead.

use std::fmt;

use dockwright::Operation;
use dockwright::operation::Place;
use serde_json::Value;

use super::location::Location;

/// Maximum number of problems in a message.
const MAX_PROBLEMS: usize = 20;

/// Maximum number of characters that a message quotes of a value.
const MAX_QUOTE_CHARACTERS: usize = 60;

/// Arguments that cannot be sent; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentError {
    /// The operation that was called.
    pub operation: &'static str,
    /// The problems, at least one; each names its argument.
    pub problems: Vec<String>,
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = self.problems.as_slice() {
            return write!(out, "{}: {problem}", self.operation);
        }
        write!(out, "{}: {} problems with the arguments:", self.operation, self.problems.len())?;
        for problem in self.problems.iter().take(MAX_PROBLEMS) {
            write!(out, "\n{problem}")?;
        }
        match self.problems.len().saturating_sub(MAX_PROBLEMS) {
            0 => Ok(()),
            more => write!(out, "\nand {more} more"),
        }
    }
}

impl std::error::Error for ArgumentError {}

/// Collects problems, and notes on what was corrected.
pub(super) struct Problems {
    tool: &'static str,
    operation: Option<&'static Operation>,
    found: Vec<String>,
    notes: Vec<String>,
}

impl Problems {
    pub(super) fn new(operation: &'static Operation) -> Self {
        Problems { tool: operation.name, operation: Some(operation), found: Vec::new(), notes: Vec::new() }
    }

    /// Collects problems with the arguments of a tool, most of which are for `operation`.
    pub(super) fn of_tool(tool: &'static str, operation: Option<&'static Operation>) -> Self {
        Problems { tool, operation, found: Vec::new(), notes: Vec::new() }
    }

    /// The operation that is called, or that most arguments are for.
    pub(super) fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Adds a note on what was corrected.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Removes the notes, and returns them.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Adds a problem with an argument.
    pub(super) fn add(&mut self, at: &Location, problem: &str) {
        self.found.push(format!("argument `{at}`: {problem}"));
    }

    /// Adds an argument that is missing.
    pub(super) fn missing(&mut self, at: &Location) {
        self.found.push(format!("argument `{at}` is required"));
    }

    /// Adds arguments of which one is missing.
    pub(super) fn missing_all(&mut self, names: &[&str]) {
        self.found.push(format!("argument `{}` is required", names.join("` or `")));
    }

    /// Adds an argument that does not exist; `hint` ends the message. Looking for a hint takes long, so there is none
    /// for problems that are only counted.
    pub(super) fn unknown(&mut self, at: &Location, hint: impl FnOnce() -> String) {
        let hint = if self.found.len() < MAX_PROBLEMS { hint() } else { String::new() };
        self.found.push(format!("unknown argument `{at}`{hint}"));
    }

    /// Adds a value that is not the expected one; `hint` ends the message.
    pub(super) fn unexpected(&mut self, at: &Location, expected: &str, got: &Value, hint: &str) {
        let got = if self.is_header(at) { "a value that is not shown".to_owned() } else { quoted(got) };
        self.add(at, &format!("expected {expected}, got {got}{hint}"));
    }

    /// Returns `value` if there are no problems.
    pub(super) fn into_result<T>(self, value: T) -> Result<T, ArgumentError> {
        match self.found {
            problems if problems.is_empty() => Ok(value),
            problems => Err(ArgumentError { operation: self.tool, problems }),
        }
    }

    /// Returns true for a header, which may hold credentials.
    pub(super) fn is_header(&self, at: &Location) -> bool {
        let parameters = self.operation.into_iter().flat_map(|operation| operation.parameters);
        let mut headers = parameters.filter(|parameter| parameter.place == Place::Header);
        headers.any(|header| Some(header.name) == at.argument())
    }
}

/// Formats a value as JSON, and cuts it if it is long.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_QUOTE_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(count: usize) -> ArgumentError {
        ArgumentError { operation: "thing_list", problems: vec!["argument `limit` is required".into(); count] }
    }

    #[test]
    fn one_problem_is_a_sentence_and_several_are_a_list() {
        assert_eq!(problems(1).to_string(), "thing_list: argument `limit` is required");
        assert_eq!(
            problems(2).to_string(),
            concat!(
                "thing_list: 2 problems with the arguments:\n",
                "argument `limit` is required\nargument `limit` is required"
            )
        );
        assert!(problems(23).to_string().ends_with("\nand 3 more"));
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(quoted(&json!("ü".repeat(100))).chars().count(), MAX_QUOTE_CHARACTERS + 1);
        assert_eq!(quoted(&json!({"a": 1})), r#"{"a":1}"#);
    }
}
