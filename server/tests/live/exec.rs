//! Processes that are started in a running container. Starting one is still a raw request, since what it answers with is
//! not yet a tool's.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Container, and, created, raw, running, shell, text, trials, until, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        an_exec_is_known_before_it_starts,
        an_exec_runs_in_the_container_and_leaves_its_exit_code,
        a_resize_reaches_the_terminal_of_an_exec,
        an_exec_in_a_stopped_container_is_refused,
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

fn an_exec_runs_in_the_container_and_leaves_its_exit_code(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sh", "-c", "echo $A > /written; exit 9"], "Env": ["A=1"] });
    let exec = create(session, &container, body);
    start(&exec, false);
    assert_eq!(exit_code(session, &exec), 9);
    let changes = session.call("container_changes", json!({ "id": container.id, "grep": "/written" }));
    assert_eq!(changes[0]["Kind"], 1, "it wrote a file: {changes}");
}

fn a_resize_reaches_the_terminal_of_an_exec(session: &Session) {
    let container = running(session, "sleep 1000");
    let script = "until stty size | grep -q '44 99'; do sleep 0.02; done; exit 6";
    let exec = create(session, &container, and(json!({ "Cmd": ["sh", "-c", script] }), json!({ "Tty": true })));
    start(&exec, true);
    session.done("exec_resize", json!({ "id": exec, "h": 44, "w": 99 }));
    assert_eq!(exit_code(session, &exec), 6);
}

fn an_exec_in_a_stopped_container_is_refused(session: &Session) {
    let container = created(session, shell("true"));
    let stopped = session.fail("container_exec", json!({ "id": container.id, "body": { "Cmd": ["true"] } }));
    assert!(stopped.contains("409") && stopped.contains("start the container first"), "{stopped}");
    let unknown = session.fail("exec_inspect", json!({ "id": "0123456789ab" }));
    assert!(unknown.contains("404"), "{unknown}");
}

fn create(session: &Session, container: &Container, body: Value) -> String {
    text(&session.call("container_exec", json!({ "id": container.id, "body": body }))["Id"])
}

fn start(exec: &str, tty: bool) {
    raw("POST", &format!("/exec/{exec}/start"), &json!({ "Detach": true, "Tty": tty })).expect("it starts");
}

fn exit_code(session: &Session, exec: &str) -> i64 {
    until("the exec ends", || session.call("exec_inspect", json!({ "id": exec }))["ExitCode"].as_i64())
}
