//! The library's own log in, the operations that the engine answered out: each run leaves a file with the engine's name
//! and the operations that were seen there.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dockwright::operations;
use libtest_mimic::Arguments;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span;

use crate::bench::variable;

static ANSWERED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// Tells if these arguments run all trials.
pub fn is_whole(arguments: &Arguments) -> bool {
    let Arguments { list, ignored, filter, skip, .. } = arguments;
    !list && !ignored && filter.is_none() && skip.is_empty()
}

/// Listens from now on, and forgets the record of an earlier run.
pub fn begin() {
    let _ = std::fs::remove_file(file());
    tracing::subscriber::set_global_default(Listener).expect("nobody else listens");
}

/// Writes the answered operations to a file.
pub fn write() {
    let answered = &*ANSWERED.lock().expect("no listener panicked");
    let record = json!({ "engine": variable("ENGINE"), "api": variable("API"), "operations": answered });
    std::fs::create_dir_all(folder()).expect("the target folder is writable");
    std::fs::write(file(), format!("{record:#}\n")).expect("the target folder is writable");
    println!("{} operations exercised: {}", answered.len(), file().display());
}

/// Where the records of all engines are.
pub fn folder() -> PathBuf {
    // `target/tmp`, in cargo's target folder.
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("exercised")
}

fn file() -> PathBuf {
    folder().join(variable("ENGINE")).with_extension("json")
}

/// Notes the operation of each event that says that the engine answered as the description declares.
struct Listener;

impl tracing::Subscriber for Listener {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "dockwright::call"
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let row = operations::ALL.iter().find(|row| row.id == line.operation);
        if let Some(row) = row.filter(|row| line.answered && row.statuses.contains(&line.status)) {
            ANSWERED.lock().expect("no listener panicked").insert(row.id);
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// An event's fields.
#[derive(Default)]
struct Line {
    operation: String,
    status: u16,
    answered: bool,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "operation" {
            value.clone_into(&mut self.operation);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.status = value.try_into().unwrap_or_default();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.answered = format!("{value:?}") == "answered";
        }
    }
}
