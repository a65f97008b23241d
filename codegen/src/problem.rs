//! Problems of an input. Every stage collects them and all are printed together, so that one run shows all of them.

use std::fmt;

/// A problem: its place, a description, and a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the file.
    pub file: String,
    /// The JSON pointer to the place in it; empty for the whole file.
    pub pointer: String,
    /// The description of the problem.
    pub what: String,
    /// The remedy.
    pub remedy: String,
    /// The severity.
    pub severity: Severity,
}

/// The severity of a problem: generation goes on or stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It goes on; the strict check refuses.
    Warning,
    /// Nothing can be generated.
    Error,
}

/// The problems of all stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    file: String,
    found: Vec<Problem>,
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        let mut problems = Self::default();
        problems.push(problem);
        problems
    }
}

impl Problems {
    /// An empty collection for the problems of `file`.
    pub fn in_file(file: impl Into<String>) -> Self {
        Self { file: file.into(), found: Vec::new() }
    }

    /// Adds an error: nothing can be generated.
    pub fn error(&mut self, pointer: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        self.note(Severity::Error, pointer.into(), what.into(), remedy.into());
    }

    /// Adds a warning: the strict check refuses it.
    pub fn warning(&mut self, pointer: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) {
        self.note(Severity::Warning, pointer.into(), what.into(), remedy.into());
    }

    /// Adds a problem of any file.
    pub fn push(&mut self, problem: Problem) {
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// Adds all problems of `other`.
    pub fn extend(&mut self, other: Problems) {
        for problem in other.found {
            self.push(problem);
        }
    }

    /// True if generation has to stop.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// True if there are no problems.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems in order.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.found.iter()
    }

    fn note(&mut self, severity: Severity, pointer: String, what: String, remedy: String) {
        let file = self.file.clone();
        self.push(Problem { file, pointer, what, remedy, severity });
    }
}

impl Problem {
    /// A problem with a whole file.
    pub fn with_file(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            pointer: String::new(),
            what: what.into(),
            remedy: remedy.into(),
            severity: Severity::Error,
        }
    }
}

/// `spec/v1.55.json#/definitions/Port: it is not defined; add the definition or fix the reference`
impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if !self.pointer.is_empty() {
            write!(out, "#{}", self.pointer)?;
        }
        write!(out, ": {}; {}", self.what, self.remedy)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.found {
            let severity = match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            writeln!(out, "{severity}: {problem}")?;
        }
        Ok(())
    }
}

/// Adds a token to a JSON pointer (RFC 6901), escaping what must be.
pub fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}
