//! "List all running containers", "create an nginx container with port 8080", "stop the container named webserver",
//! "run this command".

use libtest_mimic::Trial;
use serde_json::json;

use super::{docker, free_port, inspected, page, run, stories, strings};
use crate::bench::{IMAGE, Leftover, and, created, running, shell, text, unique, until};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    stories![
        the_running_containers_are_listed_and_no_others,
        a_web_server_is_created_and_serves_its_page_on_the_port,
        the_container_named_webserver_is_stopped,
        a_command_runs_in_a_container_and_returns_its_exit_code,
        a_one_off_container_tells_its_exit_code_and_is_gone,
    ]
}

fn the_running_containers_are_listed_and_no_others(session: &Session) {
    let (first, second) = (running(session, "sleep 1000"), running(session, "sleep 1000"));
    let stopped = created(session, shell("true"));
    let list = session.call("container_list", json!({}));
    let names: Vec<_> = list.as_array().expect("it is a list").iter().flat_map(|one| strings(&one["Names"])).collect();
    assert!(names.contains(&&*first.name) && names.contains(&&*second.name), "{list}");
    assert!(!names.contains(&&*stopped.name), "{list}");
    for container in [&first, &second] {
        let row = docker(&[
            "ps",
            "--no-trunc",
            "--filter",
            &format!("id={}", container.id),
            "--format",
            "{{.Image}} {{.Status}}",
        ]);
        let told = list.as_array().into_iter().flatten().find(|one| one["Names"] == json!([container.name]));
        let told = told.expect("it was found above");
        assert!(row.starts_with(&format!("{} Up ", text(&told["Image"]))), "{told}: {row}");
        assert!(text(&told["Status"]).starts_with("Up "), "{told}");
    }
}

fn a_web_server_is_created_and_serves_its_page_on_the_port(session: &Session) {
    let (name, port) = (unique("nginx"), free_port());
    let _leftover = Leftover::new(format!("/containers/{name}?force=true"));
    let body = json!({
        "Image": IMAGE,
        "Cmd": ["sh", "-c", "mkdir /www && echo 'Welcome to nginx!' > /www/index.html && exec httpd -f -p 80 -h /www"],
        "ExposedPorts": { "80/tcp": {} },
        "HostConfig": { "PortBindings": { "80/tcp": [{ "HostPort": port }] }, "Init": true },
    });
    let id = text(&session.call("container_create", json!({ "name": name, "body": body }))["Id"]);
    session.call("container_start", json!({ "id": name }));
    assert_eq!(page(port), "Welcome to nginx!");
    let listed = session.call("container_list", json!({ "filters": { "name": name } }));
    assert_eq!(listed[0]["Ports"], json!([{ "PublicPort": port }]));
    let ports = session.call("container_inspect", json!({ "id": name }))["NetworkSettings"]["Ports"].clone();
    assert_eq!(ports["80/tcp"][0], json!({ "HostIp": "0.0.0.0", "HostPort": port.to_string() }));
    assert_eq!(inspected(&name, "{{.Id}} {{.State.Running}}"), format!("{id} true"));
    assert!(docker(&["port", &name, "80/tcp"]).lines().any(|line| line == format!("0.0.0.0:{port}")));

    // A port has one owner, and the second container is refused.
    let second = unique("nginx");
    let _second = Leftover::new(format!("/containers/{second}?force=true"));
    let taken = session.refused("container_run", json!({ "name": second, "detach": true, "body": body }));
    assert!(taken.contains("choose another port") && taken.contains("created by this call was deleted"), "{taken}");
    assert_eq!(docker(&["ps", "--all", "--quiet", "--filter", &format!("name={second}")]), "");
}

fn the_container_named_webserver_is_stopped(session: &Session) {
    let name = unique("webserver");
    let _leftover = run(session, &name, shell("trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done"));
    until("it is ready", || docker(&["logs", &name]).contains("ready").then_some(()));
    assert_eq!(session.call("container_stop", json!({ "id": name })), json!({ "changed": true }));
    assert_eq!(inspected(&name, "{{.State.Status}} {{.State.ExitCode}}"), "exited 5");
    assert_eq!(session.call("container_stop", json!({ "id": name })), json!({ "changed": false }));
    let state = session.call("container_inspect", json!({ "id": name }))["State"].clone();
    assert_eq!((&state["Status"], &state["ExitCode"]), (&json!("exited"), &json!(5)));
    let unknown = session.fail("container_stop", json!({ "id": name.replace("webserver", "websever") }));
    assert!(unknown.contains("404") && unknown.contains(&name), "the right name is told: {unknown}");
}

fn a_command_runs_in_a_container_and_returns_its_exit_code(session: &Session) {
    let container = running(session, "sleep 1000");
    let body = json!({ "Cmd": ["sh", "-c", "echo said; echo wrong >&2; echo kept > /kept; exit 3"] });
    let told = session.shown("exec_run", json!({ "id": container.name, "body": body }));
    assert!(told.contains(r#""ExitCode":3"#), "{told}");
    assert!(told.contains("out| said") && told.contains("err| wrong"), "{told}");
    assert_eq!(docker(&["exec", &container.name, "cat", "/kept"]), "kept");

    let body = json!({ "Cmd": ["no-such-command"] });
    let told = session.tried("exec_run", json!({ "id": container.name, "body": body }));
    let told = told.unwrap_or_else(|failure| failure);
    assert!(told.contains("no-such-command") && told.contains("not found"), "{told}");
}

fn a_one_off_container_tells_its_exit_code_and_is_gone(session: &Session) {
    let name = unique("one-off");
    let _leftover = Leftover::new(format!("/containers/{name}?force=true"));
    let arguments =
        json!({ "name": name, "remove": true, "body": and(shell("echo done its work; exit 7"), json!({})) });
    let told = session.shown("container_run", arguments.clone());
    assert!(told.contains(r#""StatusCode":7"#) && told.contains("done its work"), "{told}");
    assert_eq!(docker(&["ps", "--all", "--quiet", "--filter", &format!("name={name}")]), "");

    let kept = and(arguments, json!({ "remove": null }));
    assert!(session.shown("container_run", kept).contains(r#""StatusCode":7"#));
    assert_eq!(inspected(&name, "{{.State.Status}} {{.State.ExitCode}}"), "exited 7");
}
