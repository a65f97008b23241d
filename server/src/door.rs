//! The one door: the name of a tool and its arguments in, the text of the reply or of the failure out. Whatever the way in,
//! an operation is reached only here: exposure is asked, arguments are checked, the engine is called, the reply is shaped,
//! and a line goes to the audit trail. It knows nothing of MCP. Dropping a call gives it up and closes its connection.

mod answer;
mod failure;
mod similar;
mod update;

use std::sync::OnceLock;
use std::time::Duration;

use dockwright::operation::{Operation, Place};
use dockwright::tools::{self, Tool};
use dockwright::{Engine, Error, Value, Version};
use serde_json::Map;

use crate::arguments::{self, Checked};
use crate::audit::Audit;
use crate::conveniences;
use crate::exposure::Exposure;
use crate::files::Allowed;
use crate::progress::Progress;
use crate::reply::{self, Shaped};
use crate::settings::Settings;

use answer::Attempted;
pub(crate) use answer::converse;
pub use failure::Failure;

/// The way to every operation.
pub struct Door {
    settings: Settings,
    exposure: Exposure,
    allowed: Allowed,
    audit: Audit,
    /// Made by the first call, so that a server starts whatever the environment says of the engine.
    engine: OnceLock<Engine>,
}

impl Door {
    /// A door to the engine that the settings or the environment name.
    ///
    /// # Errors
    /// If the settings name tags, tools or folders that there are not.
    pub fn new(settings: Settings, audit: Audit) -> Result<Self, String> {
        let exposure = Exposure::new(&settings, tools::ALL)?;
        let allowed = Allowed::new(&settings)?;
        Ok(Door { settings, exposure, allowed, audit, engine: OnceLock::new() })
    }

    /// The same door, to this engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        Door { engine: engine.allow_newer(self.settings.allow_newer).into(), ..self }
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

    /// The API version that is spoken with the engine, once a call has asked for it.
    #[must_use]
    pub fn spoken(&self) -> Option<Version> {
        self.engine.get()?.known_api_version()
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model what to do about it.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<Shaped, Failure> {
        if let Some(convenience) = conveniences::named(name) {
            let entry = self.audit.begin(name, arguments.get("id").and_then(Value::as_str));
            let result = progress.through(Box::pin(convenience.call(self, arguments, progress))).await;
            entry.end(result.as_ref().map_or_else(Failure::outcome, |_| "ok".to_owned()));
            return result;
        }
        let found = self.find(name);
        let entry = self.audit.begin(name, found.as_ref().ok().and_then(|tool| target(tool.operation, &arguments)));
        let result = match found {
            // Boxed like what is rare in it: a call is moved through many hands before it runs.
            Ok(tool) => progress.through(Box::pin(self.pass(tool, arguments, progress))).await,
            Err(failure) => Err(failure),
        };
        entry.end(result.as_ref().map_or_else(Failure::outcome, |_| "ok".to_owned()));
        result
    }

    /// The exposed tool of a name.
    pub(crate) fn find(&self, name: &str) -> Result<&'static Tool, Failure> {
        let tool = tools::ALL.iter().find(|tool| tool.operation.name == name);
        let tool = tool.ok_or_else(|| Failure::unknown(name, &self.exposure))?;
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
                let engine = self.settings.host.as_deref().map_or_else(Engine::connect, Engine::connect_as_host)?;
                Ok(self.engine.get_or_init(|| engine.allow_newer(self.settings.allow_newer)))
            }
        }
    }

    async fn pass(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<Shaped, Failure> {
        let operation = tool.operation;
        if !tool.refusal.is_empty() {
            return Err(Failure::Request(format!("{}: {}", operation.name, tool.refusal)));
        }
        let checked = arguments::check(tool, arguments)?;
        if checked.own.preview {
            let seconds = checked.own.limit_seconds;
            let preview = Box::pin(conveniences::preview(self, tool, checked, progress));
            let Some(seconds) = seconds else { return preview.await };
            let late = Failure::Limit { operation: operation.name, seconds, given_up: "Nothing was deleted." };
            return tokio::time::timeout(Duration::from_secs(seconds), preview).await.unwrap_or(Err(late));
        }
        let mut result = self.attempt(tool, checked.clone(), progress).await;
        for _ in 0..update::ATTEMPTS_MORE {
            match &result {
                Err(Attempted::Failed(error)) if update::is_overtaken(operation, &checked, error) => {
                    result = self.attempt(tool, checked.clone(), progress).await;
                }
                _ => break,
            }
        }
        match result {
            Ok(shaped) => Ok(shaped),
            Err(Attempted::Refused(failure)) => Err(failure),
            Err(Attempted::Failed(error)) => Err(Box::pin(self.explain(operation, &checked.arguments, error)).await),
            Err(Attempted::Broken(error, output)) => {
                Err(Box::pin(self.explain(operation, &checked.arguments, error)).await.after(&output))
            }
        }
    }

    async fn attempt(&self, tool: &Tool, mut checked: Checked, progress: &Progress) -> Result<Shaped, Attempted> {
        Box::pin(self.complete_update(tool.operation, &mut checked)).await?;
        Box::pin(self.answer(tool, checked, progress)).await
    }

    /// A failure of the engine in words, with the names that may have been meant.
    pub(crate) async fn explain(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        error: Error,
    ) -> Failure {
        let similar = if error.is_not_found() { self.similar(operation, arguments).await } else { Vec::new() };
        let text = reply::failure(&error, operation, &similar);
        Failure::Engine { error, text }
    }
}

/// What a call is aimed at: the value of its path argument.
fn target<'a>(operation: &Operation, arguments: &'a Map<String, Value>) -> Option<&'a str> {
    let parameter = operation.parameters.iter().find(|parameter| parameter.place == Place::Path)?;
    arguments.get(parameter.name)?.as_str()
}
