//! Connections to a container's first process, also by websocket: text goes to its stdin, its output comes back.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, exit_code, running, shell, started, status, trials};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        input_reaches_the_process_and_its_answer_comes_back,
        a_websocket_is_the_same_with_one_stream,
        an_attach_ends_with_the_limit_and_the_process_runs_on,
        an_attach_may_show_the_logs_only,
        an_attach_to_nothing_is_refused,
    ]
}

fn input_reaches_the_process_and_its_answer_comes_back(session: &Session) {
    let container = reading(session, false);
    let written = session.output("container_attach", json!({ "id": container.id, "input": "one\n" }));
    let mut lines: Vec<_> = written.text.lines().collect();
    // The engine reads stdout and stderr in an order of its own.
    lines.sort_unstable();
    assert_eq!(lines, ["err| heard one", "out| got one"]);
    assert_eq!(exit_code(session, &container.id), 3);

    let terminal = reading(session, true);
    let written = session.output("container_attach", json!({ "id": terminal.id, "input": "two\n" }));
    assert!(written.text.ends_with("got two\nheard two\n"), "{written:?}");
    assert_eq!(exit_code(session, &terminal.id), 3);
}

fn a_websocket_is_the_same_with_one_stream(session: &Session) {
    let container = reading(session, false);
    let written = session.output("container_attach_websocket", json!({ "id": container.id, "input": "one\n" }));
    assert!(["got one\nheard one\n", "heard one\ngot one\n"].contains(&&*written.text), "{written:?}");
    assert_eq!(written.notes, "");
    assert_eq!(exit_code(session, &container.id), 3);
}

fn an_attach_ends_with_the_limit_and_the_process_runs_on(session: &Session) {
    let container = running(session, "while :; do echo again; sleep 0.1; done");
    for tool in ["container_attach", "container_attach_websocket"] {
        let written = session.output(tool, json!({ "id": container.id, "limit_seconds": 1 }));
        assert!(written.text.lines().all(|line| line == "again"), "{written:?}");
        assert!(written.notes.contains("ended after 1 s (limit_seconds)"), "{written:?}");
    }
    assert_eq!(status(session, &container.id), "running");
}

fn an_attach_may_show_the_logs_only(session: &Session) {
    let container = running(session, "echo one; sleep 0.1; echo two >&2");
    assert_eq!(exit_code(session, &container.id), 0);
    let logs = json!({ "id": container.id, "logs": true, "stream": false });
    assert_eq!(session.output("container_attach", logs).text, "out| one\nerr| two\n");
}

fn an_attach_to_nothing_is_refused(session: &Session) {
    for tool in ["container_attach", "container_attach_websocket"] {
        let failed = session.fail(tool, json!({ "id": "no-such" }));
        assert!(failed.contains("404"), "{failed}");
    }
    let container = running(session, "sleep 1000");
    session.done("container_pause", json!({ "id": container.id }));
    let failed = session.fail("container_attach", json!({ "id": container.id }));
    assert!(failed.contains("409") && failed.contains("unpause the container first"), "{failed}");
}

/// A container that reads a line and says so on both ways.
fn reading(session: &Session, tty: bool) -> Container {
    let script = "read line; echo \"got $line\"; echo \"heard $line\" >&2; exit 3";
    let open: Value = json!({ "OpenStdin": true, "Tty": tty });
    started(session, and(shell(script), open))
}
