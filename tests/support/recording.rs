//! Recordings: an engine's answers to GET requests, a file for each API version. The form is a JSON list with an entry
//! for each request; `cargo test --test validate -- --record FILE` writes one.

use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recorded {
    /// Path and query, without the API version.
    pub get: String,
    pub status: u16,
    pub content_type: String,
    /// Of a stream: a list of its values, the one value, or null for none.
    pub body: Value,
}

/// A recording.
pub struct Recording {
    /// `1.55`.
    pub version: String,
    pub answers: Vec<Recorded>,
}

/// All recordings of a folder, the oldest version first.
pub fn recordings(folder: &Path) -> Vec<Recording> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut recordings: Vec<_> = entries.filter_map(|entry| recording(&entry.unwrap().path())).collect();
    recordings.sort_by(|one, other| one.version.cmp(&other.version));
    recordings
}

fn recording(path: &Path) -> Option<Recording> {
    let version = path.file_name()?.to_str()?.strip_prefix('v')?.strip_suffix(".json")?.to_owned();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let answers = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(Recording { version, answers })
}

/// Writes a recording, indented by one space as they all are, so that a change of one answer is a small difference.
#[allow(dead_code, reason = "only one of the tests writes")]
pub fn write(path: &Path, answers: &[Recorded]) -> io::Result<()> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    answers.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    fs::write(path, text)
}

impl Recorded {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The values that were answered: the items of a stream, else the one value.
    pub fn values(&self, answer: dockwright::operation::Answer) -> &[Value] {
        match (&self.body, answer) {
            (Value::Null, dockwright::operation::Answer::JsonStream) => &[],
            (Value::Array(items), dockwright::operation::Answer::JsonStream) => items,
            (value, _) => std::slice::from_ref(value),
        }
    }
}
