//! What is wrong with the arguments of a call, all of it at once, in words that tell a model what to send instead.

use std::fmt;

use dockwright::Operation;
use dockwright::operation::Place;
use serde_json::Value;

use super::path::Path;

/// The most problems that a message tells.
const TOLD: usize = 20;

/// The most characters of a value that a message quotes.
const QUOTED: usize = 60;

/// The arguments cannot be sent: nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentError {
    /// The operation that was called.
    pub operation: &'static str,
    /// Everything that is wrong, at least one thing.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it is, `body.HostConfig.RestartPolicy.Name`.
    pub argument: String,
    /// What is expected and what came, or what else is wrong.
    pub problem: String,
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [Problem { argument, problem }] = self.problems.as_slice() {
            return write!(out, "{}: argument `{argument}`: {problem}", self.operation);
        }
        write!(out, "{}: {} problems with the arguments:", self.operation, self.problems.len())?;
        for Problem { argument, problem } in self.problems.iter().take(TOLD) {
            write!(out, "\n`{argument}`: {problem}")?;
        }
        match self.problems.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(out, "\nand {more} more"),
        }
    }
}

impl std::error::Error for ArgumentError {}

/// The problems that were found so far.
pub(super) struct Problems {
    operation: &'static Operation,
    found: Vec<Problem>,
}

impl Problems {
    pub(super) fn new(operation: &'static Operation) -> Self {
        Problems { operation, found: Vec::new() }
    }

    /// Something is wrong there.
    pub(super) fn add(&mut self, at: &Path, problem: impl Into<String>) {
        self.found.push(Problem { argument: at.to_string(), problem: problem.into() });
    }

    /// Something else is expected there; `hint` ends the message.
    pub(super) fn wrong(&mut self, at: &Path, expected: &str, got: &Value, hint: &str) {
        let got = if self.is_header(at) { "a value that is not shown".to_owned() } else { quoted(got) };
        self.add(at, format!("expected {expected}, got {got}{hint}"));
    }

    /// `value` if nothing was found.
    pub(super) fn none<T>(self, value: T) -> Result<T, ArgumentError> {
        match self.found {
            problems if problems.is_empty() => Ok(value),
            problems => Err(ArgumentError { operation: self.operation.name, problems }),
        }
    }

    /// Headers hold credentials.
    fn is_header(&self, at: &Path) -> bool {
        let mut headers = self.operation.parameters.iter().filter(|parameter| parameter.place == Place::Header);
        headers.any(|header| Some(header.name) == at.argument())
    }
}

/// A value as JSON, cut where it gets long.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(count: usize) -> ArgumentError {
        let problem = Problem { argument: "limit".into(), problem: "missing".into() };
        ArgumentError { operation: "thing_list", problems: vec![problem; count] }
    }

    #[test]
    fn one_problem_is_a_sentence_and_several_are_a_list() {
        assert_eq!(problems(1).to_string(), "thing_list: argument `limit`: missing");
        assert_eq!(
            problems(2).to_string(),
            "thing_list: 2 problems with the arguments:\n`limit`: missing\n`limit`: missing"
        );
        assert!(problems(23).to_string().ends_with("\nand 3 more"));
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(quoted(&json!("ü".repeat(100))).chars().count(), QUOTED + 1);
        assert_eq!(quoted(&json!({"a": 1})), r#"{"a":1}"#);
    }
}
