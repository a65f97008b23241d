//! Problems of an input. Every stage collects them and all are printed together, so that one run shows all of them.

use std::collections::BTreeMap;
use std::fmt;

/// The problems of one kind that are shown; more are counted.
const SHOWN: usize = 20;

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

    /// A line for each problem, with its severity: the first of each kind, and the number of the others.
    pub fn lines(&self) -> Vec<(Severity, String)> {
        let mut kinds: BTreeMap<(Severity, String), usize> = BTreeMap::new();
        let mut lines = Vec::new();
        for problem in &self.found {
            let count = kinds.entry((problem.severity, kind(&problem.what))).or_default();
            *count += 1;
            if *count <= SHOWN {
                lines.push((problem.severity, problem.to_string()));
            }
        }
        for ((severity, kind), count) in kinds.into_iter().filter(|(_, count)| *count > SHOWN) {
            lines.push((severity, format!("{} more of this kind: {kind}", count - SHOWN)));
        }
        lines
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

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// The kind of a problem: its description without the names in it.
fn kind(what: &str) -> String {
    let parts = what.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { "`…`" }).collect()
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
        self.lines().iter().try_for_each(|(severity, line)| writeln!(out, "{severity}: {line}"))
    }
}

/// Adds a token to a JSON pointer (RFC 6901), escaping what must be.
pub fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}
