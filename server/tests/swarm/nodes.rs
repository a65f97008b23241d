//! Nodes that have only their own, that know no services, that are drained, and that are lost.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::node::{IMAGE, Node, Service, spec, until};
use crate::trials;

pub fn trials() -> Vec<Trial> {
    trials![
        a_node_that_lacks_a_container_says_that_others_may_have_it,
        a_worker_names_the_managers,
        a_drained_node_runs_no_task,
        ports_of_the_ingress_without_ipvs_are_what_the_doctor_finds,
        a_swarm_outlives_one_node_and_says_when_it_has_lost_two,
    ]
}

fn a_node_that_lacks_a_container_says_that_others_may_have_it() {
    let service = Service::new(&spec("local", 3, "sleep 1000")).run(3);
    let task = service.running().into_iter().find(|task| task["NodeID"] == id(Node(2))).expect("one is on each node");
    let container = &task["Status"]["ContainerStatus"]["ContainerID"];
    let ran = Node(2).text("exec_run", &json!({ "id": container, "body": { "Cmd": ["hostname"] } }));
    assert!(!ran.is_empty());
    let elsewhere = "this engine is a node of a swarm and has only its own containers and volumes";
    for (tool, arguments) in [
        ("container_inspect", json!({ "id": container })),
        ("exec_run", json!({ "id": container, "body": { "Cmd": ["hostname"] } })),
        ("container_stats", json!({ "id": container })),
        ("container_logs", json!({ "id": container })),
        ("volume_inspect", json!({ "name": "data" })),
    ] {
        let failure = Node(1).fail(tool, &arguments);
        assert!(failure.contains("404") && failure.contains(elsewhere) && failure.contains("task_list"), "{failure}");
    }
    // Any manager knows a network of the swarm, so one that is missing is missing.
    assert!(!Node(1).fail("network_inspect", &json!({ "id": "no-such" })).contains(elsewhere));
}

fn a_worker_names_the_managers() {
    assert!(Node(3).doctor().contains("swarm     a manager, of 3, in a swarm of 3 nodes"), "{}", Node(3).doctor());
    set(Node(3), json!({ "Role": "worker" }));
    let failure = until("the node is a worker", || Node(3).tried("service_list", &json!({})).err());
    let managers = "this node is a worker: ask the engine of a manager, at 10.240.0.1 or 10.240.0.2";
    assert!(failure.contains(managers), "{failure}");
    let doctor = Node(3).doctor();
    assert!(doctor.contains("warn  swarm     a worker") && doctor.contains("10.240.0.1 or 10.240.0.2"), "{doctor}");
    set(Node(3), json!({ "Role": "manager" }));
    until("the node is a manager again", || Node(3).tried("service_list", &json!({})).ok());
    until("the others reach it", || (reachable().len() == 3).then_some(()));
}

fn a_drained_node_runs_no_task() {
    let service = Service::new(&spec("drained", 3, "sleep 1000")).run(3);
    set(Node(2), json!({ "Availability": "drain" }));
    let left = id(Node(2));
    until("its tasks run elsewhere", || {
        let tasks = service.running();
        (tasks.len() == 3 && tasks.iter().all(|task| task["NodeID"] != left)).then_some(())
    });
    set(Node(2), json!({ "Availability": "active" }));
}

fn ports_of_the_ingress_without_ipvs_are_what_the_doctor_finds() {
    let mut published = spec("published", 1, "cd /tmp; exec httpd -f -p 80");
    published["EndpointSpec"] = json!({ "Mode": "vip", "Ports": [{ "TargetPort": 80, "PublishedPort": 8090 }] });
    let _service = Service::new(&published).run(1);
    let doctor = Node(1).doctor();
    let words = "the kernel has no IPVS, so nothing answers at the ports that `published` publish through the ingress";
    if Path::new("/proc/net/ip_vs").exists() {
        assert!(!doctor.contains(words), "{doctor}");
        until("the port answers", || Node(2).fetch(8090).ok());
    } else {
        assert!(doctor.contains(words), "{doctor}");
        assert!(Node(2).fetch(8090).is_err(), "the ports answer all the same");
    }
}

fn a_swarm_outlives_one_node_and_says_when_it_has_lost_two() {
    let service = Service::new(&spec("lasting", 3, "sleep 1000")).run(3);
    let (lost, name) = (id(Node(3)), Node(3).name());
    Node(3).kill();
    until("the loss is noticed", || {
        let state = Node(1).call("node_inspect", &json!({ "id": name, "select": "Status.State" }));
        (state == "down").then_some(())
    });
    until("its task runs elsewhere", || {
        let tasks = service.running();
        let others = tasks.iter().filter(|task| task["NodeID"] != lost).count();
        (others == 3).then_some(())
    });
    Node(2).kill();
    let failure = until("the quorum is lost", || {
        let failure = Node(1).tried("service_list", &json!({})).err();
        failure.filter(|failure| failure.contains("quorum"))
    });
    assert!(
        failure.contains("the swarm has lost its quorum: start the engines of 10.240.0.1, 10.240.0.2"),
        "{failure}"
    );
    let doctor = Node(1).doctor();
    assert!(doctor.contains("warn  swarm     a manager of a swarm that has lost its quorum"), "{doctor}");
    // The node's own containers still run, and their tools answer.
    let here = Node(1).call("container_list", &json!({ "filters": { "ancestor": [IMAGE] } }));
    assert!(!here.as_array().unwrap().is_empty());
    Node(2).start();
    Node(3).start();
    until("all managers are back", || (reachable().len() == 3).then_some(()));
    drop(service.run(3));
}

/// Changes the spec of a node.
fn set(node: Node, patch: Value) {
    let arguments = json!({ "id": node.name(), "body": patch });
    until("the node is updated", || Node(1).tried("node_update", &arguments).ok());
}

fn id(node: Node) -> Value {
    Node(1).call("node_inspect", &json!({ "id": node.name(), "select": "ID" }))
}

/// The names of managers that reach each other.
fn reachable() -> Vec<Value> {
    let select = "[?ManagerStatus.Reachability=='reachable' && Status.State=='ready'].Description.Hostname";
    let nodes = Node(1).tried("node_list", &json!({ "select": select })).unwrap_or_default();
    serde_json::from_str(nodes.lines().next().unwrap_or_default()).unwrap_or_default()
}
