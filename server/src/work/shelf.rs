//! The pieces of work of a process: those that run, and the outcomes of those that have ended, for a while.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::item::Work;
use crate::arguments::CheckedArguments;
use crate::audit::AuditEntry;

/// The most calls that run detached.
pub(super) const RUNNING: usize = 64;
/// The time that an outcome is kept.
pub(super) const KEPT: Duration = Duration::from_secs(3_600);
/// The most outcomes that are kept.
pub(super) const OUTCOMES: usize = 256;
/// The most bytes of these outcomes.
pub(super) const OUTCOME_BYTES: usize = 16 << 20;

/// The pieces of work, in the order in which they began.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) begun: u64,
    items: VecDeque<Item>,
}

/// A piece of work and those who wait for it.
pub(super) struct Item {
    pub(super) work: Arc<Work>,
    /// The arguments of a call that identical ones may join while it runs.
    pub(super) identity: Option<CheckedArguments>,
    /// Runs on without a caller.
    pub(super) detached: bool,
    /// Its entry in the audit trail, if it runs detached.
    pub(super) entry: Option<AuditEntry>,
    /// The number of calls that wait for it.
    pub(super) waiting: usize,
}

impl Shelf {
    pub(super) fn add(&mut self, item: Item) {
        self.items.push_back(item);
    }

    /// The work of this name.
    pub(super) fn find(&mut self, name: &str) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.work.name == name)
    }

    /// The running work of a tool with these arguments on this engine.
    pub(super) fn identical(
        &mut self,
        engine: Option<&str>,
        tool: &str,
        identity: &CheckedArguments,
    ) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| {
            let Work { call, engine: of, .. } = &*item.work;
            call.tool == tool && of.as_deref() == engine && item.identity.as_ref() == Some(identity)
        })
    }

    /// Keeps the outcome of work that ran detached, and forgets other work. Returns the audit entry of the former.
    pub(super) fn ended(&mut self, name: &str) -> Option<AuditEntry> {
        let mut entry = None;
        self.items.retain_mut(|item| {
            let ended = item.work.name == name;
            if ended {
                // Credentials may be among the arguments.
                item.identity = None;
                entry = item.entry.take();
            }
            !ended || item.detached
        });
        entry
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.items.retain(|item| item.work.name != name);
    }

    /// Forgets outcomes that are old or too many, and keeps the newest.
    pub(super) fn sweep(&mut self) {
        let mut ends: Vec<_> =
            self.items.iter().filter_map(|item| Some((item.work.end()?, item.work.name.clone()))).collect();
        ends.sort_by_key(|(end, _)| std::cmp::Reverse(end.at));
        let mut bytes = 0;
        for (place, (end, name)) in ends.iter().enumerate() {
            bytes += end.bytes;
            if end.at.elapsed() >= KEPT || place >= OUTCOMES || (place > 0 && bytes > OUTCOME_BYTES) {
                self.remove(name);
            }
        }
    }

    /// All work: that which runs, then the newest outcomes.
    pub(super) fn all(&self) -> Vec<Arc<Work>> {
        let mut all: Vec<_> = self.items.iter().map(|item| Arc::clone(&item.work)).collect();
        all.sort_by_key(|work| work.end().map(|end| std::cmp::Reverse(end.at)));
        all
    }

    /// The detached work that runs, the oldest first.
    pub(super) fn running(&self) -> Vec<&Arc<Work>> {
        let detached = self.items.iter().filter(|item| item.detached).map(|item| &item.work);
        detached.filter(|work| work.end().is_none()).collect()
    }
}
