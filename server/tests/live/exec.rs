//! Processes that are started in a running container.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, created, running, shell, text, trials, until, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        an_exec_is_known_before_it_starts,
        an_exec_runs_detached_and_leaves_its_exit_code,
        output_of_an_exec_is_shown,
        an_exec_reads_its_input_to_the_end,
        an_exec_that_is_not_waited_for_runs_on,
        a_resize_reaches_the_terminal_of_an_exec,
        an_exec_in_a_stopped_container_is_refused,
        a_command_line_in_place_of_a_program_is_split,
    ]
}

fn an_exec_is_known_before_it_starts(session: &Session) {
    let container = running(session, "sleep 1000");
    let exec = create(session, &container, json!({ "Cmd": ["sh", "-c", "true"], "User": "nobody" }));
    let shown = session.call("exec_inspect", json!({ "id": exec }));
    assert_eq!((&shown["ID"], &shown["ContainerID"]), (&json!(exec), &json!(container.id)));
    assert_eq!((&shown["Running"], &shown["ExitCode"]), (&json!(false), &Value::Null));
    let process = &shown["ProcessConfig"];
    assert_eq!((&process["entrypoint"], &process["arguments"]), (&json!("sh"), &json!(["-c", "true"])));
    assert_eq!(process["user"], "nobody");
    assert_eq!(whole(session, "container_inspect", "id", &container.id)["ExecIDs"], json!([exec]));
}

fn an_exec_runs_detached_and_leaves_its_exit_code(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sh", "-c", "echo $A > /written; exit 9"], "Env": ["A=1"] });
    let exec = create(session, &container, body);
    start(session, &exec, false);
    assert_eq!(exit_code(session, &exec), 9);
    let changes = session.call("container_changes", json!({ "id": container.id, "grep": "/written" }));
    assert_eq!(changes[0]["Kind"], 1, "it wrote a file: {changes}");
}

fn output_of_an_exec_is_shown(session: &Session) {
    let container = running(session, "sleep 1000");
    let exec = create(session, &container, attached("echo out; sleep 0.1; echo err >&2; exit 5", false));
    let written = session.output("exec_start", json!({ "id": exec, "body": {} }));
    assert_eq!(written.text, "out| out\nerr| err\n");
    assert_eq!(exit_code(session, &exec), 5);
    // The engine agrees to connect before it looks, so that its refusal is all that comes.
    let again = session.tried("exec_start", json!({ "id": exec, "body": {} })).unwrap_or_else(|failure| failure);
    assert!(again.contains("has already run"), "{again}");

    let exec = create(session, &container, and(attached("echo out; echo err >&2", false), json!({ "Tty": true })));
    let written = session.output("exec_start", json!({ "id": exec, "body": { "Tty": true } }));
    assert_eq!((&*written.text, &*written.notes), ("out\nerr\n", ""));
}

fn an_exec_reads_its_input_to_the_end(session: &Session) {
    let container = running(session, "sleep 1000");
    let exec = create(session, &container, attached("sort -r; echo end; exit 3", true));
    let written = session.output("exec_start", json!({ "id": exec, "body": {}, "input": "one\ntwo\n" }));
    assert_eq!(written.text, "two\none\nend\n");
    assert_eq!(exit_code(session, &exec), 3);
}

fn an_exec_that_is_not_waited_for_runs_on(session: &Session) {
    let container = running(session, "sleep 1000");
    let exec =
        create(session, &container, attached("echo ready; until test -e /go; do sleep 0.02; done; exit 8", false));
    let written = session.output("exec_start", json!({ "id": exec, "body": {}, "limit_seconds": 1 }));
    assert_eq!(written.text, "ready\n");
    assert!(written.notes.contains("ended after 1 s (limit_seconds)"), "{written:?}");
    assert_eq!(session.call("exec_inspect", json!({ "id": exec }))["Running"], true);
    let go = create(session, &container, json!({ "Cmd": ["touch", "/go"] }));
    start(session, &go, false);
    assert_eq!(exit_code(session, &exec), 8);
}

fn a_resize_reaches_the_terminal_of_an_exec(session: &Session) {
    let container = running(session, "sleep 1000");
    let script = "until stty size | grep -q '44 99'; do sleep 0.02; done; exit 6";
    let exec = create(session, &container, and(json!({ "Cmd": ["sh", "-c", script] }), json!({ "Tty": true })));
    start(session, &exec, true);
    session.done("exec_resize", json!({ "id": exec, "h": 44, "w": 99 }));
    assert_eq!(exit_code(session, &exec), 6);
}

fn an_exec_in_a_stopped_container_is_refused(session: &Session) {
    let container = created(session, shell("true"));
    let stopped = session.fail("container_exec", json!({ "id": container.id, "body": { "Cmd": ["true"] } }));
    assert!(stopped.contains("409") && stopped.contains("start the container first"), "{stopped}");
    let unknown = session.fail("exec_inspect", json!({ "id": "0123456789ab" }));
    assert!(unknown.contains("404"), "{unknown}");
    let unknown = session.fail("exec_start", json!({ "id": "0123456789ab", "body": {} }));
    assert!(unknown.contains("404"), "{unknown}");
}

fn create(session: &Session, container: &Container, body: Value) -> String {
    text(&session.call("container_exec", json!({ "id": container.id, "body": body }))["Id"])
}

/// An exec whose output is read.
fn attached(script: &str, input: bool) -> Value {
    json!({ "Cmd": ["sh", "-c", script], "AttachStdout": true, "AttachStderr": true, "AttachStdin": input })
}

fn start(session: &Session, exec: &str, tty: bool) {
    let answer = session.text("exec_start", json!({ "id": exec, "body": { "Detach": true, "Tty": tty } }));
    assert_eq!(answer, "no output");
}

fn exit_code(session: &Session, exec: &str) -> i64 {
    until("the exec ends", || session.call("exec_inspect", json!({ "id": exec }))["ExitCode"].as_i64())
}

fn a_command_line_in_place_of_a_program_is_split(session: &Session) {
    let container = running(session, "sleep 1000");
    let arguments = json!({ "id": container.id, "body": { "Cmd": ["echo hi"] } });
    let said = session.shown("exec_run", arguments);
    assert!(said.contains(r#"each word is an item of Cmd: ["echo","hi"]"#), "{said}");
    let body = json!({ "Image": crate::bench::IMAGE, "Cmd": ["echo hi"] });
    let said = session.refused("container_run", json!({ "body": body }));
    assert!(said.contains(r#"each word is an item of Cmd: ["echo","hi"]"#), "{said}");
}
