//! The lines of exchanges in the audit trail.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use dockwright_server::audit::Audit;
use serde_json::Value;

use crate::engine::json;
use crate::proxied::{OBSERVE, OPEN, Proxied, status};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn all(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An output that takes nothing.
struct Dead;

impl Write for Dead {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_exchange_has_a_line_before_it_and_one_after() {
    let lines = Lines::default();
    let proxied = Proxied::with(OPEN, None, Audit::to_writer(lines.clone()), |_| json(201, "{\"Id\":\"a\"}"));
    let body = "{\"Image\":\"busybox\",\"HostConfig\":{\"Privileged\":true},\"Env\":[\"A=secret\"]}";
    let headers = format!("Content-Type: application/json\r\nContent-Length: {}", body.len());
    proxied.ask("POST /v1.51/containers/create?name=web", &headers, body).await;
    let all = lines.all();
    let [begin, end] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&begin["event"], &end["event"]), (&"begin".into(), &"end".into()));
    assert_eq!((&begin["client"], &begin["tool"]), (&"agent".into(), &"container_create".into()));
    assert!(begin["digest"].as_str().unwrap().len() == "sha256:".len() + 64, "{begin}");
    assert!(begin["asks"].to_string().contains("body.HostConfig"), "{begin}");
    assert_eq!(end["outcome"], "ok");
    assert!(end["facets"].to_string().contains("privileged"), "{end}");
    assert!(!format!("{all:?}").contains("secret"));
}

#[tokio::test]
async fn a_denied_request_is_in_the_trail_with_its_rule() {
    let lines = Lines::default();
    let proxied = Proxied::with(OBSERVE, None, Audit::to_writer(lines.clone()), |_| json(200, "[]"));
    proxied.ask("POST /v1.51/containers/prune", "", "").await;
    proxied.ask("GET /evil?token=secret", "", "").await;
    let all = lines.all();
    let ends: Vec<_> = all.iter().filter(|line| line["event"] == "end").collect();
    assert_eq!((ends.len(), all.len()), (2, 4));
    assert_eq!((&ends[0]["outcome"], &ends[0]["rule"]), (&"denied".into(), &"allow".into()));
    assert_eq!((&ends[1]["tool"], &ends[1]["rule"]), (&"unknown".into(), &"request".into()));
    assert_eq!(ends[1]["target"], "GET /evil");
}

#[tokio::test]
async fn nothing_passes_without_a_trail_that_must_be_written() {
    let policy = format!("{OBSERVE}\naudit = \"required\"");
    let proxied = Proxied::with(&policy, None, Audit::to_writer(Dead), |_| json(200, "[]"));
    let answer = proxied.ask("GET /v1.51/containers/json", "", "").await;
    assert!(status(&answer) == 503 && answer.contains("the audit trail cannot be written"), "{answer}");
    assert_eq!(proxied.engine.seen().len(), 0);
    let proxied = Proxied::with(OBSERVE, None, Audit::to_writer(Dead), |_| json(200, "[]"));
    assert_eq!(status(&proxied.ask("GET /v1.51/containers/json", "", "").await), 200);
}
