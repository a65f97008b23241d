//! The tools that are several operations in one: a command in a container, and a container that runs one.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, Leftover, and, running, shell, status, text, trials, unique, until};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_command_gives_its_output_and_exit_code,
        a_command_reads_its_input,
        a_command_that_still_runs_is_reported,
        a_command_that_is_not_there_is_refused_or_ends,
        a_container_runs_and_gives_its_output_and_exit_code,
        a_container_is_removed_when_it_has_ended,
        a_container_keeps_running_if_nobody_waits,
        a_container_that_cannot_run_leaves_nothing,
        output_that_is_kept_nowhere_is_reported_beside_the_exit_code,
    ]
}

fn a_command_gives_its_output_and_exit_code(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sh", "-c", "echo $A; sleep 0.1; echo err >&2; exit 9"], "Env": ["A=out"] });
    let ran = session.output("exec_run", json!({ "id": container.name, "body": body }));
    assert_eq!((ran.outcome(), &*ran.text), (json!({ "ExitCode": 9 }), "out| out\nerr| err\n"));
    let body = json!({ "Cmd": ["seq", "1", "300"] });
    let ran = session.output("exec_run", json!({ "id": container.id, "body": body, "grep": "99" }));
    assert_eq!((ran.outcome(), &*ran.text), (json!({ "ExitCode": 0 }), "99\n199\n299\n"));
    assert!(ran.notes.contains("grep: 3 of 300 lines match"), "{ran:?}");
    let silent = session.text("exec_run", json!({ "id": container.id, "body": { "Cmd": ["true"] } }));
    assert_eq!(silent, "{\"ExitCode\":0}\ndockwright: no output");
}

fn a_command_reads_its_input(session: &Session) {
    let container = running(session, "sleep 1000");
    let input = "b\na\n".repeat(30_000);
    let body = json!({ "Cmd": ["sh", "-c", "sort | uniq -c | awk '{ print $2, $1 }'"] });
    let ran = session.output("exec_run", json!({ "id": container.id, "body": body, "input": input }));
    assert_eq!((ran.outcome(), &*ran.text), (json!({ "ExitCode": 0 }), "a 30000\nb 30000\n"));
}

fn a_command_that_still_runs_is_reported(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sh", "-c", "echo ready; until test -e /go; do sleep 0.02; done; exit 8"] });
    let ran = session.output("exec_run", json!({ "id": container.id, "body": body, "limit_seconds": 1 }));
    let outcome = ran.outcome();
    assert_eq!((&outcome["Running"], &*ran.text), (&json!(true), "ready\n"));
    assert!(ran.notes.contains("ended after 1 s (limit_seconds)") && ran.notes.contains("exec_inspect"), "{ran:?}");
    session.text("exec_run", json!({ "id": container.id, "body": { "Cmd": ["touch", "/go"] } }));
    let code = || session.call("exec_inspect", json!({ "id": outcome["ID"] }))["ExitCode"].as_i64();
    assert_eq!(until("it ends", code), 8);
}

fn a_command_that_is_not_there_is_refused_or_ends(session: &Session) {
    let container = running(session, "sleep 1000");
    // Engines differ in whether they refuse to start it or say so in its output.
    let said = match session.tried("exec_run", json!({ "id": container.id, "body": { "Cmd": ["no-such"] } })) {
        Ok(reply) => reply,
        Err(failure) => failure,
    };
    assert!(said.contains("no-such") && said.contains("not found"), "{said}");
    let failed = session.refused("exec_run", json!({ "id": "no-such", "body": { "Cmd": ["true"] } }));
    assert!(failed.contains("404"), "{failed}");
    let refused = session.refused("exec_run", json!({ "id": container.id, "body": { "Cmdd": ["true"] } }));
    assert!(refused.contains("`body.Cmdd`"), "{refused}");
}

fn a_container_runs_and_gives_its_output_and_exit_code(session: &Session) {
    let name = unique("run");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let ran =
        session.output("container_run", json!({ "name": name, "body": shell("seq 1 300; exit 4"), "limit_items": 2 }));
    let outcome = ran.outcome();
    assert_eq!((&outcome["StatusCode"], &*ran.text), (&json!(4), "299\n300\n"));
    let kept = session.call("container_inspect", json!({ "id": name }));
    assert_eq!((&kept["Id"], &kept["State"]["ExitCode"]), (&outcome["Id"], &json!(4)));
}

fn a_container_is_removed_when_it_has_ended(session: &Session) {
    let name = unique("run");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let body = and(shell("echo out; echo other"), json!({ "Volumes": { "/data": {} } }));
    let ran = session.output("container_run", json!({ "name": name, "body": body, "remove": true, "grep": "OUT" }));
    assert_eq!(
        (&ran.outcome()["StatusCode"], &ran.outcome()["Removed"], &*ran.text),
        (&json!(0), &json!(true), "out\n")
    );
    assert_eq!(named(session, &name), json!([]));
}

fn a_container_keeps_running_if_nobody_waits(session: &Session) {
    let name = unique("run");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let detached = json!({ "name": name, "body": shell("sleep 1000"), "detach": true, "remove": true });
    let ran = session.call("container_run", detached);
    assert_eq!((&ran["State"], status(session, &text(&ran["Id"]))), (&json!("running"), "running".to_owned()));
    session.call("container_stop", json!({ "id": name }));
    until("the engine removes it", || (named(session, &name) == json!([])).then_some(()));

    let name = unique("run");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let body = shell("echo ready; exec sleep 1000");
    let ran =
        session.output("container_run", json!({ "name": name, "body": body, "remove": true, "limit_seconds": 1 }));
    assert_eq!((&ran.outcome()["State"], &*ran.text), (&json!("running"), "ready\n"));
    assert!(ran.notes.contains("it still runs after 1 s (limit_seconds)"), "{ran:?}");
    assert_eq!(status(session, &name), "running");
}

fn a_container_that_cannot_run_leaves_nothing(session: &Session) {
    let name = unique("run");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true&v=true"));
    let failed = session.refused("container_run", json!({ "name": name, "body": { "Image": "no/such:image" } }));
    assert!(
        failed.contains("404") && failed.contains(r#"image_create {"fromImage":"no/such","tag":"image"}"#),
        "{failed}"
    );
    let bad = json!({ "Image": IMAGE, "Cmd": ["/no/such"], "HostConfig": { "NetworkMode": "none" } });
    let failed = session.refused("container_run", json!({ "name": name, "body": bad }));
    assert!(
        failed.contains("/no/such") && failed.contains("the command is not in the image or cannot be run"),
        "{failed}"
    );
    assert!(failed.ends_with("dockwright: the container created by this call was deleted"), "{failed}");
    assert_eq!(named(session, &name), json!([]));
}

fn output_that_is_kept_nowhere_is_reported_beside_the_exit_code(session: &Session) {
    let kept_nowhere = json!({ "HostConfig": { "LogConfig": { "Type": "none" } } });
    let body = and(shell("echo out; exit 4"), kept_nowhere);
    let ran = session.text("container_run", json!({ "body": body, "remove": true }));
    let outcome: Value = serde_json::from_str(ran.lines().next().unwrap_or_default()).expect("it is JSON");
    assert_eq!((&outcome["StatusCode"], &outcome["Removed"]), (&json!(4), &json!(true)), "{ran}");
    assert!(ran.contains("dockwright: no output: ") && ran.contains("does not support reading"), "{ran}");
}

fn named(session: &Session, name: &str) -> Value {
    session.call("container_list", json!({ "all": true, "filters": { "name": [name] } }))
}
