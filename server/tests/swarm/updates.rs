//! Updates that are rolled out well, and those that fail: their replies tell which, where the docker CLI says
//! "converged" of all.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::node::{Node, Service, spec};
use crate::trials;

pub fn trials() -> Vec<Trial> {
    trials![
        an_update_that_is_rolled_out_says_so,
        an_update_that_is_rolled_back_is_a_failure_with_the_error_of_its_task,
        an_update_that_stops_midway_is_a_failure_and_can_be_taken_back,
        an_update_that_outlasts_its_limit_goes_on,
    ]
}

/// A patch with another command.
fn command(script: &str) -> Value {
    json!({ "TaskTemplate": { "ContainerSpec": { "Command": ["sh", "-c", script] } } })
}

fn failing(action: &str) -> Value {
    let mut patch = command("exit 7");
    patch["UpdateConfig"] = json!({ "FailureAction": action });
    patch
}

fn an_update_that_is_rolled_out_says_so() {
    let service = Service::new(&spec("good", 3, "sleep 1000")).run(3);
    let reply = service.update(&command("sleep 2000")).unwrap();
    assert!(reply.contains("dockwright: completed (update completed); 3 of 3 tasks run"), "{reply}");
    let labelled = service.update(&json!({ "Labels": { "a": "b" } })).unwrap();
    assert!(labelled.contains("dockwright: 3 of 3 tasks run"), "{labelled}");
}

fn an_update_that_is_rolled_back_is_a_failure_with_the_error_of_its_task() {
    let service = Service::new(&spec("back", 2, "sleep 1000")).run(2);
    let failure = service.update(&failing("rollback")).unwrap_err();
    assert!(failure.starts_with("service_update: the update failed: rollback_completed ("), "{failure}");
    assert!(failure.contains("failed: task: non-zero exit (7)"), "{failure}");
    assert!(failure.contains("dockwright: all tasks are of the spec before again"), "{failure}");
    let spec = Node(2).call("service_inspect", &json!({ "id": "back", "select": "Spec.TaskTemplate.ContainerSpec" }));
    assert_eq!(spec["Command"], json!(["sh", "-c", "sleep 1000"]));
}

fn an_update_that_stops_midway_is_a_failure_and_can_be_taken_back() {
    let service = Service::new(&spec("half", 2, "sleep 1000")).run(2);
    let failure = service.update(&failing("pause")).unwrap_err();
    assert!(failure.contains("the update failed: paused ("), "{failure}");
    assert!(failure.contains("non-zero exit (7)") && failure.contains("`rollback: previous`"), "{failure}");
    let arguments = json!({ "id": "half", "rollback": "previous", "body": {} });
    let back = Node(1).text("service_update", &arguments);
    assert!(back.contains("dockwright: rollback_completed (") && back.contains("2 of 2 tasks run"), "{back}");
}

fn an_update_that_outlasts_its_limit_goes_on() {
    let _service = Service::new(&spec("slow", 2, "sleep 1000")).run(2);
    let arguments = json!({ "id": "slow", "body": command("sleep 2000"), "limit_seconds": 1 });
    let reply = Node(1).text("service_update", &arguments);
    assert!(reply.contains("dockwright: not done after 1 s") && reply.contains("service_inspect shows it"), "{reply}");
}
