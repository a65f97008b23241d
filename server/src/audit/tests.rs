//! Lines of calls, without calls.

use serde_json::{Value, json};

use super::call::MAX_NAME_CHARACTERS;
use super::*;

/// A buffer of lines that a test can read.
#[derive(Clone, Default)]
pub(crate) struct LineBuffer(Arc<Mutex<Vec<u8>>>);

impl LineBuffer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines of this event.
    pub(crate) fn lines(&self, event: &str) -> Vec<Value> {
        let lines = self.text();
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.filter(|line: &Value| line["event"] == event).collect()
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

/// An output that takes this number of bytes more.
struct Full(LineBuffer, Arc<Mutex<usize>>);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut room = self.1.lock().unwrap();
        let written = bytes.len().min(*room);
        *room -= written;
        if written == 0 { Err(io::ErrorKind::StorageFull.into()) } else { self.0.write(&bytes[..written]) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn facts(tool: &str) -> Arc<CallFacts> {
    Arc::new(CallFacts { tool: tool.to_owned(), ..CallFacts::default() })
}

fn done() -> CallEnd {
    CallEnd { outcome: "ok".to_owned(), bytes: Some(7), ..CallEnd::default() }
}

#[test]
fn a_call_has_a_line_before_it_and_one_after_for_any_target() {
    let buffer = LineBuffer::default();
    let audit = Audit::to_writer(buffer.clone());
    let target = Some(format!("we\nb{}", "x".repeat(500)));
    let facts = CallFacts {
        target,
        client: Client { name: Some("test 1".to_owned()), token: Some("alice".into()) },
        ..(*facts("container_stop")).clone()
    };
    let entry = audit.begin(Arc::new(facts)).unwrap();
    assert_eq!((buffer.lines("begin").len(), buffer.lines("end").len()), (1, 0));
    entry.end(done());
    assert_eq!(buffer.text().lines().count(), 2);
    let (begin, end) = (&buffer.lines("begin")[0], &buffer.lines("end")[0]);
    assert_eq!(begin["call"], end["call"]);
    assert_eq!(begin["client"], "test 1");
    assert_eq!(begin["token"], "alice");
    assert_eq!((&end["outcome"], &end["bytes"]), (&json!("ok"), &json!(7)));
    for line in [begin, end] {
        assert!(line["target"].as_str().unwrap().starts_with("we\nb"));
        assert_eq!(line["target"].as_str().unwrap().chars().count(), MAX_NAME_CHARACTERS);
        assert!(chrono::DateTime::parse_from_rfc3339(line["time"].as_str().unwrap()).is_ok());
    }
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_and_an_open_one_ends_with_the_process() {
    let buffer = LineBuffer::default();
    let audit = Audit::to_writer(buffer.clone());
    drop(audit.begin(facts("container_wait")).unwrap());
    let open = audit.begin(facts("container_wait")).unwrap();
    audit.cut_by("SIGTERM");
    drop(audit.begin(facts("container_wait")).unwrap());
    audit.close().await;
    drop(open);
    let outcomes: Vec<_> = buffer.lines("end").iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["cancelled", "cancelled by SIGTERM", "cancelled by SIGTERM"]);
}

#[test]
fn a_line_that_cannot_be_written_refuses_the_call_only_if_it_must() {
    let (buffer, room) = (LineBuffer::default(), Arc::new(Mutex::new(20)));
    let audit = Audit::to_writer(Full(buffer.clone(), Arc::clone(&room)));
    audit.begin(facts("a")).unwrap().end(done());
    let required = audit.clone().required(true);
    assert!(required.begin(facts("b")).is_err());
    *room.lock().unwrap() = 10_000;
    required.begin(facts("c")).unwrap().end(done());
    let text = buffer.text();
    let whole: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(text.lines().count(), 3, "the torn line, and two whole ones: {text}");
    assert!(whole.len() == 2 && whole.iter().all(|line| line["tool"] == "c"), "{text}");
}

/// An output that takes nothing until its lock is free.
struct Stuck(LineBuffer, Arc<Mutex<()>>);

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        drop(self.1.lock().unwrap());
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_output_that_nobody_reads_delays_no_call_and_the_end_for_a_moment_only() {
    let (buffer, unread) = (LineBuffer::default(), Arc::new(Mutex::new(())));
    let (output, waiting) = Background::new(Stuck(buffer.clone(), Arc::clone(&unread)));
    let audit = Audit { waiting, ..Audit::to_writer(output) };
    {
        let _nobody = unread.lock().unwrap();
        for _ in 0..2_000 {
            audit.begin(facts("a")).unwrap().end(done());
        }
        assert!(audit.clone().required(true).begin(facts("b")).is_err(), "too many lines wait");
    }
    audit.begin(facts("c")).unwrap().end(done());
    let begun = Instant::now();
    audit.close().await;
    assert!(begun.elapsed() < CLOSING && buffer.lines("begin").len() > 500, "those that waited are written");
}

#[cfg(unix)]
#[test]
fn a_new_file_is_its_owners_and_a_file_in_a_folder_of_calls_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (home, allowed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folders = [&allowed.path().to_owned()];
    let path = home.path().join("audit");
    Audit::to_file(&path, &folders).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let link = home.path().join("link");
    symlink(allowed.path().join("target"), &link).unwrap();
    let (folder, below) = (home.path().join("folder"), allowed.path().join("below"));
    symlink(allowed.path(), &folder).unwrap();
    std::fs::create_dir(&below).unwrap();
    for path in [allowed.path().join("audit"), below.join("audit"), below.join("../audit"), link, folder.join("audit")]
    {
        let problem = Audit::to_file(&path, &folders).err().unwrap();
        assert!(problem.contains("choose a place outside"), "{problem}");
        assert!(!allowed.path().join("audit").exists());
    }
}
