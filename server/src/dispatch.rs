//! The entry point of every call: a tool's name and arguments come in, the reply or the failure goes out, and two lines
//! for each engine go to the audit trail. A call waits for its turn if many are under way. Below here, nothing knows
//! that there may be several engines; nothing here knows MCP. Dropping a call abandons it and closes its connections.

mod confirm;
mod engine_list;
mod engines;
mod names;
mod question;
mod together;
mod turn;

use std::sync::{Arc, Mutex, PoisonError};

use dockwright::{Engine, Value};
use serde_json::Map;

use crate::access::{Access, Failure};
use crate::arguments::outline;
use crate::audit::{Audit, AuditEntry, CallFacts, Client};
use crate::catalogue::Entry;
use crate::consent::Consent;
use crate::progress::Progress;
use crate::reply::ToolReply;
use crate::run;
use crate::secrets::Safe;
use crate::settings::Settings;
use crate::together::run_all;
use crate::turns::{Turn, Turns};
use crate::work::Registry;

use confirm::Unconfirmed;
use engines::Choice;
use together::{Limits, combine};
use turn::turn;

pub use engine_list::{ENGINE_LIST, GREP, exposes};
pub use engines::{ENGINE, EVERY_ENGINE, Engines};

/// The circumstances of a call to one engine.
struct CallContext<'a> {
    client: Client,
    progress: &'a Progress,
    /// The turns among which it waits; `None` for a part of a call that has its turn.
    turns: Option<&'a Turns>,
    /// The means to ask a person; `None` where nobody is asked.
    consent: Option<&'a dyn Consent>,
}

/// Finds, audits and runs tools.
pub struct Dispatcher {
    engines: Engines,
    settings: Settings,
    audit: Audit,
    registry: Registry,
    turns: Turns,
}

impl Dispatcher {
    /// Dispatches calls to the engines named by the settings, or to the one of the environment.
    ///
    /// # Errors
    /// If the settings name tags, tools, folders or engines that cannot be used.
    pub fn new(settings: Settings, audit: Audit) -> Result<Self, String> {
        let engines = Engines::new(settings.clone())?;
        let requires_audit = engines.all().iter().any(|access| access.exposure().requires_audit());
        if requires_audit && audit.is_nowhere() {
            return Err("the policy requires an audit trail: give its file with --audit FILE".to_owned());
        }
        let audit = if requires_audit { audit.required(true) } else { audit };
        let registry = Registry::new(audit.clone());
        Ok(Dispatcher { engines, settings, audit, registry, turns: Turns::default() })
    }

    /// Replaces the only engine.
    #[must_use]
    pub fn with_engine(mut self, engine: Engine) -> Self {
        self.engines.replace(None, &engine);
        self
    }

    /// Replaces the engine of this name.
    #[must_use]
    pub fn with_named_engine(mut self, name: &str, engine: Engine) -> Self {
        self.engines.replace(Some(name), &engine);
        self
    }

