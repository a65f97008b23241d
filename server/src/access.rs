//! Access to the engine. [`Access::call`] is the only function of the server that calls it, and refuses an operation
//! that is not exposed, so that no caller can forget the check.

mod failure;
mod judge;
mod similar;

use std::sync::{Arc, OnceLock};

use dockwright::operation::Operation;
use dockwright::tools::Tool;
use dockwright::{API_VERSION, Call, Credentials, Engine, Error, Value, Version};
use serde_json::Map;

use crate::catalogue::exposure::{Exposure, NotExposed};
use crate::catalogue::{self, Composed, Entry};
use crate::facets::SeenFacets;
use crate::files::AllowedFolders;
use crate::settings::Settings;

use judge::{Request, judge};

pub use failure::Failure;

/// Access to the engine, for one composed tool or for all tools. Clones share the engine.
#[derive(Clone)]
pub struct Access {
    shared: Arc<Shared>,
    /// Permits the operations of this composed tool, beside those that are exposed.
    composed: Option<Composed>,
    /// The facets of the requests so far.
    seen: SeenFacets,
}

struct Shared {
    settings: Settings,
    exposure: Exposure,
    folders: AllowedFolders,
    /// Set by the first call, so that a server starts even if the engine's address cannot be used.
    engine: OnceLock<Engine>,
}

impl Access {
    /// Access to the engine named by the settings or the environment.
    ///
    /// # Errors
    /// If the settings name tags, tools or folders that do not exist, or two engines.
    pub fn new(settings: Settings) -> Result<Self, String> {
        if settings.host.is_some() && settings.context.is_some() {
            return Err("--host and --context each name an engine: give one of them".to_owned());
        }
        let exposure = Exposure::new(&settings)?;
        let folders = AllowedFolders::new(&settings)?;
        let shared = Arc::new(Shared { settings, exposure, folders, engine: OnceLock::new() });
        Ok(Access { shared, composed: None, seen: SeenFacets::default() })
    }

    /// Replaces the engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        let Shared { settings, exposure, folders, .. } = &*self.shared;
        let engine = engine.allow_newer(settings.allow_newer).into();
        let (settings, exposure, folders) = (settings.clone(), exposure.clone(), folders.clone());
        let shared = Arc::new(Shared { settings, exposure, folders, engine });
        Access { shared, ..self }
    }

    /// Access for one call, with facets of its own.
    #[must_use]
    pub fn for_one_call(&self) -> Self {
        Access { seen: SeenFacets::default(), ..self.clone() }
    }

    /// The facets of all requests of this call.
    #[must_use]
    pub fn seen_facets(&self) -> &SeenFacets {
        &self.seen
    }

    /// The settings of the server.
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

    /// The API version in use with the engine, once a call has negotiated it.
    #[must_use]
    pub fn known_api_version(&self) -> Option<Version> {
        self.shared.engine.get()?.known_api_version()
    }

    /// Finds a tool that may be called.
    ///
    /// # Errors
    /// [`Failure::Unknown`] and [`Failure::NotExposed`].
    pub fn find(&self, name: &str) -> Result<Entry, Failure> {
        let entry = Entry::find(name).ok_or_else(|| Failure::unknown(name, self.exposure()))?;
        entry.check(self.exposure())?;
        Ok(entry)
    }

    /// Access that also permits the operations of a composed tool, even those that are not exposed by themselves.
    ///
    /// # Errors
    /// [`Failure::Withheld`], if the tool itself is not exposed.
    pub(crate) fn for_composed(&self, composed: Composed) -> Result<Self, Failure> {
        self.exposure().exposes_composed(composed)?;
        Ok(Access { composed: Some(composed), ..self.clone() })
    }

    /// Finds an operation that a composed tool uses.
    ///
    /// # Errors
    /// [`Failure::Request`], if the operation is not built into this server.
    pub(crate) fn operation(&self, name: &str) -> Result<&'static Tool, Failure> {
        catalogue::operations::find(name).ok_or_else(|| Failure::Request(format!("{name}: {}", NotExposed::NotBuilt)))
    }

    /// Checks that [`Access::call`] permits an operation.
    ///
    /// # Errors
    /// [`NotExposed`], whose text is the reason.
    pub(crate) fn permits(&self, operation: &Operation) -> Result<(), NotExposed> {
        match self.composed {
            Some(composed) if composed.operations().contains(&operation.name) => Ok(()),
            _ => self.exposure().exposes(operation),
        }
    }

    /// Begins a call of an operation, after its request was judged by its facets.
    ///
    /// # Errors
    /// [`Failure::NotExposed`] and [`Failure::Facets`]; [`Failure::Engine`] if the engine's address cannot be used.
    pub(crate) async fn call(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<Call<'_>, Failure> {
        self.permits(operation).map_err(|reason| Failure::NotExposed(operation.name, reason))?;
        let engine = self.engine().map_err(|error| Failure::engine(error, operation, None, self.exposure()))?;
        let request = Request { operation, arguments: &arguments, body };
        // Boxed, because the future is large and mostly ready at once.
        Box::pin(judge(request, engine, self.settings(), &self.seen)).await?;
        let call = engine.call(operation).arguments(arguments);
        Ok(match body {
            Some(body) => call.body(body),
            None => call,
        })
    }

    /// Calls an operation and reads its answer as one JSON value.
    pub(crate) async fn json(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let answer = self.call(operation, arguments.clone(), body).await?.json().await;
        self.explain_result(operation, &arguments, answer).await
    }

    /// The API version in use with the engine, negotiated if no call has done so.
    pub(crate) async fn api_version(&self) -> dockwright::Result<Version> {
        self.engine()?.api_version().await
    }

    /// Returns true if the engine speaks a version that this build does not know.
    pub(crate) async fn speaks_newer(&self) -> bool {
        let Ok(engine) = self.engine() else { return false };
        let Ok(_) = engine.api_version().await else { return false };
        engine.newest_api_version().is_some_and(|newest| Some(newest) > API_VERSION.parse().ok())
    }

    /// The engine, for facts about its address and connection.
    ///
    /// # Errors
    /// [`Error::Address`], if its address cannot be used.
    pub(crate) fn engine(&self) -> dockwright::Result<&Engine> {
        let Shared { settings, engine, .. } = &*self.shared;
        match engine.get() {
            Some(engine) => Ok(engine),
            None => {
                let connected = match (&settings.host, &settings.context) {
                    (Some(address), _) => Engine::connect_as_host(address)?,
                    (None, Some(name)) => Engine::connect_as_context(name)?,
                    (None, None) => Engine::connect()?,
                };
                let logins =
                    if settings.no_credentials { Credentials::none() } else { Credentials::from_docker_config() };
                Ok(engine.get_or_init(|| connected.allow_newer(settings.allow_newer).with_credentials(logins)))
            }
        }
    }

    /// Converts an error of the engine to a failure, which suggests similar names for one that was not found.
    pub(crate) async fn explain(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        error: Error,
    ) -> Failure {
        let similar = if error.is_not_found() { self.similar(operation, arguments).await } else { None };
        Failure::engine(error, operation, similar.as_deref(), self.exposure())
    }

    /// Converts the error in the result of a call to a failure.
    pub(crate) async fn explain_result<T>(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        result: dockwright::Result<T>,
    ) -> Result<T, Failure> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(self.explain(operation, arguments, error).await),
        }
    }
}
