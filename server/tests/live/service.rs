//! Services and their tasks. They have no virtual address, since not every kernel can do that.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, Leftover, text, trials, unique, until, whole};
use crate::session::{Output, Session};
use crate::swarm;

pub fn trials() -> Vec<Trial> {
    trials![
        a_service_runs_scales_and_rolls_back,
        a_service_and_its_task_have_the_same_logs,
        logs_of_a_missing_container_are_refused,
    ]
}

fn a_service_runs_scales_and_rolls_back(session: &Session) {
    let node = swarm::node(session);
    let (secret, config) = (swarm::kept(session, "secret"), swarm::kept(session, "config"));
    let file = |name: &str| json!({ "Name": name, "UID": "0", "GID": "0", "Mode": 0o444 });
    // Runs on only if it was given all three.
    let script = "test $(cat /run/secrets/word) = word && test $(cat /word) = word && test ${#API_TOKEN} = 6 \
                  && exec sleep 1000";
    let container = json!({
        "Image": IMAGE,
        "Command": ["sh", "-c", script],
        "Init": true,
        "Env": ["API_TOKEN=abc123"],
        "Secrets": [{ "SecretID": secret.1, "SecretName": secret.0, "File": file("word") }],
        "Configs": [{ "ConfigID": config.1, "ConfigName": config.0, "File": file("/word") }],
    });
    let (name, id, _leftover) = create(session, container);

    let tasks = running(session, &id, 1);
    let task = session.call("task_inspect", json!({ "id": tasks[0]["ID"] }));
    assert_eq!((&task["ServiceID"], &task["NodeID"], &task["Slot"]), (&json!(id), &json!(node), &json!(1)));
    assert!(!task.to_string().contains("abc123"), "{task}");
    let container = text(&task["Status"]["ContainerStatus"]["ContainerID"]);
    let labels = session.call("container_inspect", json!({ "id": container }))["Config"]["Labels"].clone();
    assert_eq!(labels["com.docker.swarm.service.id"], json!(id));

    // The reply lacks the token, and the update names the replicas only.
    let spec = || whole(session, "service_inspect", "id", &id)["Spec"].clone();
    let mut expected = spec();
    assert!(expected.to_string().contains("API_TOKEN=[redacted by dockwright]"), "{expected}");
    assert_eq!(expected["TaskTemplate"]["ContainerSpec"]["Configs"][0]["File"], file("/word"));
    update(session, json!({ "id": id, "body": { "Mode": { "Replicated": { "Replicas": 2 } } } }));
    running(session, &id, 2);
    expected["Mode"]["Replicated"]["Replicas"] = json!(2);
    assert_eq!(spec(), expected, "one thing has changed");
    let listed = session.call("service_list", json!({ "status": true, "filters": { "name": name } }));
    assert_eq!((listed.as_array().map(Vec::len), &listed[0]["ID"]), (Some(1), &json!(id)));
    assert_eq!(listed[0]["ServiceStatus"], json!({ "RunningTasks": 2, "DesiredTasks": 2 }));

    update(session, json!({ "id": id, "rollback": "previous", "body": {} }));
    running(session, &id, 1);
    session.done("service_delete", json!({ "id": id }));
    assert!(session.fail("service_inspect", json!({ "id": id })).contains("404"));
    until("its containers are gone", || {
        let label = format!("com.docker.swarm.service.id={id}");
        let left = session.call("container_list", json!({ "all": true, "filters": { "label": [label] } }));
        (left == json!([])).then_some(())
    });
}

fn a_service_and_its_task_have_the_same_logs(session: &Session) {
    swarm::node(session);
    let script = "echo out; sleep 0.1; echo err >&2; exec sleep 1000";
    let container = json!({ "Image": IMAGE, "Command": ["sh", "-c", script], "Init": true });
    let (_, id, _leftover) = create(session, container);
    let tasks = running(session, &id, 1);
    let task = &tasks[0]["ID"];
    let logs = |tool: &str, id: Value| {
        until("both lines are kept", || {
            let shown = session.tried(tool, json!({ "id": id })).ok().filter(|shown| shown != "no output")?;
            Some(Output::of(&shown).text).filter(|text| text.lines().count() == 2)
        })
    };
    for (tool, id) in [("service_logs", json!(id)), ("task_logs", task.clone())] {
        assert_eq!(logs(tool, id.clone()), "out| out\nerr| err\n", "{tool}");
        let errors = session.output(tool, json!({ "id": id, "stdout": false }));
        assert_eq!(errors.text, "err| err\n", "{tool}");
        let found = session.output(tool, json!({ "id": id, "grep": "OUT" }));
        assert_eq!(found.text, "out| out\n", "{tool}");
        let followed = session.output(tool, json!({ "id": id, "follow": true, "limit_seconds": 1 }));
        assert!(followed.notes.contains("ended after 1 s (limit_seconds)"), "{tool}: {followed:?}");
    }
    let read = session.read(&format!("docker://services/{id}/logs"));
    assert_eq!(Output::of(&read).text, "out| out\nerr| err\n");
}

fn logs_of_a_missing_container_are_refused(session: &Session) {
    swarm::node(session);
    for tool in ["service_logs", "task_logs"] {
        assert!(session.fail(tool, json!({ "id": "no-such" })).contains("404"), "{tool}");
    }
}

/// The tasks of a service, when so many run. Had they not got the secret, the config and the token, none would.
pub fn running(session: &Session, service: &str, count: usize) -> Vec<Value> {
    let filters = json!({ "service": service, "desired-state": "running" });
    until("the tasks run", || {
        let tasks = session.call("task_list", json!({ "filters": filters }));
        let tasks = tasks.as_array().expect("it is a list");
        let run = tasks.iter().all(|task| task["Status"]["State"] == "running");
        (run && tasks.len() == count).then(|| tasks.clone())
    })
}

/// The swarm itself writes to a service that changes, so the version that the server read may be old when it arrives.
pub fn update(session: &Session, arguments: Value) {
    until("the version is the newest", || match session.tried("service_update", arguments.clone()) {
        Err(failure) if failure.contains("out of sequence") => None,
        answer => Some(answer.expect("it is updated")),
    });
}

/// A new service with one task: its name, its id.
pub fn create(session: &Session, container: Value) -> (String, String, Leftover) {
    let name = unique("service");
    let body = json!({
        "Name": name,
        "Labels": { "purpose": "tests" },
        "TaskTemplate": { "ContainerSpec": container },
        "Mode": { "Replicated": { "Replicas": 1 } },
        "EndpointSpec": { "Mode": "dnsrr" },
    });
    let id = text(&session.call("service_create", json!({ "body": body }))["ID"]);
    (name, id.clone(), Leftover::new(format!("/services/{id}")))
}
