//! "Deploy this as a service, scale it, update it, take the update back, remove it".

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{docker, docker_lines, stories};
use crate::bench::{IMAGE, Leftover, unique, until};
use crate::session::Session;
use crate::swarm;

pub fn trials() -> Vec<Trial> {
    stories![a_service_is_deployed_scaled_updated_rolled_back_and_removed]
}

fn a_service_is_deployed_scaled_updated_rolled_back_and_removed(session: &Session) {
    swarm::node(session);
    let name = unique("deployed");
    let _leftover = Leftover::new(format!("/services/{name}"));
    let container = json!({ "Image": IMAGE, "Args": ["sleep", "1000"], "Env": ["COLOUR=blue"], "Init": true });
    let body = json!({
        "Name": name,
        "TaskTemplate": { "ContainerSpec": container },
        "Mode": { "Replicated": { "Replicas": 1 } },
        "UpdateConfig": { "Parallelism": 1, "FailureAction": "rollback", "Order": "start-first" },
        "EndpointSpec": { "Mode": "dnsrr" },
    });
    session.call("service_create", json!({ "body": body }));
    until_running(session, &name, 1);
    assert_eq!(spec(&name), "1 [COLOUR=blue]");

    update(session, json!({ "id": name, "body": { "Mode": { "Replicated": { "Replicas": 3 } } } }));
    until_running(session, &name, 3);
    assert_eq!(spec(&name), "3 [COLOUR=blue]");

    let patch = json!({ "TaskTemplate": { "ContainerSpec": { "Env": ["COLOUR=green"] } } });
    update(session, json!({ "id": name, "body": patch }));
    until_over(session, &name, "completed");
    assert_eq!((spec(&name), colours(&name)), ("3 [COLOUR=green]".into(), vec!["COLOUR=green".to_owned(); 3]));

    update(session, json!({ "id": name, "rollback": "previous", "body": {} }));
    until_over(session, &name, "rollback_completed");
    assert_eq!((spec(&name), colours(&name)), ("3 [COLOUR=blue]".into(), vec!["COLOUR=blue".to_owned(); 3]));

    session.done("service_delete", json!({ "id": name }));
    assert_eq!(docker(&["service", "ls", "--quiet", "--filter", &format!("name={name}")]), "");
    until("its containers are gone", || containers(&name, "--all").is_empty().then_some(()));
}

/// Updates a service as a model would: if another update was quicker it tries again, as the failure says.
fn update(session: &Session, arguments: Value) {
    until("the version is the newest", || match session.tried("service_update", arguments.clone()) {
        Err(failure) if failure.contains("out of sequence") => None,
        answer => Some(answer.expect("it is updated")),
    });
}

/// Waits until so many tasks of a service run, as a model would.
fn until_running(session: &Session, name: &str, count: usize) {
    until("the tasks run", || {
        let filters = json!({ "service": name, "desired-state": "running" });
        let tasks = session.call("task_list", json!({ "filters": filters, "select": "[].Status.State" }));
        (tasks == json!(vec!["running"; count])).then_some(())
    });
    until("the CLI says so too", || (containers(name, "--no-trunc").len() == count).then_some(()));
}

/// Waits until an update is over.
fn until_over(session: &Session, name: &str, state: &str) {
    until(&format!("the update is {state}"), || {
        let told = session.call("service_inspect", json!({ "id": name, "select": "UpdateStatus.State" }));
        assert_ne!(told, "paused");
        (told == state).then_some(())
    });
    until("the old tasks are gone", || (containers(name, "--no-trunc").len() == 3).then_some(()));
}

fn spec(name: &str) -> String {
    let template = "{{.Spec.Mode.Replicated.Replicas}} {{.Spec.TaskTemplate.ContainerSpec.Env}}";
    docker(&["service", "inspect", "--format", template, name])
}

/// Reads the setting that each container of a service got.
fn colours(name: &str) -> Vec<String> {
    let template = "{{range .Config.Env}}{{println .}}{{end}}";
    let all = containers(name, "--no-trunc");
    let told = all.iter().map(|id| docker(&["inspect", "--format", template, id]));
    told.filter_map(|env| env.lines().find(|line| line.starts_with("COLOUR")).map(str::to_owned)).collect()
}

fn containers(name: &str, option: &str) -> Vec<String> {
    docker_lines(&["ps", option, "--quiet", "--filter", &format!("label=com.docker.swarm.service.name={name}")])
}
