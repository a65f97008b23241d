//! The past and present output of a container's processes, as the engine kept it.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, exit_code, running, shell, started, status, trials, until};
use crate::session::{Output, Session};

pub fn trials() -> Vec<Trial> {
    trials![
        stdout_and_stderr_are_told_apart,
        the_last_lines_are_shown_and_a_search_reads_all,
        a_log_of_50_mb_takes_little_memory,
        since_and_until_choose_lines,
        a_terminal_is_one_stream,
        following_ends_with_the_container_or_the_limit,
        secrets_in_a_log_are_hidden,
        logs_are_a_resource,
        logs_that_are_not_there_are_refused,
    ]
}

fn stdout_and_stderr_are_told_apart(session: &Session) {
    let container = ended(session, shell("echo out; sleep 0.1; echo err >&2; sleep 0.1; echo more"));
    let logs = session.output("container_logs", json!({ "id": container.id }));
    assert_eq!((&*logs.above, &*logs.text), ("", "out| out\nerr| err\nout| more\n"));
    assert_eq!(logs.notes, "dockwright: out| is stdout, err| stderr\n");
    let logs = session.output("container_logs", json!({ "id": container.id, "stderr": false }));
    assert_eq!((&*logs.text, &*logs.notes), ("out\nmore\n", ""));
    let silent = ended(session, shell("true"));
    assert_eq!(session.text("container_logs", json!({ "id": silent.id })), "no output");
}

fn the_last_lines_are_shown_and_a_search_reads_all(session: &Session) {
    let container = ended(session, shell("seq 1 500"));
    let logs = |more: Value| session.output("container_logs", and(json!({ "id": container.id }), more));
    let lines = |first: u32| (first..=500).map(|number| format!("{number}\n")).collect::<String>();
    // The engine itself was asked for these and no more.
    assert_eq!(logs(json!({})).text, lines(301));
    assert_eq!(logs(json!({ "limit_items": 2 })).text, lines(499));
    assert_eq!(logs(json!({ "tail": "3" })).text, lines(498));
    let all = logs(json!({ "tail": "all" }));
    assert_eq!(all.text, lines(301));
    assert!(all.notes.contains("last 200 of 500 lines") && all.notes.contains("for the others tail, since"), "{all:?}");
    let found = logs(json!({ "grep": "7" , "limit_items": 2 }));
    assert_eq!(found.text, "487\n497\n");
    assert!(found.notes.contains("grep: 95 of 500 lines match"), "{found:?}");
    let none = session.text("container_logs", json!({ "id": container.id, "grep": "no such" }));
    assert!(none.starts_with("no line matches\n"), "{none}");
}

fn a_log_of_50_mb_takes_little_memory(session: &Session) {
    let container = ended(session, shell("yes $(seq 1000 1199) | head -n 50000"));
    let logs = |more: Value| session.output("container_logs", and(json!({ "id": container.id }), more));
    logs(json!({ "tail": 1 }));
    let before = session.peak_kib();
    let all = logs(json!({ "tail": "all" }));
    assert!(all.notes.contains("of 50,000 lines"), "{}", all.notes);
    let found = logs(json!({ "grep": "1199" }));
    assert!(found.notes.contains("50,000 of 50,000 lines match"), "{}", found.notes);
    let grown = session.peak_kib() - before;
    assert!(grown <= 16 << 10, "{grown} KiB more");
}

