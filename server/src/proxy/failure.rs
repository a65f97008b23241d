//! The reasons why a request gets no answer of the engine, as answers in the engine's own form: `{"message": …}`.

use dockwright::Error;
use dockwright_policy::Refusal;
use dockwright_policy::request::UnfitChange;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::json;

use super::answer::{ProxyAnswer, whole};
use crate::http::BodyProblem;

/// The rule of requests that are not understood.
const NOT_UNDERSTOOD: &str = "request";
/// The seconds after which a client may try again.
const RETRY_SECONDS: u16 = 5;

/// The reason why a request gets no answer of the engine.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may come from a page of the web.
    Page(StatusCode, &'static str),
    /// Its body was not read.
    Body(BodyProblem),
    /// It is not understood, or the policy denies it.
    Refused(Refusal),
    /// A change of the policy does not fit it.
    Unfit(UnfitChange),
    /// The engine did not tell what the decision needs.
    Undecided(Error),
    /// The engine did not answer.
    Engine(Error),
    /// The audit trail cannot be written.
    Audit,
    /// The proxy is about to end.
    Drained,
    /// A new policy denies it.
    Revoked,
    /// The answer is to be rewritten, and too large for that.
    TooLarge,
}

impl Failure {
    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Failure::Page(status, _) | Failure::Body(BodyProblem(status, _)) => *status,
            Failure::Refused(refusal) if refusal.rule == NOT_UNDERSTOOD => StatusCode::BAD_REQUEST,
            Failure::Refused(refusal) => StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::FORBIDDEN),
            Failure::Unfit(_) | Failure::Revoked => StatusCode::FORBIDDEN,
            Failure::Undecided(Error::Api { status, .. }) if status.is_client_error() => StatusCode::BAD_REQUEST,
            Failure::Engine(Error::Argument { .. } | Error::Unsupported { .. } | Error::Body { .. }) => {
                StatusCode::BAD_REQUEST
            }
            Failure::Undecided(error) | Failure::Engine(error) if is_busy(error) => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Undecided(_) | Failure::Engine(_) | Failure::TooLarge => StatusCode::BAD_GATEWAY,
            Failure::Audit | Failure::Drained => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The message for the client, which says nothing about the engine's address and about objects of others.
    pub(super) fn message(&self) -> String {
        match self {
            Failure::Page(_, words) => (*words).to_owned(),
            Failure::Body(BodyProblem(_, words)) => words.clone(),
            Failure::Refused(refusal) => refusal.message(),
            Failure::Unfit(unfit) => format!("denied by set: {unfit}"),
            Failure::Revoked => "denied by a policy that was changed meanwhile".to_owned(),
            Failure::Engine(error @ (Error::Argument { .. } | Error::Unsupported { .. })) => error.to_string(),
            Failure::Engine(Error::Body { .. }) => "the body of the request ended before its end".to_owned(),
            Failure::Undecided(Error::Api { status, .. }) if status.is_client_error() => {
                "denied by request: the engine cannot tell what it names".to_owned()
            }
            Failure::Undecided(error) | Failure::Engine(error) => reason(error).to_owned(),
            Failure::Audit => "nothing passes, because the audit trail cannot be written".to_owned(),
            Failure::Drained => "the proxy is about to end".to_owned(),
            Failure::TooLarge => "the answer is too large for what the policy hides in it".to_owned(),
        }
    }

    /// The rule that denies the request, for the audit trail.
    pub(super) fn rule(&self) -> Option<&'static str> {
        match self {
            Failure::Refused(refusal) => Some(refusal.rule),
            Failure::Unfit(_) => Some("set"),
            Failure::Page(..) => Some("pages"),
            Failure::Revoked => Some("policy"),
            _ => None,
        }
    }

    /// The error of the engine, for the operator of the proxy.
    pub(super) fn of_engine(&self) -> Option<&Error> {
        match self {
            Failure::Undecided(error) | Failure::Engine(error) if self.status().is_server_error() => Some(error),
            _ => None,
        }
    }

    /// The answer to the client.
    pub(super) fn answer(&self) -> ProxyAnswer {
        let body = format!("{}\n", json!({ "message": self.message() }));
        let mut answer = Response::new(whole(body));
        *answer.status_mut() = self.status();
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS.into());
        }
        answer
    }
}

/// Returns true if no connection became free in time.
fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Timeout { .. } | Error::Unreachable { kind: std::io::ErrorKind::TimedOut, .. })
}

/// Words about an engine that did not answer.
fn reason(error: &Error) -> &'static str {
    match error {
        error if is_busy(error) => "the engine behind this proxy is busy; try again",
        Error::Interrupted { .. } => "the engine behind this proxy ended the connection before it answered",
        Error::TooOld { .. } => "the engine behind this proxy is too old for it",
        _ => "the engine behind this proxy does not answer; is it running?",
    }
}
