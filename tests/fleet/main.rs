//! Many engines through one process: no call is lost to descriptors that idle connections hold, and no stream to the
//! calls of others. The process is this program again, with the limit of descriptors that `ulimit` gave it.

mod engines;
mod peer;

use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

/// The descriptors of the process: what a shell gives to most.
const DESCRIPTORS: usize = 1024;

fn main() {
    if let Some(socket) = std::env::var_os("DOCKWRIGHT_FLEET") {
        let socket = socket.into_string().expect("a path of this test is text");
        return engines::run(&socket, std::env::args().nth(1).as_deref().unwrap_or_default());
    }
    let trial = |name: &'static str| Trial::test(name, move || child(name));
    let trials = engines::TRIALS.iter().map(|(name, _)| trial(name)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Runs one trial in a process of few descriptors, beside the peer that answers for its engines.
fn child(name: &str) -> Result<(), Failed> {
    let peer = peer::Peer::start()?;
    let program = std::env::current_exe()?;
    let script = format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$1\"");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(program)
        .arg(name)
        .env("DOCKWRIGHT_FLEET", peer.socket())
        .stdin(Stdio::null())
        .output()?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}
