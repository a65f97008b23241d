//! The audit trail: one JSON line for each call, to standard error or a file. It names the tool and what it was aimed at,
//! never other arguments and nothing of an answer, so that no secret can stand in it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::json;

/// The longest name of a tool or a target that is written; those that there are are shorter.
const NAME_CHARACTERS: usize = 128;

/// Where the lines go.
pub struct Audit {
    lines: Mutex<Box<dyn Write + Send>>,
}

impl Audit {
    /// Lines are added at the end of a file.
    ///
    /// # Errors
    /// If it cannot be opened for writing.
    pub fn to_file(path: &Path) -> io::Result<Self> {
        Ok(Audit::to(OpenOptions::new().create(true).append(true).open(path)?))
    }

    /// Lines go to standard error.
    #[must_use]
    pub fn to_stderr() -> Self {
        Audit::to(io::stderr())
    }

    /// Lines go to `lines`.
    pub fn to(lines: impl Write + Send + 'static) -> Self {
        Audit { lines: Mutex::new(Box::new(lines)) }
    }

    /// Begins the line of a call. It is written when the call has ended, also when it is given up and dropped.
    pub(crate) fn begin(&self, tool: &str, target: Option<&str>) -> Entry<'_> {
        let named = |name: &str| name.chars().take(NAME_CHARACTERS).collect();
        let (tool, target) = (named(tool), target.map(named));
        Entry { audit: self, tool, target, outcome: "cancelled".to_owned(), begun: Instant::now() }
    }

    fn write(&self, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk or a closed standard error must not fail the call.
        let _ = lines.write_all(line.as_bytes()).and_then(|()| lines.flush());
    }
}

/// The line of one call.
pub(crate) struct Entry<'a> {
    audit: &'a Audit,
    tool: String,
    target: Option<String>,
    outcome: String,
    begun: Instant,
}

impl Entry<'_> {
    /// The call has ended like this.
    pub(crate) fn end(mut self, outcome: String) {
        self.outcome = outcome;
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let time = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut line = json!({ "time": time, "tool": self.tool, "outcome": self.outcome, "ms": ms });
        if let Some(target) = &self.target {
            line["target"] = target.as_str().into();
        }
        self.audit.write(&format!("{line}\n"));
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::*;

    /// Lines that a test can read.
    #[derive(Clone, Default)]
    pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Kept {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_call_is_one_line_whatever_its_target() {
        let kept = Kept::default();
        let audit = Audit::to(kept.clone());
        audit.begin("container_stop", Some(&format!("we\nb{}", "x".repeat(500)))).end("ok".into());
        let text = kept.text();
        assert_eq!(text.lines().count(), 1);
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(line["target"].as_str().unwrap().starts_with("we\nb"));
        assert_eq!(line["target"].as_str().unwrap().chars().count(), NAME_CHARACTERS);
        assert_eq!(line["outcome"], "ok");
        assert!(chrono::DateTime::parse_from_rfc3339(line["time"].as_str().unwrap()).is_ok());
    }

    #[test]
    fn a_call_that_is_dropped_was_cancelled() {
        let kept = Kept::default();
        drop(Audit::to(kept.clone()).begin("container_wait", None));
        assert!(kept.text().contains(r#""outcome":"cancelled""#));
    }
}
