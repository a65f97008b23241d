//! A session with a second engine, for a swarm of two. The client's own tests have the script that starts it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::bench::{until, variable};
use crate::session::Session;

/// Where a swarm of both listens.
pub const FIRST: &str = "10.230.0.1";
/// The second engine's own address there.
pub const SECOND: &str = "10.230.0.2";

/// Runs until it is dropped.
pub struct Second {
    pub session: Session,
    pub address: String,
    script: Child,
}

impl Second {
    pub fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/live/second-engine");
        let script = Command::new(script).stdin(Stdio::piped()).spawn().expect("the script starts");
        let socket = Path::new(&variable("RESTART")).with_file_name("second/docker.sock");
        let address = format!("unix://{}", socket.display());
        let session = Session::with(&address, &[]);
        let second = Second { session, address, script };
        // The server was there before its engine, and says so until the engine is up.
        until("the second engine answers", || second.session.tried("system_ping", json!({})).ok());
        second
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
