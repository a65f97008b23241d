//! The list of tools while engines come up and change: the API versions that it is for. They are asked for before a
//! client sees the list, which stays the same until an engine speaks another version.

use std::sync::Arc;
use std::time::Duration;

use dockwright::Version;
use rmcp::model as mcp;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::tools;
use crate::access::Access;
use crate::catalogue::{Entry, Offer};
use crate::dispatch::Engines;
use crate::settings::Settings;
use crate::together::run_all;

/// The longest time that a client waits for the engines' answers.
const PATIENCE: Duration = Duration::from_millis(300);
/// The longest time of a round of questions, which goes on while clients no longer wait for it.
const ROUND: Duration = Duration::from_secs(10);
/// The time between two rounds, so that an engine that is down is not asked for each list.
const PAUSE: Duration = Duration::from_secs(5);
/// The most engines that are asked. Among more, one of an unknown version is likely, and then nothing is left out.
const MOST_ASKED: usize = 64;
/// The milliseconds for which a client may keep a list that is settled: an hour.
pub(super) const KEPT_MS: u64 = 3_600_000;

/// A client's view of the list: it tells which changes that client has not seen.
pub(super) type Changes = watch::Receiver<Vec<Option<Version>>>;

/// The engines, and the API versions for which their tools are listed.
pub(super) struct Listing {
    engines: Vec<Access>,
    /// The last known version of each engine. An engine of an unknown one lacks nothing.
    versions: watch::Sender<Vec<Option<Version>>>,
    /// The end of the last round of questions. It is locked while one is under way.
    asked: Arc<Mutex<Option<Instant>>>,
}

impl Listing {
    pub(super) fn new(engines: &Engines) -> Self {
        let engines = engines.all().to_vec();
        let versions = watch::Sender::new(vec![None; engines.len()]);
        Listing { engines, versions, asked: Arc::default() }
    }

    /// The tools for a client.
    pub(super) fn tools(&self, settings: &Settings) -> Vec<mcp::Tool> {
        tools::for_client(&self.offer(&self.versions.borrow()), settings)
    }

    /// The milliseconds for which a client may keep the list of tools, which is settled once all versions are known.
    pub(super) fn kept_ms(&self) -> u64 {
        if self.versions.borrow().iter().all(Option::is_some) { KEPT_MS } else { 0 }
    }

    /// Hears of each change of the list from now on.
    pub(super) fn changes(&self) -> Changes {
        self.versions.subscribe()
    }

    /// Asks the engines of unknown versions beside each other, and waits a moment for their answers.
    pub(super) async fn ask_versions(self: &Arc<Self>) {
        let is_known = |access: &Access| access.known_api_version().is_some();
        if self.engines.len() <= MOST_ASKED && !self.engines.iter().all(is_known) {
            let _ = timeout(PATIENCE, self.ask()).await;
        }
        self.note_versions();
    }

    /// Notes the versions that calls have found out, and reports a change of the list.
    pub(super) fn note_versions(&self) {
        let spoken = self.engines.iter().map(Access::known_api_version);
        self.versions.send_if_modified(|versions| {
            // An engine that is about to be asked again keeps its version until then.
            let now: Vec<_> = spoken.zip(&*versions).map(|(new, old)| new.or(*old)).collect();
            if now == *versions {
                return false;
            }
            let before = std::mem::replace(versions, now);
            self.names(&before) != self.names(versions)
        });
    }

    /// One round of questions, or the rest of the one that is under way.
    async fn ask(self: &Arc<Self>) {
        let Ok(mut last) = Arc::clone(&self.asked).try_lock_owned() else {
            drop(self.asked.lock().await);
            return;
        };
        if last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        let listing = Arc::clone(self);
        // A task, so that a slow engine's answer is not lost when the client no longer waits for it.
        let round = tokio::spawn(async move {
            let engines = listing.engines.clone().into_iter();
            let questions = engines.map(async |access: Access| _ = access.api_version().await);
            let _ = timeout(ROUND, run_all(MOST_ASKED, questions)).await;
            *last = Some(Instant::now());
            listing.note_versions();
        });
        let _ = round.await;
    }

    fn offer(&self, versions: &[Option<Version>]) -> Offer {
        let mut offer = Offer::default();
        for (access, version) in self.engines.iter().zip(versions) {
            offer.add(access.name().cloned(), access.exposure().clone(), *version);
        }
        offer
    }

    fn names(&self, versions: &[Option<Version>]) -> Vec<&'static str> {
        self.offer(versions).listed().map(Entry::name).collect()
    }
}
