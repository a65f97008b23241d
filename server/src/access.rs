//! Access to the engine. [`Access::call`] is the only function that calls it for a model, and refuses an operation that
//! is not exposed, so that no caller can forget the check. [`Access::open_session`] opens what a build that has passed
//! needs.

mod failure;
mod judge;
mod session;
mod similar;
mod swarm;
mod versions;

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use dockwright::http::StatusCode;
use dockwright::operation::Operation;
use dockwright::tools::Tool;
use dockwright::{API_VERSION, Call, Engine, Error, Value, Version};
use serde_json::Map;

use crate::arguments;
use crate::catalogue::exposure::{Exposure, NotExposed};
use crate::catalogue::{self, Composed, Entry};
use crate::engines::{self, Address, Target};
use crate::facets::SeenFacets;
use crate::files::AllowedFolders;
use crate::reply::HintFacts;
use crate::restrictions::Restriction;
use crate::secrets::Safe;
use crate::settings::{Settings, builds};

use judge::{Denial, Draft};

pub use failure::Failure;
pub(crate) use session::SessionParts;
pub use swarm::Membership;

/// Access to one engine, for one composed tool or for all tools. Clones share the engine.
#[derive(Clone)]
pub struct Access {
    shared: Arc<Shared>,
    settings: Arc<Settings>,
    /// Permits the operations of this composed tool, beside those that are exposed.
    composed: Option<Composed>,
    /// The facets of the requests so far.
    seen: SeenFacets,
}

struct Shared {
    target: Target,
    folders: AllowedFolders,
    /// Set by the first call, so that a server starts even if the engine's address cannot be used.
    engine: OnceLock<Engine>,
}

impl Access {
    /// Access to each engine that the settings name, at least one, and warnings of contexts that are left out.
    ///
    /// # Errors
    /// If the settings name tags, tools, folders or engines that cannot be used.
    pub fn to_all(settings: Settings) -> Result<(Vec<Self>, Vec<String>), String> {
        builds::check_ids(&settings.build_secret, &settings.build_ssh)?;
        let (targets, warnings) = engines::targets(settings.clone())?;
        let folders = AllowedFolders::new(&settings)?;
        let accesses = targets.into_iter().map(|target| Access::new(target, &folders, OnceLock::new()));
        Ok((accesses.collect(), warnings))
    }

    fn new(target: Target, folders: &AllowedFolders, engine: OnceLock<Engine>) -> Self {
        let (settings, folders) = (Arc::clone(&target.settings), folders.read_only(target.settings.read_only));
        let shared = Arc::new(Shared { target, folders, engine });
        Access { shared, settings, composed: None, seen: SeenFacets::default() }
    }

    /// Replaces the engine.
    #[must_use]
    pub fn with_engine(&self, engine: Engine) -> Self {
        let Shared { target, folders, .. } = &*self.shared;
        Access::new(target.clone(), folders, target.configured(engine).into())
    }

    /// Access for one call, with facets of its own.
    #[must_use]
    pub fn for_one_call(&self) -> Self {
        Access { seen: SeenFacets::default(), ..self.clone() }
    }

    /// Access for a call whose reply has at most this many characters.
    #[must_use]
    pub fn with_max_reply(&self, max_reply: usize) -> Self {
        let settings = Settings { max_reply, ..Settings::clone(&self.settings) };
        Access { settings: Arc::new(settings), ..self.clone() }
    }

    /// The name of the engine; `None` for the only one of a server whose settings name none.
    #[must_use]
    pub fn name(&self) -> Option<&Arc<str>> {
        self.shared.target.name.as_ref()
    }

