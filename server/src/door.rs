//! The one door: the name of a tool and its arguments in, the text of the reply or of the failure out. Whatever the way in,
//! an operation is reached only here: exposure is asked, arguments are checked, the engine is called, the reply is shaped,
//! and a line goes to the audit trail. It knows nothing of MCP. Dropping a call gives it up and closes its connection.

mod failure;
mod similar;
mod update;

use std::sync::OnceLock;
use std::time::Duration;

use dockwright::operation::{Operation, Place};
use dockwright::tools::{self, Tool};
use dockwright::{Engine, Error, Reply, Value};
use serde_json::Map;

use crate::arguments::{self, Checked};
use crate::audit::Audit;
use crate::exposure::Exposure;
use crate::reply::{self, Shaped, Wanted};
use crate::settings::Settings;
use crate::surface;

pub use failure::Failure;

/// The way to every operation.
pub struct Door {
    settings: Settings,
    exposure: Exposure,
    audit: Audit,
    /// Made by the first call, so that a server starts whatever the environment says of the engine.
    engine: OnceLock<Engine>,
}

impl Door {
    /// A door to the engine that the settings or the environment name.
    ///
    /// # Errors
    /// If the settings name tags or tools that there are not.
    pub fn new(settings: Settings, audit: Audit) -> Result<Self, String> {
        let exposure = Exposure::new(&settings, tools::ALL)?;
        Ok(Door { settings, exposure, audit, engine: OnceLock::new() })
    }

    /// The same door, to this engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        Door { engine: engine.into(), ..self }
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What may pass.
    #[must_use]
    pub fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model what to do about it.
    pub async fn call(&self, name: &str, arguments: Map<String, Value>) -> Result<Shaped, Failure> {
        let found = self.find(name);
        let entry = self.audit.begin(name, found.as_ref().ok().and_then(|tool| target(tool.operation, &arguments)));
        let result = match found {
            // Boxed like what is rare in it: a call is moved through many hands before it runs.
            Ok(tool) => Box::pin(self.pass(tool, arguments)).await,
            Err(failure) => Err(failure),
        };
        entry.end(result.as_ref().map_or_else(Failure::outcome, |_| "ok".to_owned()));
        result
    }

    /// The exposed tool of a name.
    pub(crate) fn find(&self, name: &str) -> Result<&'static Tool, Failure> {
        let tool = tools::ALL.iter().find(|tool| tool.operation.name == name);
        let tool = tool.ok_or_else(|| Failure::unknown(name, &surface::exposed(&self.exposure)))?;
        match self.exposure.exposes(tool.operation) {
            Ok(()) => Ok(tool),
            Err(refusal) => Err(Failure::NotExposed(tool.operation.name, refusal)),
        }
    }

    /// The engine.
    ///
    /// # Errors
    /// [`Error::Address`], as long as what names it cannot be used.
    pub(crate) fn engine(&self) -> dockwright::Result<&Engine> {
        match self.engine.get() {
            Some(engine) => Ok(engine),
            None => {
                let engine = self.settings.host.as_deref().map_or_else(Engine::connect, Engine::connect_to)?;
                Ok(self.engine.get_or_init(|| engine))
            }
        }
    }

    async fn pass(&self, tool: &Tool, arguments: Map<String, Value>) -> Result<Shaped, Failure> {
        let operation = tool.operation;
        let checked = arguments::check(tool, arguments)?;
        let limit = checked.own.limit_seconds;
        let answer = async {
            let mut result = self.attempt(operation, checked.clone()).await;
            for _ in 0..update::ATTEMPTS_MORE {
                match &result {
                    Err(Attempted::Failed(error)) if update::is_overtaken(operation, &checked, error) => {
                        result = self.attempt(operation, checked.clone()).await;
                    }
                    _ => break,
                }
            }
            result
        };
        match within(limit, answer).await {
            Some(Ok(shaped)) => Ok(shaped),
            Some(Err(Attempted::Refused(failure))) => Err(failure),
            Some(Err(Attempted::Failed(error))) => {
                Err(Box::pin(self.explain(operation, &checked.arguments, error)).await)
            }
            None => Err(Failure::Limit(operation.name, limit.unwrap_or_default())),
        }
    }

    async fn attempt(&self, operation: &'static Operation, mut checked: Checked) -> Result<Shaped, Attempted> {
        Box::pin(self.complete_update(operation, &mut checked)).await.map_err(Attempted::Refused)?;
        let wanted = Wanted::new(&checked.own, &self.settings);
        let answer = async { reply::shape(self.send(operation, checked).await?, operation, &wanted).await };
        answer.await.map_err(Attempted::Failed)
    }

    async fn send(&self, operation: &'static Operation, checked: Checked) -> dockwright::Result<Reply> {
        let call = self.engine()?.call(operation).arguments(checked.arguments);
        match &checked.body {
            Some(body) => call.body(body).send().await,
            None => call.send().await,
        }
    }

    /// A failure of the engine in words, with the names that may have been meant.
    async fn explain(&self, operation: &'static Operation, arguments: &Map<String, Value>, error: Error) -> Failure {
        let similar = if error.is_not_found() { self.similar(operation, arguments).await } else { Vec::new() };
        let text = reply::failure(&error, operation, &similar);
        Failure::Engine { error, text }
    }
}

/// How an attempt ended that came to nothing.
enum Attempted {
    /// Before anything was sent.
    Refused(Failure),
    /// By the engine, or on the way to it.
    Failed(Error),
}

/// What comes within the caller's own limit.
async fn within<T>(seconds: Option<u64>, answer: impl Future<Output = T>) -> Option<T> {
    match seconds {
        Some(seconds) => tokio::time::timeout(Duration::from_secs(seconds), answer).await.ok(),
        None => Some(answer.await),
    }
}

/// What a call is aimed at: the value of its path argument.
fn target<'a>(operation: &Operation, arguments: &'a Map<String, Value>) -> Option<&'a str> {
    let parameter = operation.parameters.iter().find(|parameter| parameter.place == Place::Path)?;
    arguments.get(parameter.name)?.as_str()
}
