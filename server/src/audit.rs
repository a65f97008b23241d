//! The audit trail: two JSON lines for each call, to standard error or a file. The line before the call says who asks
//! which engine for what, by names of arguments and members; the line after it says how the call ended. Values of
//! arguments and parts of answers are in neither, apart from the target, an image's name and an object's id.
//!
//! A line is one write to the end of the file, and not forced to the disk: it survives the end of this process in any
//! way, and is lost if the machine loses power before its system has written it.

mod background;
mod call;
mod file;
mod lines;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

pub use call::Client;
pub(crate) use call::{CallEnd, CallFacts};

use background::{Background, Waiting};
use lines::Lines;

/// The longest time that the end of the process waits for the last lines.
const CLOSING: Duration = Duration::from_secs(2);

/// Writes audit lines. Clones write to the same place.
#[derive(Clone)]
pub struct Audit {
    trail: Arc<Mutex<Trail>>,
    /// The event that cuts calls off from now on.
    cut_by: Arc<OnceLock<&'static str>>,
    /// The lines that a thread is still to write.
    waiting: Waiting,
    is_required: bool,
    is_nowhere: bool,
}

/// Its lock is held while a line is written, so that the end of the process waits for it.
struct Trail {
    lines: Lines,
    /// Part of the ids of calls, because several processes may write to one file.
    process: u64,
    begun: u64,
    /// The calls that have a line before them and none after.
    open: BTreeMap<u64, (Arc<CallFacts>, Instant)>,
}

impl Audit {
    /// Appends lines to a file, which only its owner can read if it is new.
    ///
    /// # Errors
    /// If the file cannot be opened for writing, or lies in one of the folders that calls may use.
    pub fn to_file(path: &Path, folders: &[&PathBuf]) -> Result<Self, String> {
        let place = format!("--audit {}", path.display());
        match file::open(path, folders) {
            Ok(file) => Ok(Audit::new(Lines::new(file, Some(place)))),
            Err(problem) => Err(format!("{place}: {problem}")),
        }
    }

    /// Writes lines to standard error, and waits for nobody who reads them.
    #[must_use]
    pub fn to_stderr() -> Self {
        let (output, waiting) = Background::new(io::stderr());
        Audit { waiting, ..Audit::to_writer(output) }
    }

    /// Writes lines to `output`.
    pub fn to_writer(output: impl Write + Send + 'static) -> Self {
        Audit::new(Lines::new(output, None))
    }

    fn new(lines: Lines) -> Self {
        let process = RandomState::new().hash_one(()) >> 32;
        let trail = Trail { lines, process, begun: 0, open: BTreeMap::new() };
        Audit {
            trail: Arc::new(Mutex::new(trail)),
            cut_by: Arc::default(),
            waiting: Waiting::default(),
            is_required: false,
            is_nowhere: false,
        }
    }

    /// Writes no lines.
    #[must_use]
    pub fn nowhere() -> Self {
        Audit { is_nowhere: true, ..Audit::to_writer(io::sink()) }
    }

    /// Returns true if it writes no lines.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.is_nowhere
    }

    /// Refuses calls whose first line cannot be written.
    #[must_use]
    pub fn required(self, is_required: bool) -> Self {
        Audit { is_required, ..self }
    }

    /// Writes the line before a call. The line after it is written when the entry ends or is dropped.
    ///
    /// # Errors
    /// If the line cannot be written and must be.
    pub(crate) fn begin(&self, facts: Arc<CallFacts>) -> io::Result<AuditEntry> {
        let mut trail = self.trail();
        trail.begun += 1;
        let number = trail.begun;
        let line = call::begin(&trail.call_id(number), &facts);
        match trail.lines.write(&line) {
            Err(error) if self.is_required => return Err(error),
            _ => trail.open.insert(number, (facts, Instant::now())),
        };
        drop(trail);
        Ok(AuditEntry { audit: self.clone(), number })
    }

    /// Names the event by which calls end from now on without an outcome: `SIGTERM`.
    pub fn cut_by(&self, event: &'static str) {
        let _ = self.cut_by.set(event);
    }

    /// Writes the lines of all calls that have not ended, at the end of the process. A place that takes no lines keeps
    /// the process for a short time only.
    pub async fn close(&self) {
        let audit = self.clone();
        let ending = tokio::task::spawn_blocking(move || {
            let mut trail = audit.trail();
            let numbers: Vec<_> = trail.open.keys().copied().collect();
            numbers.into_iter().for_each(|number| trail.end(number, audit.cut()));
        });
        let written = async {
            let _ = ending.await;
            while !self.waiting.is_over() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = timeout(CLOSING, written).await;
    }

    fn cut(&self) -> CallEnd {
        CallEnd::cut(self.cut_by.get().copied())
    }

    fn trail(&self) -> MutexGuard<'_, Trail> {
        self.trail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trail {
    fn call_id(&self, number: u64) -> String {
        format!("{:08x}-{number}", self.process)
    }

    fn end(&mut self, number: u64, end: CallEnd) {
        if let Some((facts, begun)) = self.open.remove(&number) {
            // A failure is told on standard error.
            let _ = self.lines.write(&call::end(&self.call_id(number), &facts, &end, begun.elapsed()));
        }
    }
}

/// A call whose second line is to come.
pub(crate) struct AuditEntry {
    audit: Audit,
    number: u64,
}

impl AuditEntry {
    /// Writes the line after the call.
    pub(crate) fn end(self, end: CallEnd) {
        self.audit.trail().end(self.number, end);
    }
}

impl Drop for AuditEntry {
    fn drop(&mut self) {
        let end = if std::thread::panicking() { CallEnd::broken() } else { self.audit.cut() };
        self.audit.trail().end(self.number, end);
    }
}

#[cfg(test)]
pub(crate) mod tests;
