//! A decision in the making: the changes and the questions that have come up so far.

use super::decision::Decision;
use crate::facts::{Answer, Facts, Question};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::request::{Change, Path, Request};
use dockwright::Value;

/// A decision in the making.
pub(super) struct Ruling<'p, 'a> {
    pub(super) policy: &'p Policy,
    pub(super) request: Request<'a>,
    facts: &'p Facts,
    changes: Vec<Change<'a>>,
    questions: Vec<Question>,
}

impl<'p, 'a> Ruling<'p, 'a> {
    pub(super) fn new(policy: &'p Policy, request: Request<'a>, facts: &'p Facts) -> Self {
        Ruling { policy, request, facts, changes: Vec::new(), questions: Vec::new() }
    }

    /// The answer to a question. Without one the question is kept, and the decision waits for it.
    pub(super) fn ask(&mut self, question: Question) -> Option<&'p Answer> {
        let answer = self.facts.answer(&question);
        if answer.is_none() && !self.questions.contains(&question) {
            self.questions.push(question);
        }
        answer
    }

    /// Changes the request.
    pub(super) fn change(&mut self, rule: &'static str, path: Path<'a>, value: Value) {
        self.changes.push(Change { rule, path, value });
    }

    /// The decision: a refusal needs no answers, and no change is worth anything without them.
    pub(super) fn decision(self, judged: Result<(), Refusal>) -> Decision<'a> {
        match judged {
            Err(refusal) => Decision::Deny(refusal),
            Ok(()) if !self.questions.is_empty() => Decision::Needs(self.questions),
            Ok(()) if !self.changes.is_empty() => Decision::Rewrite(self.changes),
            Ok(()) => Decision::Allow,
        }
    }
}

/// A refusal that its caller may read.
pub(super) fn refuse<T>(rule: &'static str, words: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { rule, words: words.into(), absent: None })
}
