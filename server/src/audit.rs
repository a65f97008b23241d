//! The audit trail: one JSON line for each call, to standard error or a file. A line names the tool, its target and the
//! facets of its requests, and holds neither other arguments nor any part of an answer, so that no secret can be in it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::json;

use crate::facets::SeenFacets;

/// Maximum length of a name in a line. Names of existing tools and targets are shorter.
const MAX_NAME_CHARACTERS: usize = 128;

/// Writes audit lines. Clones write to the same place.
#[derive(Clone)]
pub struct Audit {
    lines: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Audit {
    /// Appends lines to a file.
    ///
    /// # Errors
    /// If the file cannot be opened for writing.
    pub fn to_file(path: &Path) -> io::Result<Self> {
        Ok(Audit::to_writer(OpenOptions::new().create(true).append(true).open(path)?))
    }

    /// Writes lines to standard error.
    #[must_use]
    pub fn to_stderr() -> Self {
        Audit::to_writer(io::stderr())
    }

    /// Writes lines to `lines`.
    pub fn to_writer(lines: impl Write + Send + 'static) -> Self {
        Audit { lines: Arc::new(Mutex::new(Box::new(lines))) }
    }

    /// Begins the line of a call. It is written when the call ends, also if the call is abandoned and dropped.
    pub(crate) fn begin(&self, tool: &str, target: Option<&str>) -> AuditLine {
        let cut = |name: &str| name.chars().take(MAX_NAME_CHARACTERS).collect();
        let (tool, target) = (cut(tool), target.map(cut));
        AuditLine {
            audit: self.clone(),
            tool,
            target,
            work: None,
            facets: SeenFacets::default(),
            outcome: "cancelled".to_owned(),
            begun: Instant::now(),
        }
    }

    fn write(&self, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk or a closed standard error must not fail the call.
        let _ = lines.write_all(line.as_bytes()).and_then(|()| lines.flush());
    }
}

/// The line of one call.
pub(crate) struct AuditLine {
    audit: Audit,
    tool: String,
    target: Option<String>,
    /// The name of the work that ran on without its caller.
    work: Option<String>,
    /// The facets of its requests, read when the line is written.
    facets: SeenFacets,
    outcome: String,
    begun: Instant,
}

impl AuditLine {
    /// Names the work whose end the line tells.
    pub(crate) fn for_work(mut self, name: String) -> Self {
        self.work = Some(name);
        self
    }

    /// Names the facets of the call's requests too.
    pub(crate) fn with_facets(mut self, facets: SeenFacets) -> Self {
        self.facets = facets;
        self
    }

    /// Ends the line with the outcome of the call.
    pub(crate) fn end(mut self, outcome: String) {
        self.outcome = outcome;
    }
}

impl Drop for AuditLine {
    fn drop(&mut self) {
        let time = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut line = json!({ "time": time, "tool": self.tool, "outcome": self.outcome, "ms": ms });
        if let Some(target) = &self.target {
            line["target"] = target.as_str().into();
        }
        if let Some(work) = &self.work {
            line["work"] = work.as_str().into();
        }
        let facets = self.facets.names();
        if !facets.is_empty() {
            line["facets"] = facets.into();
        }
        self.audit.write(&format!("{line}\n"));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A buffer of lines that a test can read.
    #[derive(Clone, Default)]
    pub(crate) struct LineBuffer(Arc<Mutex<Vec<u8>>>);

    impl LineBuffer {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for LineBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_call_is_one_line_for_any_target() {
        let buffer = LineBuffer::default();
        let audit = Audit::to_writer(buffer.clone());
        audit.begin("container_stop", Some(&format!("we\nb{}", "x".repeat(500)))).end("ok".into());
        let text = buffer.text();
        assert_eq!(text.lines().count(), 1);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(line["target"].as_str().unwrap().starts_with("we\nb"));
        assert_eq!(line["target"].as_str().unwrap().chars().count(), MAX_NAME_CHARACTERS);
        assert_eq!(line["outcome"], "ok");
        assert!(chrono::DateTime::parse_from_rfc3339(line["time"].as_str().unwrap()).is_ok());
    }

    #[test]
    fn a_dropped_call_counts_as_cancelled() {
        let buffer = LineBuffer::default();
        drop(Audit::to_writer(buffer.clone()).begin("container_wait", None));
        assert!(buffer.text().contains(r#""outcome":"cancelled""#));
    }
}