fn since_and_until_choose_lines(session: &Session) {
    // The engine takes whole seconds, so a whole one lies between the two lines.
    let script = "echo early; now=$(date +%s); until [ $(date +%s) -gt $((now + 1)) ]; do sleep 0.05; done; date +%s";
    let container = ended(session, shell(script));
    let logs = |more: Value| session.output("container_logs", and(json!({ "id": container.id }), more));
    let late = logs(json!({ "tail": 1 })).text;
    let second: u64 = late.trim().parse().expect("it is a number");
    assert_eq!(logs(json!({ "since": second })).text, late);
    assert_eq!(logs(json!({ "since": "1h" })).text, format!("early\n{late}"));
    assert_eq!(logs(json!({ "until": second })).text, "early\n");
    let future = session.text("container_logs", json!({ "id": container.id, "since": second + 1000 }));
    assert_eq!(future, "no output\ndockwright: `since` is in the future");
    let stamped = logs(json!({ "timestamps": true, "tail": "1" })).text;
    let (time, line) = stamped.split_once(' ').expect("a time stands before the line");
    assert!(time.starts_with("20") && time.ends_with('Z') && line == late, "{stamped}");
}

fn a_terminal_is_one_stream(session: &Session) {
    let container = ended(session, and(shell(r"printf '\033[31mred\033[0m\n'; echo err >&2"), json!({ "Tty": true })));
    let logs = session.output("container_logs", json!({ "id": container.id }));
    assert_eq!((&*logs.text, &*logs.notes), ("red\nerr\n", ""));
}

fn following_ends_with_the_container_or_the_limit(session: &Session) {
    let container = running(session, "trap 'echo bye; exit 7' USR1; echo ready; while :; do sleep 0.02; done");
    until("it is ready", || {
        let logs = session.tried("container_logs", json!({ "id": container.id }));
        logs.is_ok_and(|logs| logs != "no output").then_some(())
    });
    let logs = session.output("container_logs", json!({ "id": container.id, "follow": true, "limit_seconds": 1 }));
    assert_eq!((&*logs.text, &*logs.notes), ("ready\n", "dockwright: ended after 1 s (limit_seconds)\n"));
    assert_eq!(status(session, &container.id), "running");
    std::thread::scope(|scope| {
        let arguments = json!({ "id": container.id, "follow": true, "limit_seconds": 60 });
        let following = scope.spawn(|| session.output("container_logs", arguments));
        session.done("container_kill", json!({ "id": container.id, "signal": "SIGUSR1" }));
        let logs = following.join().expect("it ends");
        assert_eq!((&*logs.text, &*logs.notes), ("ready\nbye\n", ""));
    });
}

fn secrets_in_a_log_are_hidden(session: &Session) {
    let container = ended(session, shell("echo connecting with password=hunter2 now"));
    let logs = session.output("container_logs", json!({ "id": container.id }));
    assert_eq!(logs.text, "connecting with password=[redacted by dockwright] now\n");
    let found = session.text("container_logs", json!({ "id": container.id, "grep": "hunter2" }));
    assert!(found.starts_with("no line matches"), "{found}");
    let open = Session::that_shows_secrets().output("container_logs", json!({ "id": container.id }));
    assert_eq!(open.text, "connecting with password=hunter2 now\n");
}

fn logs_are_a_resource(session: &Session) {
    let container = ended(session, shell("echo one; echo two"));
    let read = Output::of(&session.read(&format!("docker://containers/{}/logs", container.name)));
    assert_eq!(read.text, "one\ntwo\n");
    let shown = session.read(&format!("docker://containers/{}", container.name));
    assert!(shown.contains(&container.id), "{shown}");
}

fn logs_that_are_not_there_are_refused(session: &Session) {
    let kept_nowhere = json!({ "HostConfig": { "LogConfig": { "Type": "none" } } });
    let container = ended(session, and(shell("echo out"), kept_nowhere));
    let failed = session.fail("container_logs", json!({ "id": container.id }));
    assert!(failed.contains("501") && failed.contains("does not support reading"), "{failed}");
    let failed = session.fail("container_logs", json!({ "id": format!("{}x", container.name) }));
    assert!(failed.contains("404") && failed.contains(&container.name), "{failed}");
}

/// A container that has run.
fn ended(session: &Session, body: Value) -> Container {
    let container = started(session, body);
    assert_eq!(exit_code(session, &container.id), 0);
    container
}
