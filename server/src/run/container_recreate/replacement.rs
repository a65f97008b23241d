//! Puts a new container in the place of an old one, in an order in which nothing is lost: the old one is kept until the
//! new one does well, and comes back otherwise.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dockwright::{Error, Version};
use serde_json::{Map, Value, json};

use super::health::{Events, Unwell};
use super::pair::{Journal, Replacement, runs};
use super::rollback::roll_back;
use crate::access::Failure;
use crate::arguments;
use crate::reply::{self, ReplyOptions};
use crate::run::composed_call::object;
use crate::secrets::Safe;
use crate::unfinished::Cancellation;

/// The last lines that are shown of a container that failed, and their bytes.
const LINES: usize = 20;
const OUTPUT_BYTES: usize = 3_000;

/// A new container in the place of the old one.
#[derive(Debug)]
pub(super) struct Replaced {
    /// The answer of container_inspect.
    pub(super) inspect: Value,
    pub(super) state: &'static str,
    pub(super) warnings: Value,
    pub(super) version: Version,
    pub(super) notes: Vec<String>,
}

impl Replacement {
    /// Replaces the container. Whatever fails, and when it is cancelled, all is undone.
    pub(super) async fn run(self, cancellation: Cancellation) -> Result<Replaced, Failure> {
        let replacement = Arc::new(self);
        let journal = Arc::new(Mutex::new(Journal::default()));
        let advance = Advance {
            replacement: Arc::clone(&replacement),
            journal: Arc::clone(&journal),
            cancellation: cancellation.clone(),
        };
        // In a task of its own, so that a panic is undone too.
        let failure = match tokio::spawn(advance.run()).await {
            Ok(Ok(replaced)) => return Ok(replaced),
            Ok(Err(failure)) => failure,
            Err(_) => failed("a bug in dockwright; its log on stderr says more"),
        };
        let journal = locked(&journal).clone();
        let undone = roll_back(&replacement, journal).await;
        if cancellation.is_requested() {
            // Nobody reads the failure.
            eprintln!("dockwright: container_recreate {}: cancelled; {undone}", replacement.name());
        }
        Err(failure.with_note(&undone))
    }
}

/// The way to the new container.
struct Advance {
    replacement: Arc<Replacement>,
    journal: Arc<Mutex<Journal>>,
    cancellation: Cancellation,
}

impl Advance {
    async fn run(self) -> Result<Replaced, Failure> {
        let old = &*self.replacement;
        let created = self.create().await?;
        let id = created["Id"].as_str().unwrap_or_default();
        self.check_old().await?;
        self.connect(id).await?;
        let inspect = old.inspect(id).await?;
        if old.ran() {
            self.stop().await?;
        }
        self.rename(id).await?;
        let state = if old.ran() { self.start(id, &inspect).await? } else { "created" };
        // From here on the new one stays.
        let mut notes = Vec::new();
        let delete = object([("id", old.id().into()), ("v", false.into())]);
        if let Err(failure) = old.act("container_delete", delete, None).await {
            notes.push(format!("the old container is still there as {}: {failure}", old.old_name()));
        }
        // An answer that is lost now changes nothing.
        let inspect = old.inspect(id).await.unwrap_or(inspect);
        Ok(Replaced { inspect, state, warnings: created["Warnings"].clone(), version: old.version, notes })
    }

    /// Creates the new container beside the old one.
    async fn create(&self) -> Result<Value, Failure> {
        let old = &*self.replacement;
        self.step("creating the new container")?;
        let operation = old.access.operation("container_create")?.operation;
        let mut arguments = object([("name", old.new_name().into())]);
        arguments.extend(old.platform.as_ref().map(|platform| ("platform".to_owned(), platform.as_str().into())));
        locked(&self.journal).created = Some(old.new_name());
        // The engine knows what the patch says; the rest came from the engine itself.
        let call = old.access.call(operation, arguments.clone(), Some(&old.plan.body)).await?.allow_newer();
        let created = call.json::<Value>().await;
        if let Err(error) = &created
            && error.is_conflict()
        {
            // That container is somebody else's.
            locked(&self.journal).created = None;
        }
        let is_conflict = created.as_ref().is_err_and(Error::is_conflict);
        let created =
            old.access.explain_result(operation, &arguments, created).await.map_err(|failure| match is_conflict {
                true => failure.with_note(&format!(
                    "{} is of another container_recreate: wait for that, or delete it if none goes on",
                    old.new_name()
                )),
                false => failure,
            })?;
        locked(&self.journal).created = created["Id"].as_str().map(str::to_owned);
        Ok(created)
    }

