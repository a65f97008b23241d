//! A person's consent to calls, through the client: which calls are asked about, and the way to ask in each era of the
//! protocol. A client without forms cannot ask, and its calls go on.

mod elicitation;
mod form;
mod round_trip;

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use dockwright::operation::Annotations;
use rmcp::RoleServer;
use rmcp::model as mcp;
use rmcp::service::RequestContext;
use tokio::sync::Semaphore;

use crate::audit::Client;
use crate::consent::{Answer, Consent, NoConsent, Question};
use crate::settings::Confirm;

use round_trip::RoundTrips;

pub(super) use round_trip::Retry;

/// The most questions that wait for an answer at a time.
const OPEN: usize = 64;

/// The questions of all sessions of a server.
pub(super) struct Confirmations {
    confirm: Confirm,
    round_trips: RoundTrips,
    open: Semaphore,
}

impl Confirmations {
    pub(super) fn new(confirm: Confirm) -> Self {
        Confirmations { confirm, round_trips: RoundTrips::default(), open: Semaphore::new(OPEN) }
    }

    pub(super) fn with_policy(self, confirm: Confirm) -> Self {
        Confirmations { confirm, ..self }
    }

    pub(super) fn with_key(self, key: &[u8]) -> Self {
        Confirmations { round_trips: RoundTrips::with_key(key), ..self }
    }

    /// The means to ask about one request; `None` if nobody is asked, or the client cannot.
    pub(super) fn of_request<'a>(
        &'a self,
        context: &'a RequestContext<RoleServer>,
        client: &Client,
        retry: Retry,
    ) -> Option<ClientConsent<'a>> {
        if self.confirm == Confirm::Never || !form::is_offered(context) {
            return None;
        }
        let known = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let client = [known(client.token.as_deref()), known(client.name.as_deref())].join("\n");
        let question = Mutex::default();
        Some(ClientConsent { confirmations: self, context, client, retry, question })
    }
}

/// Tells whether tools with these hints are asked about.
fn is_asked_about(confirm: Confirm, hints: Annotations) -> bool {
    match confirm {
        Confirm::Never => false,
        Confirm::Destructive => hints.destructive && !hints.read_only,
        Confirm::Writes => !hints.read_only,
    }
}

/// Asks the client of one request.
pub(super) struct ClientConsent<'a> {
    confirmations: &'a Confirmations,
    context: &'a RequestContext<RoleServer>,
    client: String,
    /// The answer that the request brings.
    retry: Retry,
    /// The question that is the answer to the request.
    question: Mutex<Option<mcp::InputRequiredResult>>,
}

impl ClientConsent<'_> {
    /// The question that is the answer to the request; `None` if the call has another.
    pub(super) fn into_question(self) -> Option<mcp::InputRequiredResult> {
        self.question.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask_client(&self, question: &Question) -> Answer {
        let version = self.context.protocol_version();
        if version.is_some_and(|version| version >= mcp::ProtocolVersion::V_2026_07_28) {
            return match self.confirmations.round_trips.answer(question, &self.client, &self.retry) {
                Ok(answer) => answer,
                Err(asked) => {
                    *self.question.lock().unwrap_or_else(PoisonError::into_inner) = Some(*asked);
                    Answer::No(NoConsent::Pending)
                }
            };
        }
        match self.confirmations.open.try_acquire() {
            Ok(_place) => elicitation::ask(&self.context.peer, question).await,
            Err(_) => Answer::No(NoConsent::Busy(OPEN)),
        }
    }
}

impl Consent for ClientConsent<'_> {
    fn is_needed(&self, hints: Annotations) -> bool {
        is_asked_about(self.confirmations.confirm, hints)
    }

    fn ask<'a>(&'a self, question: &'a Question) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(self.ask_client(question))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Entry;
    use crate::catalogue::exposure::Exposure;
    use crate::settings::Settings;

    #[test]
    fn each_policy_asks_about_the_tools_with_its_hints() {
        let exposure = Exposure::new(&Settings::default()).unwrap();
        let asked = |confirm, name| is_asked_about(confirm, Entry::find(name).unwrap().annotations(&exposure));
        for name in ["volume_delete", "container_prune", "exec_run", "container_recreate"] {
            assert!(asked(Confirm::Destructive, name) && asked(Confirm::Writes, name), "{name}");
        }
        assert!(!asked(Confirm::Destructive, "container_rename") && asked(Confirm::Writes, "container_rename"));
        for entry in Entry::all() {
            let hints = entry.annotations(&exposure);
            assert!(!is_asked_about(Confirm::Never, hints), "{}", entry.name());
            assert!(!hints.read_only || !is_asked_about(Confirm::Writes, hints), "{}", entry.name());
        }
    }
}
