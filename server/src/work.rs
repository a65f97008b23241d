//! Work that outlives its caller: calls that run in tasks of their own, by name. Others list, join and cancel them, and
//! outcomes are kept for a while. All sessions of a process share one registry.
//!
//! # Joining and cancelling
//! Cancelling a call closes its connection to the engine, unless somebody else has asked for the work: a call with
//! `detach` asks that it run on, and an identical call that joined it still waits. A client that cancels because its
//! own time ran out has not taken its request back: the call runs on as if it had been detached. So the next identical
//! pull joins one that was started with `detach`, or on which a client gave up. It starts nothing and says so in a
//! note.
//!
//! A call may be joined by identical ones if it is idempotent, destroys nothing and sends no files. For others the
//! second request may mean something else than the first: a tag may have moved between two pushes, a folder may have
//! changed between two builds.

mod ending;
mod item;
mod outcome;
mod shelf;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use crate::access::Failure;
use crate::arguments::CheckedArguments;
use crate::audit::{Audit, AuditEntry, CallFacts};
use crate::progress::{Patience, Progress};
use crate::reply::ToolReply;

pub use item::{Work, WorkCall};
pub use outcome::{End, Outcome};

use ending::Ending;
use item::Status;
use shelf::{Item, RUNNING, Shelf};

/// The most names in a message.
const NAMES: usize = 5;

/// The work of a process. Clones share it.
#[derive(Clone)]
pub struct Registry {
    shelf: Arc<Mutex<Shelf>>,
    audit: Audit,
    /// The call that starts or joins work.
    facts: Arc<CallFacts>,
    /// The process goes on after a call.
    lasts: bool,
}

/// Work that a call has started or found.
pub struct WorkTicket {
    /// The work.
    pub work: Arc<Work>,
    /// It ran already.
    pub found: bool,
    hold: Hold,
}

impl WorkTicket {
    /// The ticket of a caller with this patience: if it runs out, the work goes on.
    #[must_use]
    pub fn with_patience(mut self, patience: &Patience) -> Self {
        self.hold.patience = patience.clone();
        self
    }
}

impl Registry {
    /// A registry without work. The audit trail has a line when work begins to run detached and one when it ends.
    #[must_use]
    pub fn new(audit: Audit) -> Self {
        Registry { shelf: Arc::default(), audit, facts: Arc::default(), lasts: true }
    }

    /// The audit trail of the calls.
    #[must_use]
    pub(crate) fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The registry for one call, whose facts are those of the work that it detaches.
    #[must_use]
    pub(crate) fn for_call(&self, facts: Arc<CallFacts>) -> Self {
        Registry { facts, ..self.clone() }
    }

    /// Refuses detached calls, because the process ends with the first call.
    #[must_use]
    pub fn for_one_call(self) -> Self {
        Registry { lasts: false, ..self }
    }

    /// Starts a call as work, or joins an identical one that runs. Work that is not `detached` ends when nobody waits
    /// for it any longer.
    ///
    /// # Errors
    /// [`Failure::Request`], if the process ends too soon, or too many calls run detached; [`Failure::Unaudited`].
    pub fn start<F>(
        &self,
        call: WorkCall,
        identity: Option<CheckedArguments>,
        detached: bool,
        run: impl FnOnce(Progress) -> F,
    ) -> Result<WorkTicket, Failure>
    where
        F: Future<Output = Result<ToolReply, Failure>> + Send + 'static,
    {
        if detached && !self.lasts {
            let problem = format!("{}: `detach` is for a session: this process ends with the call", call.tool);
            return Err(Failure::Request(problem));
        }
        let mut shelf = self.shelf();
        shelf.sweep();
        let has_room = !detached || shelf.running().len() < RUNNING;
        if let Some(item) = identity.as_ref().and_then(|identity| shelf.identical(self.engine(), call.tool, identity)) {
            if detached && !item.detached && !has_room {
                return Err(too_many(&call, &shelf));
            }
            if detached {
                self.detach(item)?;
            }
            return Ok(self.join(item, true));
        }
        if !has_room {
            return Err(too_many(&call, &shelf));
        }
        shelf.begun += 1;
        let name = format!("{}-{}", call.tool, shelf.begun);
        let entry = detached.then(|| self.begin_entry(&name, &call)).transpose()?;
        // The shelf stays locked until the work lies on it, so that its end finds it there.
        let work = Arc::new(self.spawn(name, call, run));
        let mut item = Item { work, identity, detached, entry, waiting: 0 };
        let joined = self.join(&mut item, false);
        shelf.add(item);
        Ok(joined)
    }

    /// Joins running work of a tool with these arguments.
    #[must_use]
    pub fn find_identical(&self, tool: &str, identity: &CheckedArguments) -> Option<WorkTicket> {
        Some(self.join(self.shelf().identical(self.engine(), tool, identity)?, true))
    }