    /// Refuses to go on if another call was quicker: the name of the new container keeps others away only from now on.
    async fn check_old(&self) -> Result<(), Failure> {
        let old = &*self.replacement;
        let now = old.inspect(old.id()).await?;
        if now["Name"] != old.old["Name"] || runs(&now) != old.ran() {
            return Err(failed("the container has changed meanwhile: look at it, and call again"));
        }
        Ok(())
    }

    async fn connect(&self, id: &str) -> Result<(), Failure> {
        for (network, endpoint) in &self.replacement.plan.connections {
            self.step("connecting its networks")?;
            let body = json!({ "Container": id, "EndpointConfig": endpoint });
            let network = object([("id", network.as_str().into())]);
            self.replacement.act("network_connect", network, Some(&body)).await?;
        }
        Ok(())
    }

    /// Stops the old container. That is never given up half-way: the engine would go on with it.
    async fn stop(&self) -> Result<(), Failure> {
        let old = &*self.replacement;
        self.step("stopping the old container")?;
        locked(&self.journal).stopped = true;
        locked(&self.journal).may_be_stopping = true;
        old.act("container_stop", object([("id", old.id().into())]), None).await?;
        locked(&self.journal).may_be_stopping = false;
        Ok(())
    }

    async fn rename(&self, id: &str) -> Result<(), Failure> {
        let old = &*self.replacement;
        self.step("giving it its name")?;
        locked(&self.journal).renamed = true;
        let rename = |id: &str, name: &str| object([("id", id.into()), ("name", name.into())]);
        old.act("container_rename", rename(old.id(), &old.old_name()), None).await?;
        old.act("container_rename", rename(id, old.name()), None).await
    }

    async fn start(&self, id: &str, inspect: &Value) -> Result<&'static str, Failure> {
        let old = &*self.replacement;
        self.step("starting the new container")?;
        // Open before the start, so that none is missed.
        let events = Events::open(&old.access, inspect).await?;
        old.act("container_start", object([("id", id.into())]), None).await?;
        self.step("waiting until it is healthy")?;
        let well = tokio::select! {
            biased;
            () = self.cancellation.requested() => return Err(failed("cancelled")),
            well = events.well(inspect, old.limit_seconds) => well,
        };
        match well {
            Ok(state) => Ok(state),
            Err(Unwell::Engine(failure)) => Err(failure),
            Err(Unwell::Container(words)) => Err(self.unwell(id, &words).await),
        }
    }

    /// The failure of a new container that did not do well, with what its check and itself said.
    async fn unwell(&self, id: &str, words: &str) -> Failure {
        let old = &*self.replacement;
        let mut failure = failed(&format!("the new container {words}"));
        if let Ok(inspect) = old.inspect(id).await
            && let Some(probe) = inspect["State"]["Health"]["Log"].as_array().and_then(|log| log.last())
        {
            let output = probe["Output"].as_str().unwrap_or_default().trim();
            failure = failure.with_note(&format!("its last check, exit code {}: {output}", probe["ExitCode"]));
        }
        match self.output(id).await {
            Ok(Some(output)) => failure.with_output(&output),
            Ok(None) => failure.with_note("it wrote nothing"),
            Err(_) => failure,
        }
    }

    /// The last lines of the new container, if it wrote any.
    async fn output(&self, id: &str) -> Result<Option<Safe<String>>, Failure> {
        let old = &*self.replacement;
        let logs = old.access.operation("container_logs")?;
        let arguments = object([("id", id.into()), ("limit_items", LINES.into())]);
        let checked = arguments::check(logs, arguments)?;
        let tail = checked.tail();
        let options =
            ReplyOptions { limit_items: Some(LINES), limit_bytes: Some(OUTPUT_BYTES), tail, ..old.options.clone() };
        let begun = old.access.call(logs.operation, checked.arguments, None).await?;
        let stream = old.access.explain_result(logs.operation, &Map::new(), begun.log_stream().await).await?;
        let shown = reply::read_output(stream, &options, "tail", &old.progress).await.reply;
        Ok(shown.is_framed().then(|| Safe::trusted(shown.to_string())))
    }

    /// Tells what is done next, unless nothing more is to be done.
    fn step(&self, words: &'static str) -> Result<(), Failure> {
        self.replacement.progress.step(|| Safe::trusted(words.to_owned()));
        if self.cancellation.is_requested() { Err(failed("cancelled")) } else { Ok(()) }
    }
}

/// A failure that is not the engine's.
fn failed(words: &str) -> Failure {
    Failure::Outcome(Safe::line(&format!("container_recreate: {words}")))
}

fn locked(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}
