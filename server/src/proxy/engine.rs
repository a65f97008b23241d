//! The engine behind the proxy: judges calls with its facts, and sends those that may pass.

use std::sync::Arc;

use dockwright::http::HeaderMap;
use dockwright::http::header::{ACCEPT, HeaderValue};
use dockwright::operation::Answer;
use dockwright::{Body, Credentials, Engine, Limits, Reply, Version};
use dockwright_policy::{Call, Policy};

use super::failure::Failure;
use crate::judge::{Denied, HostFiles, judge};
use crate::restrictions::Restriction;

/// The most connections to the engine, and as many again for logs.
const MAX_CONNECTIONS: usize = 2_048;

/// A function that sees each call that was answered, as the client made it, and the client's name for itself.
pub type Observer = Arc<dyn Fn(&Call, &str) + Send + Sync>;

/// The engine behind the proxy.
pub struct ProxiedEngine {
    engine: Engine,
    files: HostFiles,
    pub(super) name: Option<Arc<str>>,
    /// Restrictions that hold beside the policy.
    bounds: Vec<Arc<Restriction>>,
    observer: Option<Observer>,
}

impl ProxiedEngine {
    /// The engine of this name, if it has one, whose host has these files. Clients decide themselves how long they wait
    /// for an answer, and bring their own logins.
    #[must_use]
    pub fn new(engine: Engine, name: Option<Arc<str>>, files: HostFiles) -> Self {
        let limits = Limits::default().first_byte(None).idle(None).connections(MAX_CONNECTIONS);
        let engine = engine.with_limits(limits).with_credentials(Credentials::none());
        ProxiedEngine { engine, files, name, bounds: Vec::new(), observer: None }
    }

    /// Lets only calls pass that each of these restrictions allows too.
    #[must_use]
    pub fn bounded_by(self, bounds: Vec<Arc<Restriction>>) -> Self {
        ProxiedEngine { bounds, ..self }
    }

    /// Shows every call that is answered to a function.
    #[must_use]
    pub fn observed_by(self, observer: Observer) -> Self {
        ProxiedEngine { observer: Some(observer), ..self }
    }

    /// The address, for the audit trail.
    pub(super) fn address(&self) -> String {
        self.engine.address()
    }

    /// The newest API version that both the engine and this build know.
    pub(super) async fn version(&self) -> Result<Version, Failure> {
        self.engine.api_version().await.map_err(Failure::Engine)
    }

    /// Shows a call that is answered to the observer.
    pub(super) fn observe(&self, call: &Call, client: &str) {
        if let Some(observer) = &self.observer {
            observer(call, client);
        }
    }

    /// Returns the call as it may be sent.
    ///
    /// # Errors
    /// If the policy denies it, or if it cannot be judged.
    pub(super) async fn judge(&self, policy: &Policy, call: &Call) -> Result<Call, Failure> {
        let mut judged = self.judge_by(policy, call).await?;
        for bound in &self.bounds {
            judged = self.judge_by(&bound.policy, &judged).await?;
        }
        Ok(judged)
    }

    async fn judge_by(&self, policy: &Policy, call: &Call) -> Result<Call, Failure> {
        let changes = match judge(policy, call.request(), &self.engine, &self.files).await {
            Ok(changes) => changes,
            Err(Denied::Refused(refusal)) => return Err(Failure::Refused(refusal.for_client(call.operation))),
            Err(Denied::Undecided(error)) => return Err(Failure::Undecided(error)),
        };
        call.with_changes(&changes).map_err(Failure::Unfit)
    }

    /// Sends a call that may pass, and returns its answer once the head has arrived.
    pub(super) async fn send(&self, call: &Call, archive: Option<Body>, more: &HeaderMap) -> Result<Reply, Failure> {
        let mut request = self.engine.call(call.operation).arguments(call.arguments.clone()).at_version(call.version);
        if let Some(body) = &call.body {
            request = request.body(body);
        } else if let Some(archive) = archive {
            request = request.content(archive);
        }
        if call.operation.answer == Answer::JsonStream {
            // Every client reads this form, whichever others the engine knows.
            request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        }
        for (name, value) in more {
            request = request.header(name.clone(), value.clone());
        }
        request.answer().await.map_err(Failure::Engine)
    }
}
