//! The entry point of every call: a tool's name and arguments come in, the reply or the failure goes out, and a line
//! goes to the audit trail. It knows nothing of MCP. Dropping a call abandons it and closes its connection to the
//! engine.

use dockwright::{Engine, Value};
use serde_json::Map;

use crate::access::{Access, Failure};
use crate::audit::Audit;
use crate::catalogue::Entry;
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::run;
use crate::settings::Settings;
use crate::work::Registry;

/// Finds, audits and runs tools.
pub struct Dispatcher {
    access: Access,
    audit: Audit,
    registry: Registry,
}

impl Dispatcher {
    /// Dispatches calls to the engine named by the settings or the environment.
    ///
    /// # Errors
    /// If the settings name tags, tools or folders that do not exist.
    pub fn new(settings: Settings, audit: Audit) -> Result<Self, String> {
        Ok(Dispatcher { access: Access::new(settings)?, registry: Registry::new(audit.clone()), audit })
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

    /// Calls a tool.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model how to proceed.
    pub async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let target = Entry::find(name).and_then(|entry| entry.target(&arguments));
        let access = self.access.for_one_call();
        let line = self.audit.begin(name, target).with_facets(access.seen_facets().clone());
        let result = match access.find(name) {
            // Boxed, because the future of a call is large and moved often before it runs.
            Ok(entry) => progress.run(Box::pin(run::run(&access, &self.registry, entry, arguments, progress))).await,
            Err(failure) => Err(failure),
        };
        line.end(result.as_ref().map_or_else(Failure::outcome, |_| "ok".to_owned()));
        result
    }
}
