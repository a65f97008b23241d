//! A question in sessions before 2026-07-28: a request of the server's, `elicitation/create`, which the call waits for.

use std::time::Duration;

use rmcp::model as mcp;
use rmcp::service::{PeerRequestOptions, RequestHandle, ServiceError};
use rmcp::{Peer, RoleServer};
use tokio::time::timeout;

use super::form;
use crate::consent::{Answer, NoConsent, Question};
use crate::secrets::Safe;

/// The longest time for an answer.
const SECONDS: u64 = 300;
/// The most characters of a client's error.
const CHARACTERS: usize = 200;

/// Asks a question, and waits for its answer.
pub(super) async fn ask(peer: &Peer<RoleServer>, question: &Question) -> Answer {
    let request = mcp::ServerRequest::ElicitRequest(form::request(&question.text));
    let handle = match peer.send_request_with_option(request, PeerRequestOptions::no_options()).await {
        Ok(handle) => handle,
        Err(error) => return failed(&error),
    };
    let mut open = OpenQuestion(Some(handle));
    let Some(handle) = &mut open.0 else { return Answer::No(NoConsent::Silent(SECONDS)) };
    let Ok(answered) = timeout(Duration::from_secs(SECONDS), &mut handle.rx).await else {
        return Answer::No(NoConsent::Silent(SECONDS));
    };
    open.0 = None;
    match answered {
        Ok(Ok(mcp::ClientResult::ElicitResult(result))) => form::answer(&result),
        Ok(Ok(_)) => Answer::No(NoConsent::Unclear("it has no `action`")),
        Ok(Err(error)) => failed(&error),
        Err(_) => failed(&ServiceError::TransportClosed),
    }
}

fn failed(error: &ServiceError) -> Answer {
    let line = Safe::line(&error.to_string());
    Answer::No(NoConsent::Failed(line.map(|line| line.chars().take(CHARACTERS).collect())))
}

/// A question without an answer, which the client is told to withdraw when nobody waits for it any more.
struct OpenQuestion(Option<RequestHandle<RoleServer>>);

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            tokio::spawn(async move { _ = handle.cancel(Some("nobody waits for the answer".to_owned())).await });
        }
    }
}
