//! The entry point of every call: a tool's name and arguments come in, the reply or the failure goes out, and two lines
//! go to the audit trail. A call waits for its turn if many are under way. Nothing here knows MCP. Dropping a call
//! abandons it and closes its connection to the engine.

use std::sync::Arc;

use dockwright::{Engine, Value};
use serde_json::Map;

use crate::access::{Access, Failure};
use crate::arguments::outline;
use crate::audit::{Audit, CallFacts};
use crate::catalogue::Entry;
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::run;
use crate::settings::Settings;
use crate::turns::Turns;
use crate::work::Registry;

/// Finds, audits and runs tools.
pub struct Dispatcher {
    access: Access,
    audit: Audit,
    registry: Registry,
    turns: Turns,
}

impl Dispatcher {
    /// Dispatches calls to the engine named by the settings or the environment.
    ///
    /// # Errors
    /// If the settings name tags, tools or folders that do not exist.
    pub fn new(settings: Settings, audit: Audit) -> Result<Self, String> {
        let (access, registry) = (Access::new(settings)?, Registry::new(audit.clone()));
        Ok(Dispatcher { access, audit, registry, turns: Turns::default() })
    }

    /// Replaces the engine.
    #[must_use]
    pub fn with_engine(self, engine: Engine) -> Self {
        Dispatcher { access: self.access.with_engine(engine), ..self }
    }

    /// Dispatches one call, after which the process ends: none may be detached.
    #[must_use]
    pub fn for_one_call(self) -> Self {
        Dispatcher { registry: self.registry.for_one_call(), ..self }
    }

    /// The calls that run without their callers.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The engine access of all calls.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Calls a tool for a client, of which the audit trail has the name.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model how to proceed.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        client: Option<String>,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let access = self.access.for_one_call();
        let facts = Arc::new(Dispatcher::facts(name, &arguments, client, &access));
        let unaudited = |error| Failure::Unaudited { tool: facts.tool.clone(), error };
        let entry = self.audit.begin(Arc::clone(&facts)).map_err(unaudited)?;
        let registry = self.registry.for_call(facts);
        let result = match access.find(name) {
            // Boxed, because the future of a call is large and moved often before it runs.
            Ok(tool) => progress.run(Box::pin(self.run(&access, &registry, tool, arguments, progress))).await,
            Err(failure) => Err(failure),
        };
        entry.end(result.as_ref().map_or_else(Failure::audited, ToolReply::audited));
        result
    }

    /// Runs a call when it is its turn.
    async fn run(
        &self,
        access: &Access,
        registry: &Registry,
        tool: Entry,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let _turn = match tool.answers_at_once() {
            true => None,
            false => Some(self.turns.take().await.map_err(|busy| Failure::Busy { tool: tool.name(), busy })?),
        };
        run::run(access, registry, tool, arguments, progress).await
    }

    fn facts(name: &str, arguments: &Map<String, Value>, client: Option<String>, access: &Access) -> CallFacts {
        let engine = access.engine().ok().map(Engine::address);
        let facets = access.seen_facets().clone();
        let facts = CallFacts { client, engine, tool: name.to_owned(), facets, ..CallFacts::default() };
        let Some(entry) = Entry::find(name) else { return facts };
        let outline = outline(entry, arguments);
        let target = entry.target(arguments).map(str::to_owned);
        CallFacts { target, asks: outline.names, other: outline.other, image: outline.image, ..facts }
    }
}
