//! The findings of the doctor's steps, and the lines that report them.

use std::io::{self, Write};
use std::process::ExitCode;

/// The finding of a step: a fact, or a problem with a suggestion to fix it.
pub(super) type Finding = Result<String, String>;

/// Prints findings as they come.
#[derive(Default)]
pub(super) struct Report {
    has_failures: bool,
}

impl Report {
    /// Prints the finding of a step.
    pub(super) fn line(&mut self, step: &str, finding: Finding) {
        self.has_failures |= finding.is_err();
        let (mark, text) = finding.map_or_else(|problem| ("FAIL", problem), |fact| ("ok", fact));
        print(mark, step, &text);
    }

    /// Prints a problem of a step that does not stop calls.
    pub(super) fn warning(&self, step: &str, problem: &str) {
        print("warn", step, problem);
    }

    /// Prints the step that a person takes next.
    pub(super) fn next(&self, step: &str, text: &str) {
        print("next", step, text);
    }

    /// Prints lines of another report.
    pub(super) fn lines(&mut self, lines: &str, are_ok: bool) {
        self.has_failures |= !are_ok;
        let _ = write!(io::stdout(), "{lines}");
    }

    pub(super) fn has_failures(&self) -> bool {
        self.has_failures
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        if self.has_failures { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

fn print(mark: &str, step: &str, text: &str) {
    // A reader may close the pipe after the first lines.
    let _ = writeln!(io::stdout(), "{mark:<5} {step:<9} {text}");
}
