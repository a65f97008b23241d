//! The lines of an exchange in the audit trail.

use std::sync::Arc;

use dockwright_policy::facets::facets;
use dockwright_policy::{Call, Policy};
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use super::failure::Failure;
use super::principal::Principal;
use crate::audit::{AuditEntry, CallEnd, CallFacts, Client};
use crate::facets::SeenFacets;

/// The name of a request that is not understood.
const UNKNOWN: &str = "unknown";
/// The most names of arguments in a line.
const MOST_NAMES: usize = 50;

/// An exchange whose second line is to come. Dropped, it was cancelled.
pub(super) struct Record(AuditEntry);

impl Record {
    /// Writes the line before a call.
    ///
    /// # Errors
    /// If it cannot be written and must be.
    pub(super) fn of_call(
        principal: &Principal,
        policy: &Policy,
        call: &Call,
        digest: Option<String>,
    ) -> Result<Self, Failure> {
        let seen = SeenFacets::default();
        seen.add(&facets(call.operation, &call.arguments, call.body.as_ref()).causes);
        let mut asks: Vec<_> = call.arguments.keys().cloned().collect();
        let members = call.body.as_ref().and_then(Value::as_object);
        asks.extend(members.into_iter().flat_map(|members| members.keys().map(|name| format!("body.{name}"))));
        let other = asks.len().saturating_sub(MOST_NAMES);
        asks.truncate(MOST_NAMES);
        let target = call.operation.target().and_then(|target| call.arguments.get(target.name));
        let facts = CallFacts {
            tool: call.operation.name.to_owned(),
            target: target.and_then(Value::as_str).map(str::to_owned),
            asks,
            other,
            digest,
            facets: seen,
            ..facts(principal)
        };
        Record::begin(principal, policy.audit_required, facts)
    }

    /// Writes the line of a request that is not understood, with its method and its path.
    ///
    /// # Errors
    /// If it cannot be written and must be.
    pub(super) fn of_unknown(principal: &Principal, parts: &Parts) -> Result<Self, Failure> {
        let is_required = principal.policy.borrow().audit_required;
        let target = Some(format!("{} {}", parts.method, parts.uri.path()));
        Record::begin(principal, is_required, CallFacts { tool: UNKNOWN.to_owned(), target, ..facts(principal) })
    }

    fn begin(principal: &Principal, is_required: bool, facts: CallFacts) -> Result<Self, Failure> {
        let audit = if is_required { principal.audit.clone().required(true) } else { principal.audit.clone() };
        audit.begin(Arc::new(facts)).map(Record).map_err(|_| Failure::Audit)
    }

    /// Writes the line after an exchange that was answered, with the bytes of the answer.
    pub(super) fn end(self, status: StatusCode, bytes: u64) {
        let outcome = if status.as_u16() < 400 { "ok".to_owned() } else { status.as_u16().to_string() };
        self.0.end(CallEnd { outcome, bytes: usize::try_from(bytes).ok(), ..CallEnd::default() });
    }

    /// Writes the line after an exchange that the proxy ended.
    pub(super) fn fail(self, failure: &Failure) {
        let outcome = if failure.rule().is_some() { "denied" } else { "failed" };
        self.0.end(CallEnd { outcome: outcome.to_owned(), rule: failure.rule(), ..CallEnd::default() });
    }

    /// Writes the line after an exchange that broke on its way.
    pub(super) fn interrupted(self) {
        self.0.end(CallEnd { outcome: "failed".to_owned(), ..CallEnd::default() });
    }
}

/// The facts of every request of a listener.
fn facts(principal: &Principal) -> CallFacts {
    CallFacts {
        client: Client { name: Some(principal.name.clone()), token: None },
        engine: Some(principal.engine.address()),
        engine_name: principal.engine.name.clone(),
        ..CallFacts::default()
    }
}
