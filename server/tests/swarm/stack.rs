//! A stack by our tools, as `docker stack deploy` makes it: a network, a secret, a config and a service on all nodes.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::node::{Node, Service, spec, until};
use crate::trials;

/// The port that the tasks publish on their nodes.
const PORT: u16 = 8080;

/// `first` and `second`, as the API wants bytes.
const WORDS: [&str; 2] = ["Zmlyc3Q=", "c2Vjb25k"];

pub fn trials() -> Vec<Trial> {
    trials![a_stack_runs_on_all_nodes_is_scaled_and_its_secrets_are_rotated]
}

fn a_stack_runs_on_all_nodes_is_scaled_and_its_secrets_are_rotated() {
    let network = json!({ "body": { "Name": "shop", "Driver": "overlay" } });
    assert!(Node(1).call("network_create", &network)["Id"].is_string());
    let files = |version: usize| {
        let body = |name: &str| json!({ "body": { "Name": format!("{name}-{version}"), "Data": WORDS[version] } });
        let secret = Node(2).call("secret_create", &body("key"))["ID"].clone();
        let config = Node(3).call("config_create", &body("page"))["ID"].clone();
        let file = |name: &str| json!({ "Name": name, "UID": "0", "GID": "0", "Mode": 0o444 });
        json!({
            "Secrets": [{ "SecretID": secret, "SecretName": format!("key-{version}"), "File": file("key") }],
            "Configs": [{ "ConfigID": config, "ConfigName": format!("page-{version}"), "File": file("/page") }],
        })
    };
    let shop = Service::new(&shop(&files(0))).run(3);
    let shown = |word: &str| Node::ALL.iter().all(|node| node.fetch(PORT).is_ok_and(|page| page == word.repeat(2)));
    until("each node serves the secret and the config", || shown("first").then_some(()));
    logs_are_those_of_all_nodes(&shop);
    a_service_is_scaled(&shop);

    // A secret that a service uses cannot be removed.
    assert!(Node(1).fail("secret_delete", &json!({ "id": "key-0" })).contains("is in use"));
    let rotated = shop.update(&json!({ "TaskTemplate": { "ContainerSpec": files(1) } })).unwrap();
    assert!(rotated.contains("completed (update completed); 3 of 3 tasks run"), "{rotated}");
    until("each node serves the new ones", || shown("second").then_some(()));
    for (tool, name) in [("secret_delete", "key-0"), ("config_delete", "page-0")] {
        Node(2).text(tool, &json!({ "id": name }));
    }
    drop(shop);
    until("the network is free", || Node(1).tried("network_delete", &json!({ "id": "shop" })).ok());
}

fn shop(files: &Value) -> Value {
    let script = "cd /tmp; cat /run/secrets/key /page >index.html; echo I am $HOSTNAME; exec httpd -f -p 80";
    let mut shop = spec("shop", 3, script);
    let container = shop["TaskTemplate"]["ContainerSpec"].as_object_mut().unwrap();
    container.extend(files.as_object().unwrap().clone());
    container.insert("Hostname".into(), "{{.Node.Hostname}}".into());
    shop["TaskTemplate"]["Networks"] = json!([{ "Target": "shop" }]);
    shop["TaskTemplate"]["Placement"] = json!({ "MaxReplicas": 1 });
    shop["EndpointSpec"]["Ports"] = json!([{ "TargetPort": 80, "PublishedPort": PORT, "PublishMode": "host" }]);
    shop["UpdateConfig"]["Parallelism"] = 3.into();
    shop
}

fn logs_are_those_of_all_nodes(shop: &Service) {
    until("the logs of all nodes are there", || {
        let logs = Node(2).text("service_logs", &json!({ "id": shop.0 }));
        Node::ALL.iter().all(|node| logs.contains(&format!("I am {}", node.name()))).then_some(())
    });
}

fn a_service_is_scaled(shop: &Service) {
    let scale = |replicas: u32| json!({ "Mode": { "Replicated": { "Replicas": replicas } } });
    let fewer = shop.update(&scale(1)).unwrap();
    assert!(fewer.contains("dockwright: 1 of 1 tasks run"), "{fewer}");
    let all = shop.update(&scale(3)).unwrap();
    assert!(all.contains("dockwright: 3 of 3 tasks run"), "{all}");
    // One more than there is room for.
    let arguments = json!({ "id": shop.0, "body": scale(4), "limit_seconds": 3 });
    let crowded = Node(3).text("service_update", &arguments);
    assert!(crowded.contains("not done after 3 s: 3 of 4 tasks run; tasks failed: pending: no suitable"), "{crowded}");
    shop.update(&scale(3)).unwrap();
}
