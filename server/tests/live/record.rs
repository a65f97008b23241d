//! Writes the tools that a story called and judged to a file for this engine. The live table of the client's tests
//! shows it beside its own records.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dockwright::operations;
use libtest_mimic::Arguments;
use serde_json::json;

use crate::bench::variable;

/// The operations whose tools were judged.
static JUDGED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

/// Tells if these arguments run all trials.
pub fn is_whole(arguments: &Arguments) -> bool {
    let Arguments { list, ignored, filter, skip, .. } = arguments;
    !list && !ignored && filter.is_none() && skip.is_empty()
}

/// Forgets the record of an earlier run.
pub fn forget() {
    let _ = std::fs::remove_file(file());
}

/// Notes the tools that one story called without a failure, now that it has come to its end.
pub fn judged(tools: &BTreeSet<String>) {
    let rows = operations::ALL.iter().filter(|row| tools.contains(row.name)).map(|row| row.id);
    JUDGED.lock().expect("nobody panics here").extend(rows);
}

/// Writes the judged operations to a file.
pub fn write() {
    let judged = &*JUDGED.lock().expect("nobody panics here");
    let record = json!({ "engine": variable("ENGINE"), "api": variable("API"), "operations": judged });
    std::fs::create_dir_all(file().with_file_name("")).expect("the target folder is writable");
    std::fs::write(file(), format!("{record:#}\n")).expect("the target folder is writable");
    println!("{} tools exercised: {}", judged.len(), file().display());
}

fn file() -> PathBuf {
    // `target/tmp`, in cargo's target folder.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("exercised");
    folder.join(format!("{}.tools.json", variable("ENGINE")))
}