    /// The setting that leads to the engine.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.shared.target.address
    }

    /// The name of the engine, else that of the docker CLI's context that leads to it.
    #[must_use]
    pub fn context(&self) -> Option<String> {
        let context = || {
            let origin = self.engine().ok()?.address_origin();
            let (name, _) = origin.strip_prefix("context `")?.split_once('`')?;
            Some(Safe::line(name).into_inner())
        };
        self.name().map(|name| (**name).to_owned()).or_else(context)
    }

    /// The engine's address for a model, without a user's name.
    ///
    /// # Errors
    /// [`Error::Address`], if it cannot be used.
    pub fn shown_address(&self) -> dockwright::Result<Safe<String>> {
        let address = self.engine()?.address();
        let host = address.split_once("://").and_then(|(scheme, rest)| {
            let (user, host) = rest.split_once('@').filter(|(user, _)| !user.contains('/'))?;
            (!user.is_empty()).then(|| format!("{scheme}://{host}"))
        });
        Ok(Safe::line(&host.unwrap_or(address)))
    }

    /// The facets of all requests of this call.
    #[must_use]
    pub fn seen_facets(&self) -> &SeenFacets {
        &self.seen
    }

    /// The settings of calls to this engine.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The tools that may be called.
    #[must_use]
    pub fn exposure(&self) -> &Arc<Exposure> {
        &self.shared.target.exposure
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
        let entry = Entry::find(name).ok_or_else(|| Failure::unknown(name, Entry::exposed(self.exposure())))?;
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
        self.exposure().exposes_within(operation, self.composed_with(operation))
    }

    /// The composed tool that this is access for, if it uses the operation.
    fn composed_with(&self, operation: &Operation) -> Option<Composed> {
        self.composed.filter(|composed| composed.operations().contains(&operation.name))
    }

    /// Begins a call of an operation, after each restriction has judged its request, with the changes that they want.
    ///
    /// # Errors
    /// [`Failure::NotExposed`], [`Failure::Denied`] and [`Failure::Absent`]; [`Failure::Engine`] if the engine's
    /// address cannot be used.
    pub(crate) async fn call(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<Call<'_>, Failure> {
        let draft = self.judged(operation, arguments, body).await?;
        let engine = self.engine().map_err(|error| self.failure(error, operation))?;
        let call = engine.call(operation).arguments(draft.arguments);
        Ok(match draft.body {
            Some(body) => call.body(&*body),
            None => call,
        })
    }

    /// Judges a request that another program is to make of the engine.
    ///
    /// # Errors
    /// The errors of [`Access::call`].
    pub(crate) async fn judge(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<(), Failure> {
        self.judged(operation, arguments, body).await.map(drop)
    }

    async fn judged<'b>(
        &self,
        operation: &'static Operation,
        arguments: Map<String, Value>,
        body: Option<&'b Value>,
    ) -> Result<Draft<'b>, Failure> {
        self.permits(operation).map_err(|reason| Failure::NotExposed(operation.name, reason))?;
        let engine = self.engine().map_err(|error| self.failure(error, operation))?;
        let mut draft = Draft { operation, arguments, body: body.map(Cow::Borrowed) };
        let exposure = self.exposure();
        let restrictions = exposure.restrictions(self.composed_with(operation)).map(|restriction| &**restriction);
        // Boxed, because the future is large and mostly ready at once.
        if let Err(denial) = Box::pin(draft.judge(restrictions, engine, &self.seen)).await {
            return Err(self.denied(&draft, denial).await);
        }
        Ok(draft)
    }

    /// The restrictions of every request that this is access for, whichever operation it is of.
    pub(crate) fn restrictions(&self) -> Vec<Arc<Restriction>> {
        self.exposure().restrictions(self.composed).cloned().collect()
    }

    /// Checks that the engine's API version knows all parts of a request. It is not judged, because it is not sent: a
    /// patch is judged when it is a whole.
    ///
    /// # Errors
    /// [`Failure::Engine`], with the parts that it does not know.
    pub(crate) async fn check_version(
        &self,
        operation: &'static Operation,
        arguments: &Map<String, Value>,
        body: Option<&Value>,
    ) -> Result<(), Failure> {
        let engine = self.engine().map_err(|error| self.failure(error, operation))?;
        let call = engine.call(operation).arguments(arguments.clone());
        let call = if let Some(body) = body { call.body(body) } else { call };
        let known = call.check().await;
        self.explain_result(operation, arguments, known).await
    }

    /// The failure of a request that is not sent. An object that the caller must not know fails as one that the engine
    /// has not.
    async fn denied(&self, draft: &Draft<'_>, denial: Denial) -> Failure {
        let operation = draft.operation;
        match denial {
            Denial::Refused(rule, words) => Failure::Denied { operation: operation.name, rule, words },
            Denial::Absent(rule, message) => {
                let (status, endpoint) = (StatusCode::NOT_FOUND, operation.endpoint().to_string());
                let error = Error::Api { operation: operation.name, endpoint, status, message };
                Failure::Absent {
                    rule,
                    failure: Box::new(self.explain_boxed(operation, &draft.arguments, error).await),
                }
            }
            Denial::Undecided(error) => self.failure(error, operation),
        }
    }

    /// [`Access::explain`] for [`Access::call`], which reads similar names by a call again.
    fn explain_boxed<'a>(
        &'a self,
        operation: &'static Operation,
        arguments: &'a Map<String, Value>,
        error: Error,
    ) -> Pin<Box<dyn Future<Output = Failure> + Send + 'a>> {
        Box::pin(self.explain(operation, arguments, error))
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

    /// The newest API version that the engine speaks, whichever is in use; `None` if it does not answer.
    pub(crate) async fn newest_api_version(&self) -> Option<Version> {
        let engine = self.engine().ok()?;
        let used = engine.api_version().await.ok()?;
        Some(engine.newest_api_version().unwrap_or(used))
    }

    /// Returns true if the engine speaks a version that this build does not know.
    pub(crate) async fn speaks_newer(&self) -> bool {
        self.newest_api_version().await.is_some_and(|newest| Some(newest) > API_VERSION.parse().ok())
    }

    /// The engine, for facts about its address and connection.
    ///
    /// # Errors
    /// [`Error::Address`], if its address cannot be used.
    pub(crate) fn engine(&self) -> dockwright::Result<&Engine> {
        let Shared { target, engine, .. } = &*self.shared;
        match engine.get() {
            Some(engine) => Ok(engine),
            None => {
                let made = target.engine()?;
                Ok(engine.get_or_init(|| made))
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
        let swarm = self.swarm_hint(operation, &error).await;
        self.failure_with(error, operation, similar.as_deref(), swarm.as_deref())
    }

    /// A failure for an error of the engine.
    fn failure(&self, error: Error, operation: &Operation) -> Failure {
        self.failure_with(error, operation, None, None)
    }

    /// Such a failure. `similar` tells what a name that was not found may mean, and `swarm` what the engine's swarm has
    /// to do with it.
    fn failure_with(&self, error: Error, operation: &Operation, similar: Option<&str>, swarm: Option<&str>) -> Failure {
        let exposed = |tool: &Operation| self.exposure().exposes(tool).is_ok();
        let withholds_logins = self.settings.no_credentials;
        let build = arguments::takes_session(operation).then(|| self.build_hint(&error)).flatten();
        let facts = HintFacts { similar, swarm, build: build.as_deref(), exposed: &exposed, withholds_logins };
        Failure::engine(error, operation, facts)
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
