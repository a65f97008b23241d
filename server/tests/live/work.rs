//! Calls that run on without their caller, on a real engine.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{running, trials, unique, until};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_build_runs_on_and_is_joined,
        a_cancelled_build_ends_its_command,
        a_command_runs_on_and_gives_its_exit_code,
    ]
}

fn a_build_runs_on_and_is_joined(session: &Session) {
    let tag = unique("detached");
    let dockerfile = format!("FROM busybox:test\nRUN echo {tag}; sleep 3\n");
    let build = json!({ "context": { "Dockerfile": dockerfile }, "t": tag, "detach": true });
    let begun = Instant::now();
    let started = session.call("image_build", build);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let name = started["name"].as_str().expect("it has a name").to_owned();
    assert!(name.starts_with("image_build-"), "{name}");
    let waited = session.call("work_join", json!({ "name": name, "limit_seconds": 1 }));
    assert_eq!(waited["state"], "running");
    assert_eq!(found(session, &name)["target"], tag.as_str());
    let built = session.shown("work_join", json!({ "name": name }));
    let image = session.call("image_inspect", json!({ "name": tag }));
    assert!(built.contains(image["Id"].as_str().expect("it has an id")), "{built}");
    assert_eq!(found(session, &name)["state"], "done");
    let again = session.shown("work_join", json!({ "name": name }));
    assert_eq!(again.lines().next(), built.lines().next());
    session.shown("image_delete", json!({ "name": tag }));
}

fn a_cancelled_build_ends_its_command(session: &Session) {
    let tag = unique("cut");
    let seconds = (200_000 + std::process::id()).to_string();
    let dockerfile = format!("FROM busybox:test\nRUN sleep {seconds}\n");
    let build = json!({ "context": { "Dockerfile": dockerfile }, "t": tag, "detach": true });
    let name = session.call("image_build", build)["name"].clone();
    until("the command runs", || crate::cancelled::sleeps(&seconds).then_some(()));
    let words = session.text("work_cancel", json!({ "name": name }));
    assert!(words.contains("\"cancelled\"") && words.contains("The engine ends the build"), "{words}");
    until("the command is gone", || (!crate::cancelled::sleeps(&seconds)).then_some(()));
    session.fail("image_inspect", json!({ "name": tag }));
}

fn a_command_runs_on_and_gives_its_exit_code(session: &Session) {
    let container = running(session, "sleep 1000");
    let command =
        json!({ "id": container.name, "body": { "Cmd": ["sh", "-c", "sleep 1; echo out; exit 4"] }, "detach": true });
    let name = session.call("exec_run", command)["name"].clone();
    assert_eq!(found(session, name.as_str().expect("it has a name"))["state"], "running");
    let ran = session.output("work_join", json!({ "name": name }));
    assert_eq!((ran.outcome(), &*ran.text), (json!({ "ExitCode": 4 }), "out\n"));
}

/// The work of this name in the list.
fn found(session: &Session, name: &str) -> Value {
    let list = session.call("work_list", json!({}));
    let found = list.as_array().expect("it is a list").iter().find(|work| work["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {list}")).clone()
}
