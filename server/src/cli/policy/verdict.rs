//! A decision on a request, for people and for programs.

use std::fmt::Write as _;

use dockwright::Value;
use dockwright::operation::Operation;
use dockwright_policy::request::Change;
use dockwright_policy::{Decision, Question, Refusal};
use serde_json::json;

/// A decision on a request.
pub(super) struct Verdict<'a> {
    /// The operation, if the request is understood.
    operation: Option<&'static Operation>,
    ruling: Ruling<'a>,
    /// True if the answer would be one of HTTP.
    is_over_http: bool,
}

enum Ruling<'a> {
    Allowed(Vec<Change<'a>>),
    Denied(Refusal),
    Open(Vec<Question>),
}

impl<'a> Verdict<'a> {
    pub(super) fn of(operation: &'static Operation, decision: Decision<'a>) -> Self {
        let ruling = match decision {
            Decision::Allow => Ruling::Allowed(Vec::new()),
            Decision::Rewrite(changes) => Ruling::Allowed(changes),
            Decision::Deny(refusal) => Ruling::Denied(refusal),
            Decision::Needs(questions) => Ruling::Open(questions),
        };
        Verdict { operation: Some(operation), ruling, is_over_http: false }
    }

    pub(super) fn allowed(operation: &'static Operation, changes: Vec<Change<'a>>) -> Self {
        Verdict { operation: Some(operation), ruling: Ruling::Allowed(changes), is_over_http: false }
    }

    pub(super) fn denied(operation: Option<&'static Operation>, refusal: Refusal) -> Self {
        Verdict { operation, ruling: Ruling::Denied(refusal), is_over_http: false }
    }

    /// The verdict on a request that came over HTTP, as its client is told it.
    pub(super) fn over_http(self) -> Self {
        let ruling = match (self.ruling, self.operation) {
            (Ruling::Denied(refusal), Some(operation)) => Ruling::Denied(refusal.for_client(operation)),
            (ruling, _) => ruling,
        };
        Verdict { ruling, is_over_http: true, ..self }
    }

    /// 0 for what is allowed, 1 for what is denied, 3 for what only an engine can tell.
    pub(super) fn exit_code(&self) -> u8 {
        match self.ruling {
            Ruling::Allowed(_) => 0,
            Ruling::Denied(_) => 1,
            Ruling::Open(_) => 3,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.operation.map(|operation| format!("{}: ", operation.name)).unwrap_or_default();
        match &self.ruling {
            Ruling::Allowed(changes) if changes.is_empty() => text.push_str("allowed\n"),
            Ruling::Allowed(changes) => {
                text.push_str("allowed with these changes\n");
                for Change { rule, path, value } in changes {
                    let _ = writeln!(text, "  {path} = {value}  ({rule})");
                }
            }
            Ruling::Denied(refusal) => {
                let _ = writeln!(text, "{refusal}");
                if let Some(absent) = &refusal.absent {
                    let status = if self.is_over_http { format!("{} ", refusal.status()) } else { String::new() };
                    let _ = writeln!(text, "  its sender is told: {status}{absent}");
                }
            }
            Ruling::Open(questions) => {
                text.push_str("depends on the engine, which -H or -c names\n");
                for question in questions {
                    let _ = writeln!(text, "  {question}");
                }
            }
        }
        text
    }

    pub(super) fn json(&self) -> Value {
        let operation = self.operation.map(|operation| operation.name);
        match &self.ruling {
            Ruling::Allowed(changes) => {
                let change = |Change { rule, path, value }: &Change<'_>| json!({ "rule": rule, "path": path.to_string(), "value": value });
                let changes: Vec<_> = changes.iter().map(change).collect();
                json!({ "decision": "allowed", "operation": operation, "changes": changes })
            }
            Ruling::Denied(refusal) => json!({
                "decision": "denied", "operation": operation, "rule": refusal.rule, "words": refusal.words,
                "status": self.is_over_http.then(|| refusal.status()), "message": refusal.message(),
            }),
            Ruling::Open(questions) => {
                let questions: Vec<_> = questions.iter().map(ToString::to_string).collect();
                json!({ "decision": "open", "operation": operation, "questions": questions })
            }
        }
    }
}
