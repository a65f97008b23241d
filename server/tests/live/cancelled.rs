//! Calls that the client cancels: their work on the engine ends, or does not, as the reply says.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{trials, unique, until};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![a_cancelled_build_ends_its_command_within_two_seconds]
}

fn a_cancelled_build_ends_its_command_within_two_seconds(session: &Session) {
    let tag = unique("cancelled");
    // A number of seconds that nobody else sleeps.
    let seconds = (100_000 + std::process::id()).to_string();
    let dockerfile = format!("FROM busybox:test\nRUN sleep {seconds}\n");
    for builder in ["buildkit", "classic"] {
        let context = json!({ "Dockerfile": dockerfile });
        let build = session.begin("image_build", json!({ "context": context, "t": tag, "builder": builder }));
        until("the command runs", || sleeps(&seconds).then_some(()));
        session.cancel(build);
        let cancelled = Instant::now();
        until("the command is gone", || (!sleeps(&seconds)).then_some(()));
        assert!(cancelled.elapsed() < Duration::from_secs(2), "{builder}: {:?}", cancelled.elapsed());
        session.fail("image_inspect", json!({ "name": tag }));
    }
}

/// Tells if some process sleeps that long; the engine's processes are visible here.
pub fn sleeps(seconds: &str) -> bool {
    let processes = std::fs::read_dir("/proc").expect("there is a /proc").flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|command| command.split(|byte| *byte == 0).eq(["sleep".as_bytes(), seconds.as_bytes(), b""]))
}
