//! Tests whose client is alone in a process, with its own memory and descriptors; the peer stays in this one.

use std::env;
use std::fs;

use tokio::process::Command;

use crate::peer::{Caller, Peer};

/// Names the peer to the other process.
const ADDRESS: &str = "DOCKWRIGHT_FAULTS_PEER";

/// Runs this test a second time in a process of its own, which a shell begins with `limits`. There it calls `client`
/// with the address of a peer that listens here, and returns nothing. Here it returns the peer, once the other process
/// has succeeded.
pub async fn alone<Served: Future<Output = ()> + Send>(
    test: &str,
    limits: &str,
    serve: impl Fn(Caller) -> Served + Clone + Send + Sync + 'static,
    client: impl AsyncFnOnce(&str),
) -> Option<Peer> {
    if let Ok(address) = env::var(ADDRESS) {
        client(&address).await;
        return None;
    }
    let peer = Peer::unix(serve);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limits}; exec \"$@\""), "sh"]).arg(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ADDRESS, &peer.address);
    let output = command.output().await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    Some(peer)
}

/// Returns a figure of the system about this process, in KiB: `VmHWM` is its peak of memory.
pub fn kib(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|character: char| !character.is_ascii_digit()).parse().unwrap()
}

/// Counts the open descriptors of this process.
pub fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}
