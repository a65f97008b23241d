//! A second engine, for a swarm of two. It is of the same version and sees the first from another network namespace.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use dockwright::Engine;

use crate::bench::{until, variable};

/// Where a swarm of both listens.
pub const FIRST: &str = "10.230.0.1";
/// The second engine's own address there.
pub const SECOND: &str = "10.230.0.2";

/// Runs until it is dropped.
pub struct Second {
    pub engine: Engine,
    script: Child,
}

impl Second {
    pub async fn start() -> Self {
        Second::start_with(&[]).await
    }

    /// With arguments beside those that every engine gets.
    pub async fn start_with(arguments: &[String]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/second-engine");
        let script = Command::new(script).args(arguments).stdin(Stdio::piped()).spawn().expect("the script starts");
        let socket = Path::new(&variable("RESTART")).with_file_name("second/docker.sock");
        let engine = Engine::at(&format!("unix://{}", socket.display())).expect("it is an address");
        let second = Second { engine, script };
        until("the second engine answers", async || second.engine.api_version().await.ok()).await;
        second
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
