//! The life of a container that runs: stopped, killed, paused, waited for, renamed and given other limits.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{
    Container, IMAGE, and, created, exit_code, raw, running, shell, speaks, started, status, trials, unique, until,
    whole,
};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_started_container_runs_until_it_is_stopped,
        a_restarted_container_has_another_process,
        a_killed_container_gets_the_signal,
        a_paused_container_is_frozen_until_it_is_unpaused,
        a_renamed_container_answers_to_its_new_name,
        an_update_changes_limits_in_place,
        a_resize_reaches_the_terminal,
        waiting_ends_with_the_exit_code_while_others_are_answered,
        waiting_ends_with_the_caller_s_own_limit,
    ]
}

fn a_started_container_runs_until_it_is_stopped(session: &Session) {
    let container = running(session, "sleep 1000");
    assert_eq!(status(session, &container.id), "running");
    let again = session.text("container_start", json!({ "id": container.id }));
    assert_eq!(again, "{\"changed\":false}\ndockwright: already in that state");
    let in_use = session.fail("container_delete", json!({ "id": container.id }));
    assert!(
        in_use.contains("409") && in_use.contains("stop the container first with container_stop, or force"),
        "{in_use}"
    );

    let stop = || session.call("container_stop", json!({ "id": container.id, "t": "10s" }));
    assert_eq!(stop(), json!({ "changed": true }));
    let state = session.call("container_inspect", json!({ "id": container.id }))["State"].clone();
    assert_eq!((&state["Status"], &state["ExitCode"]), (&json!("exited"), &json!(128 + 15)));
    assert_eq!(stop(), json!({ "changed": false }));
}

fn a_restarted_container_has_another_process(session: &Session) {
    let container = running(session, "trap 'touch /told; exit' USR1; touch /ready; while :; do sleep 0.02; done");
    ready(&container);
    let process = || session.call("container_inspect", json!({ "id": container.id, "select": "State.Pid" }));
    let before = process();
    session.done("container_restart", json!({ "id": container.id, "signal": "SIGUSR1", "t": 5, "allow_newer": true }));
    assert_eq!(status(session, &container.id), "running");
    assert_ne!(process(), before);
    // Up to 1.41 an engine knew no signal here and sent the container's own, which is SIGTERM.
    let told = session.tried("container_archive_info", json!({ "id": container.id, "path": "/told" }));
    assert_eq!(told.is_ok(), speaks(42));
}

fn a_killed_container_gets_the_signal(session: &Session) {
    let container = running(session, "trap 'exit 7' USR1; touch /ready; while :; do sleep 0.02; done");
    ready(&container);
    let signal = json!({ "id": container.id, "signal": "SIGUSR1" });
    session.done("container_kill", signal.clone());
    assert_eq!(exit_code(session, &container.id), 7);
    let ended = session.fail("container_kill", signal);
    assert!(ended.contains("409") && ended.contains("start the container first"), "{ended}");
}

fn a_paused_container_is_frozen_until_it_is_unpaused(session: &Session) {
    let container = running(session, "sleep 1000");
    session.done("container_pause", json!({ "id": container.id }));
    assert_eq!(status(session, &container.id), "paused");
    let exec = json!({ "id": container.id, "body": { "Cmd": ["true"] } });
    let frozen = session.fail("container_exec", exec);
    assert!(frozen.contains("409") && frozen.contains("unpause the container first"), "{frozen}");
    session.done("container_unpause", json!({ "id": container.id }));
    assert_eq!(status(session, &container.id), "running");
}

fn a_renamed_container_answers_to_its_new_name(session: &Session) {
    let container = created(session, shell("true"));
    let name = unique("renamed");
    session.done("container_rename", json!({ "id": container.id, "name": name }));
    let shown = session.call("container_inspect", json!({ "id": name }));
    assert_eq!((&shown["Id"], &shown["Name"]), (&json!(container.id), &json!(name)));
    assert!(session.fail("container_inspect", json!({ "id": container.name })).contains("404"));
}

fn an_update_changes_limits_in_place(session: &Session) {
    let limits = json!({ "HostConfig": { "CpuShares": 256, "PidsLimit": 100 } });
    let container = started(session, and(shell("sleep 1000"), limits));
    let body = json!({
        "CpuShares": 512,
        "Memory": 64 << 20,
        "MemorySwap": 128 << 20,
        "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 3 },
    });
    session.call("container_update", json!({ "id": container.id, "body": body }));
    let host = &whole(session, "container_inspect", "id", &container.id)["HostConfig"];
    assert_eq!((&host["CpuShares"], &host["Memory"]), (&json!(512), &json!(64 << 20)));
    assert_eq!(host["PidsLimit"], 100, "what was not named stays");
    assert_eq!(host["RestartPolicy"], json!({ "Name": "on-failure", "MaximumRetryCount": 3 }));
    assert_eq!(status(session, &container.id), "running");
}

fn a_resize_reaches_the_terminal(session: &Session) {
    let script = "until stty size | grep -q '33 77'; do sleep 0.02; done; exit 5";
    let container = started(session, and(shell(script), json!({ "Tty": true })));
    session.done("container_resize", json!({ "id": container.id, "h": 33, "w": 77 }));
    assert_eq!(exit_code(session, &container.id), 5);
}

fn waiting_ends_with_the_exit_code_while_others_are_answered(session: &Session) {
    let container = running(session, "trap 'exit 42' USR1; touch /ready; while :; do sleep 0.02; done");
    ready(&container);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| session.call("container_wait", json!({ "id": container.id })));
        let listed = session.call("container_list", json!({ "filters": { "name": container.name } }));
        assert_eq!(listed[0]["Image"], IMAGE);
        session.done("container_kill", json!({ "id": container.id, "signal": "SIGUSR1" }));
        let answer = waiting.join().expect("it is answered");
        assert_eq!(answer["StatusCode"], 42, "{answer}");
    });
    assert_eq!(status(session, &container.id), "exited");
}

fn waiting_ends_with_the_caller_s_own_limit(session: &Session) {
    let container = running(session, "sleep 1000");
    let waited = session.text("container_wait", json!({ "id": container.id, "limit_seconds": 1 }));
    assert!(waited.starts_with("not yet\ndockwright: ended after 1 s (limit_seconds)"), "{waited}");
    assert!(waited.ends_with("wait again, or look at its state."), "{waited}");
    assert_eq!(status(session, &container.id), "running");
}

/// Waits until the container's script has made the file `/ready`.
fn ready(container: &Container) {
    let path = format!("/containers/{}/archive?path=/ready", container.id);
    until("the script is ready", || raw("HEAD", &path, &Value::Null).ok());
}