    /// Replaces the access to the engine at this place.
    #[must_use]
    pub fn with_access(mut self, place: usize, access: Access) -> Self {
        self.engines.replace_access(place, access);
        self
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

    /// The engines that calls are for.
    #[must_use]
    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    /// The settings of the whole server.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Waits for a short time until a call would get its turn at once.
    pub(crate) async fn has_turn(&self) -> bool {
        self.turns.is_free().await
    }

    /// Calls a tool for a client, of which the audit trail has the name, with the consent of a person if there are the
    /// means to ask. Among several engines, the argument `engine` names that of the call, or several that are asked
    /// beside each other.
    ///
    /// # Errors
    /// [`Failure`], whose text tells a model how to proceed.
    pub async fn call(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        client: Client,
        progress: &Progress,
        consent: Option<&dyn Consent>,
    ) -> Result<ToolReply, Failure> {
        if name == ENGINE_LIST && self.engines.are_several() {
            return self.list_engines(arguments, client, progress).await;
        }
        match self.engines.choose(name, &mut arguments) {
            Ok(Choice::One(access)) => {
                let context = CallContext { client, progress, turns: Some(&self.turns), consent };
                self.call_on(access, name, arguments, context).await
            }
            Ok(Choice::Several(chosen)) => self.call_each(&chosen, name, arguments, client, progress).await,
            Err(failure) => self.refuse(name, client, failure),
        }
    }

    /// Writes the first audit line of a call that is for no engine of its own.
    fn begin(&self, name: &str, client: Client) -> Result<AuditEntry, Failure> {
        let facts = Arc::new(CallFacts { client, tool: name.to_owned(), ..CallFacts::default() });
        self.audit.begin(facts).map_err(|error| Failure::Unaudited { tool: name.to_owned(), error })
    }

    /// Refuses a call that names no engine.
    fn refuse(&self, name: &str, client: Client, failure: Failure) -> Result<ToolReply, Failure> {
        self.begin(name, client)?.end(failure.audited());
        Err(failure)
    }

    /// Answers `engine_list`.
    async fn list_engines(
        &self,
        arguments: Map<String, Value>,
        client: Client,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let entry = self.begin(ENGINE_LIST, client)?;
        let list = engine_list::run(self.engines.all(), arguments, self.settings.max_reply);
        let result = progress.run(list).await;
        entry.end(result.as_ref().map_or_else(Failure::audited, ToolReply::audited));
        result
    }

    /// Calls a tool on several engines, in one turn, all at once: one that hangs or fails holds up none of the others.
    /// The room of a reply bounds their number.
    async fn call_each(
        &self,
        chosen: &[&Access],
        name: &str,
        mut arguments: Map<String, Value>,
        client: Client,
        progress: &Progress,
    ) -> Result<ToolReply, Failure> {
        let (limits, _turn) = match self.prepare_each(name, &mut arguments, chosen.len()).await {
            Ok(prepared) => prepared,
            Err(failure) => return self.refuse(name, client, failure),
        };
        let results: Vec<_> = chosen.iter().map(|_| Mutex::new(None)).collect();
        let call = async |(access, result): (&&Access, &Mutex<Option<Result<ToolReply, Failure>>>)| {
            let part = access.with_max_reply(limits.max_reply);
            let silent = Progress::default();
            // Only calls that change nothing are for several engines, so that nobody is asked.
            let context = CallContext { client: client.clone(), progress: &silent, turns: None, consent: None };
            let call = self.call_on(&part, name, arguments.clone(), context);
            let outcome = limits.run(name, call).await;
            *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            let is_done = |result: &&Mutex<Option<Result<ToolReply, Failure>>>| {
                result.lock().unwrap_or_else(PoisonError::into_inner).is_some()
            };
            progress.step(|| {
                let done = results.iter().filter(is_done).count();
                Safe::trusted(format!("{done} of {} engines", chosen.len()))
            });
        };
        progress.run(run_all(chosen.len(), chosen.iter().zip(&results).map(call))).await;
        let results = chosen.iter().zip(results).filter_map(|(access, result)| {
            Some((*access, result.into_inner().unwrap_or_else(PoisonError::into_inner)?))
        });
        combine(name, results.collect(), self.settings.max_reply)
    }

    /// Shares the limits of a call among engines, and waits for its turn.
    async fn prepare_each(
        &self,
        name: &str,
        arguments: &mut Map<String, Value>,
        engines: usize,
    ) -> Result<(Limits, Option<Turn<'_>>), Failure> {
        let entry = self.engines.find_tool(name)?;
        let limits = Limits::share(entry, arguments, self.settings.max_reply, engines)?;
        Ok((limits, turn(entry, Some(&self.turns)).await?))
    }

    /// Calls a tool on one engine.
    async fn call_on(
        &self,
        access: &Access,
        name: &str,
        mut arguments: Map<String, Value>,
        context: CallContext<'_>,
    ) -> Result<ToolReply, Failure> {
        let CallContext { client, progress, turns, consent } = context;
        let access = access.for_one_call();
        let facts = Arc::new(Dispatcher::facts(name, &arguments, client, &access));
        let record = facts.consent.clone();
        let unaudited = |error| Failure::Unaudited { tool: facts.tool.clone(), error };
        let entry = self.audit.begin(Arc::clone(&facts)).map_err(unaudited)?;
        let registry = self.registry.for_call(facts);
        let result = match access.find(name) {
            // Boxed, because the future of a call is large and moved often before it runs.
            Ok(tool) => {
                let call = async {
                    let is_needed = |consent: &&dyn Consent| consent.is_needed(tool.annotations(access.exposure()));
                    if let Some(consent) = consent.filter(is_needed) {
                        let (access, record) = (&access, &record);
                        let call = Unconfirmed { access, entry: tool, arguments: &arguments, turns, record };
                        if let Some(id) = Box::pin(call.obtain(consent)).await? {
                            run::name_by_id(&mut arguments, id);
                        }
                    }
                    let _turn = turn(tool, turns).await?;
                    run::run(&access, &registry, tool, arguments, progress).await
                };
                progress.run(Box::pin(call)).await
            }
            Err(failure) => Err(failure),
        };
        let result = result.map_err(|failure| self.engines.elsewhere(&access, name, failure));
        entry.end(result.as_ref().map_or_else(Failure::audited, ToolReply::audited));
        result
    }

    fn facts(name: &str, arguments: &Map<String, Value>, client: Client, access: &Access) -> CallFacts {
        let engine = access.engine().ok().map(Engine::address);
        let (engine_name, facets) = (access.name().cloned(), access.seen_facets().clone());
        let facts = CallFacts { client, engine, engine_name, tool: name.to_owned(), facets, ..CallFacts::default() };
        let Some(entry) = Entry::find(name) else { return facts };
        let outline = outline(entry, arguments);
        let target = entry.target(arguments).map(str::to_owned);
        CallFacts { target, asks: outline.names, other: outline.other, image: outline.image, ..facts }
    }
}