    /// Joins the work of this name.
    ///
    /// # Errors
    /// [`Failure::Request`], which names the work that there is.
    pub fn find(&self, name: &str) -> Result<WorkTicket, Failure> {
        let mut shelf = self.shelf();
        shelf.sweep();
        if let Some(item) = shelf.find(name).filter(|item| item.work.engine.as_deref() == self.engine()) {
            return Ok(self.join(item, true));
        }
        let all = self.of_engine(shelf.all());
        let known = match all.as_slice() {
            [] => "no call runs detached, and no outcome is kept".to_owned(),
            all => format!("there is {}", names(all.iter())),
        };
        let name: String = name.chars().take(64).collect();
        Err(Failure::Request(format!("no work is named `{name}`; {known}; outcomes are kept for an hour")))
    }

    /// All work on the call's engine: that which runs, then the newest outcomes.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Work>> {
        let mut shelf = self.shelf();
        shelf.sweep();
        self.of_engine(shelf.all())
    }

    fn of_engine(&self, mut all: Vec<Arc<Work>>) -> Vec<Arc<Work>> {
        all.retain(|work| work.engine.as_deref() == self.engine());
        all
    }

    /// The name of the call's engine.
    fn engine(&self) -> Option<&str> {
        self.facts.engine_name.as_deref()
    }

    /// Cancels all detached work at the end of the process, and names it: `image_create-1 (34 s)`.
    #[must_use]
    pub fn stop(&self) -> Vec<String> {
        let running: Vec<_> = self.shelf().running().into_iter().map(Arc::clone).collect();
        running.iter().for_each(|work| work.task.abort());
        running.iter().map(|work| format!("{} ({} s)", work.name, work.elapsed().as_secs())).collect()
    }

    /// Lets work run on without a caller.
    fn detach(&self, item: &mut Item) -> Result<(), Failure> {
        if !item.detached {
            item.entry = Some(self.begin_entry(&item.work.name, &item.work.call)?);
            item.detached = true;
        }
        Ok(())
    }

    /// Writes the first audit line of work, which may be that of another call than this one.
    fn begin_entry(&self, name: &str, call: &WorkCall) -> Result<AuditEntry, Failure> {
        let (work, facets) = (Some(name.to_owned()), call.facets.clone());
        let facts = CallFacts { work, facets, ..CallFacts::clone(&self.facts) };
        let unaudited = |error| Failure::Unaudited { tool: self.facts.tool.clone(), error };
        self.audit.begin(Arc::new(facts)).map_err(unaudited)
    }

    fn spawn<F>(&self, name: String, call: WorkCall, run: impl FnOnce(Progress) -> F) -> Work
    where
        F: Future<Output = Result<ToolReply, Failure>> + Send + 'static,
    {
        let (sender, status) = watch::channel(Status::default());
        let sender = Arc::new(sender);
        let steps = Arc::clone(&sender);
        let run = run(Progress::with_listener(move |step| steps.send_modify(|status| status.last = step.message)));
        let begun = Instant::now();
        let shelf = Arc::clone(&self.shelf);
        let mut ending = Ending { name: name.clone(), begun, status: sender, shelf };
        let task = tokio::spawn(async move {
            let result = run.await;
            ending.end(match result {
                Ok(reply) => Outcome::Done(reply),
                Err(failure) => Outcome::Failed(Arc::new(failure)),
            });
        });
        let engine = self.facts.engine_name.clone();
        Work { name, call, engine, begun, status, task: task.abort_handle() }
    }

    fn join(&self, item: &mut Item, found: bool) -> WorkTicket {
        item.waiting += 1;
        let hold = Hold { registry: self.clone(), name: item.work.name.clone(), patience: Patience::default() };
        WorkTicket { work: Arc::clone(&item.work), found, hold }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a call that waits for work. Work that is not detached ends with the last of them.
struct Hold {
    registry: Registry,
    name: String,
    patience: Patience,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut shelf = self.registry.shelf();
        let runs_on = self.patience.has_run_out() && shelf.running().len() < RUNNING;
        let Some(item) = shelf.find(&self.name) else { return };
        item.waiting = item.waiting.saturating_sub(1);
        if runs_on {
            // Work whose audit line cannot be written, though it must be, ends instead.
            let _ = self.registry.detach(item);
        }
        if item.waiting > 0 || item.detached {
            return;
        }
        let work = Arc::clone(&item.work);
        shelf.remove(&self.name);
        // The end of the work takes the shelf.
        drop(shelf);
        work.task.abort();
    }
}

fn too_many(call: &WorkCall, shelf: &Shelf) -> Failure {
    let oldest = names(shelf.running().into_iter());
    Failure::Request(format!(
        "{}: not started: {RUNNING} calls run detached, the most at a time. `work_join` waits for one, `work_cancel` \
         ends one: {oldest}",
        call.tool
    ))
}

/// The first names of work, and the number of the others.
fn names<'a>(all: impl ExactSizeIterator<Item = &'a Arc<Work>>) -> String {
    let more = all.len().saturating_sub(NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named: Vec<_> = all.take(NAMES).map(|work| work.name.as_str()).collect();
    format!("{}{more}", named.join(", "))
}

#[cfg(test)]
mod tests;
