//! The only function of the server that calls the engine, [`Access::call`]. It refuses an operation that is not exposed, so
//! that nothing above can forget to ask.

mod failure;
mod similar;

use std::sync::{Arc, OnceLock};

use dockwright::operation::Operation;
use dockwright::tools::Tool;
use dockwright::{Call, Engine, Error, Value, Version};
use serde_json::Map;

use crate::catalogue::exposure::{Exposure, NotExposed};
use crate::catalogue::{self, Composed, Entry};
use crate::files::AllowedFolders;
use crate::settings::Settings;

pub use failure::Failure;

/// The way to the engine, for one tool or for all. Clones share the engine.
#[derive(Clone)]
pub struct Access {
    shared: Arc<Shared>,
    /// The composed tool whose operations are let through; else those that are exposed.
    within: Option<Composed>,
}

struct Shared {
    settings: Settings,
    exposure: Exposure,
    folders: AllowedFolders,
    /// Made by the first call, so that a server starts whatever the environment says of the engine.
    engine: OnceLock<Engine>,
}

impl Access {
    /// Access to the engine that the settings or the environment name.
    ///
    /// # Errors
    /// If the settings name tags, tools or folders that do not exist.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let exposure = Exposure::new(&settings)?;
        let folders = AllowedFolders::new(&settings)?;
        Ok(Access { shared: Arc::new(Shared { settings, exposure, folders, engine: OnceLock::new() }), within: None })
    }

    /// The same access to another engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        let Shared { settings, exposure, folders, .. } = &*self.shared;
        let engine = engine.allow_newer(settings.allow_newer).into();
        let (settings, exposure, folders) = (settings.clone(), exposure.clone(), folders.clone());
        Access { shared: Arc::new(Shared { settings, exposure, folders, engine }), within: self.within }
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// The tools that may be called.
    #[must_use]
    pub fn exposure(&self) -> &Exposure {
        &self.shared.exposure
    }

    /// The folders of the host that calls may use.
    #[must_use]
    pub fn folders(&self) -> &AllowedFolders {
        &self.shared.folders
    }

    /// The API version that is spoken with the engine, once a call has asked for it.
    #[must_use]
    pub fn spoken(&self) -> Option<Version> {
        self.shared.engine.get()?.known_api_version()
    }

    /// The tool of a name, if it may be called.
    ///
    /// # Errors
    /// [`Failure::Unknown`] and [`Failure::NotExposed`].
    pub fn find(&self, name: &str) -> Result<Entry, Failure> {
        let entry = Entry::find(name).ok_or_else(|| Failure::unknown(name, self.exposure()))?;
        entry.check(self.exposure())?;
        Ok(entry)
    }

    /// Access to the operations of a composed tool, whether they are exposed by themselves or not.
    ///
    /// # Errors
    /// [`Failure::NotExposed`], if the tool itself is not.
    pub(crate) fn within(&self, composed: Composed) -> Result<Self, Failure> {
        self.exposure().exposes_composed(composed)?;
        Ok(Access { within: Some(composed), ..self.clone() })
    }

    /// An operation that a composed tool uses.
    ///
    /// # Errors
    /// [`Failure::Request`], if it is not built into this server.
    pub(crate) fn operation(&self, name: &str) -> Result<&'static Tool, Failure> {
        catalogue::operation(name).ok_or_else(|| Failure::Request(format!("{name}: {}", NotExposed::NotBuilt)))
    }

    /// Whether [`Access::call`] lets an operation through.
    ///
    /// # Errors
    /// [`NotExposed`], whose text tells why.
    pub(crate) fn permits(&self, operation: &Operation) -> Result<(), NotExposed> {
        match self.within {
            Some(composed) if composed.operations().contains(&operation.name) => Ok(()),
            _ => self.exposure().exposes(operation),
        }
    }

    /// Begins a call of an operation.
    ///
    /// # Errors
    /// [`Failure::NotExposed`]; [`Failure::Engine`], as long as the engine's address cannot be used.
    pub(crate) fn call(&self, operation: &'static Operation) -> Result<Call<'_>, Failure> {
        self.permits(operation).map_err(|reason| Failure::NotExposed(operation.name, reason))?;
        match self.engine() {
            Ok(engine) => Ok(engine.call(operation)),
            Err(error) => Err(Failure::engine(error, operation, &[])),
        }
    }

    /// Calls an operation, and reads its answer as one JSON value.
    pub(crate) async fn json(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let call = self.call(operation)?.arguments(arguments.clone());
        let answer = match body {
            Some(body) => call.body(body).json().await,
            None => call.json().await,
        };
        self.explained(operation, &arguments, answer).await
    }

    /// The API version that is spoken with the engine, which is asked if no call has done so.
    pub(crate) async fn api_version(&self) -> dockwright::Result<Version> {
        self.engine()?.api_version().await
    }

    /// The engine, for questions about the connection to it.
    ///
    /// # Errors
    /// [`Error::Address`], as long as its address cannot be used.
    pub(crate) fn engine(&self) -> dockwright::Result<&Engine> {
        let Shared { settings, engine, .. } = &*self.shared;
        match engine.get() {
            Some(engine) => Ok(engine),
            None => {
                let connected = settings.host.as_deref().map_or_else(Engine::connect, Engine::connect_as_host)?;
                Ok(engine.get_or_init(|| connected.allow_newer(settings.allow_newer)))
            }
        }
    }

    /// Turns an error of the engine into a failure, with the names that may have been meant.
    pub(crate) async fn explain(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        error: Error,
    ) -> Failure {
        let similar = if error.is_not_found() { self.similar(operation, arguments).await } else { Vec::new() };
        Failure::engine(error, operation, &similar)
    }

    /// The outcome of a call, with its error turned into a failure.
    pub(crate) async fn explained<T>(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        outcome: dockwright::Result<T>,
    ) -> Result<T, Failure> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.explain(operation, arguments, error).await),
        }
    }
}
