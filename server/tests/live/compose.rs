//! Stacks that our tools share with Docker Compose. The judge is the real `docker compose`, and trials fail without it.

use libtest_mimic::Trial;
use regex::Regex;
use serde_json::{Value, json};

use crate::bench::{and, shell, text, trials};
use crate::session::Session;
use crate::stories::world::World;

pub fn trials() -> Vec<Trial> {
    trials![a_stack_by_the_prompt_belongs_to_compose, a_stack_of_compose_is_taken_down_by_the_prompt]
}

/// Listens at once, and takes a second to end.
const SLOW_TO_END: &str = "trap 'sleep 1; exit' TERM; httpd -h /etc; while :; do sleep 0.1; done";

const UP: &str = "
cat >compose.yaml <<'END'
services:
  database:
    image: busybox:test
    init: true
    command: sh -c 'echo answers; exec httpd -f -h /etc'
    healthcheck: { test: wget -qO- localhost/passwd, interval: 1s }
    volumes: ['data:/data']
  web:
    image: busybox:test
    init: true
    command: sh -c 'echo serves; exec sleep 1000'
    depends_on: { database: { condition: service_healthy } }
volumes: { data: {} }
END
docker compose -p {shop} up --detach --wait";

fn a_stack_by_the_prompt_belongs_to_compose(session: &Session) {
    let world = world_with_compose();
    bring_up(session, &world);
    assert_eq!(status(&world).as_deref(), Some("running(2)"));
    let services = "docker compose -p {shop} ps --format '{{.Service}} {{.State}} {{.Health}}' | sort";
    assert_eq!(world.shell(services), "database running healthy\nweb running healthy\n");
    let replaced = json!({ "id": world.fill("{web}"), "body": { "Env": ["MODE=new"] } });
    session.call("container_recreate", replaced);
    assert_eq!(world.shell(services), "database running healthy\nweb running healthy\n");

    let time = |service: &str, member: &str| {
        text(&session.call("container_inspect", json!({ "id": world.fill(service) }))["State"][member])
    };
    world.shell("docker compose -p {shop} stop");
    assert_eq!(status(&world).as_deref(), Some("exited(2)"));
    assert!(time("{web}", "FinishedAt") < time("{database}", "FinishedAt"));
    world.shell("docker compose -p {shop} start");
    assert!(time("{database}", "StartedAt") < time("{web}", "StartedAt"));
    world.shell("docker compose -p {shop} down --volumes");
    assert_eq!(status(&world), None);
    let label = world.fill("com.docker.compose.project={shop}");
    assert_eq!(parts(session, &label), [0; 3].map(|_| Vec::<String>::new()));
}

fn a_stack_of_compose_is_taken_down_by_the_prompt(session: &Session) {
    let world = world_with_compose();
    world.shell(UP);
    let stack = world.fill("{shop}");
    let logs = session.output("project_logs", json!({ "project": stack })).text;
    assert!(logs.contains("web| serves\n") && logs.contains("database| answers\n"), "{logs}");

    let prompt = session.prompt("take_down_stack", json!({ "stack": stack }));
    let label = prompt.split('`').nth(1).expect("it names a label");
    let [containers, networks, volumes] = parts(session, label);
    assert_eq!([containers.len(), networks.len(), volumes.len()], [2, 1, 1]);
    for id in &containers {
        session.call("container_stop", json!({ "id": id }));
        session.done("container_delete", json!({ "id": id }));
    }
    session.done("network_delete", json!({ "id": networks[0] }));
    assert_eq!(status(&world), None);
    assert_eq!(world.shell("docker compose -p {shop} ps --all --quiet"), "");
    assert_eq!(parts(session, label), [vec![], vec![], volumes], "data is kept");
}

fn world_with_compose() -> World {
    let world = World::new();
    world.shell("docker compose version");
    world
}

/// Does as the prompt says: a database and a web server that needs it, each with a volume.
fn bring_up(session: &Session, world: &World) {
    let [stack, data, pages] = ["{shop}", "{data}", "{pages}"].map(|name| world.fill(name));
    let prompt = session.prompt("bring_up_stack", json!({ "stack": stack, "services": "web, database" }));
    for (kind, name) in [("network", &stack), ("volume", &data), ("volume", &pages)] {
        let body = json!({ "Name": name, "Labels": labels(&prompt, kind, name, "") });
        session.call(&format!("{kind}_create"), json!({ "body": body }));
    }
    let [database, web] = [("database", "", "exec httpd -f -h /etc", data), ("web", "database", SLOW_TO_END, pages)];
    for (service, needs, script, volume) in [database, web] {
        let more = json!({
            "Labels": labels(&prompt, "container", service, needs),
            "Healthcheck": { "Test": ["CMD-SHELL", "wget -qO- localhost/passwd"], "Interval": 100_000_000 },
            "HostConfig": { "NetworkMode": stack, "RestartPolicy": { "Name": "unless-stopped" }, "Binds": [format!("{volume}:/data")] },
        });
        let name = world.fill(&format!("{{{service}}}"));
        session.call("container_create", json!({ "name": name, "body": and(shell(script), more) }));
        session.call("container_start", json!({ "id": name }));
        session.text("container_wait_for", json!({ "id": name, "healthy": true }));
    }
}

/// The labels that the prompt asks for on a `network`, a `volume` or a `container`, with its capitals filled in.
fn labels(prompt: &str, kind: &str, name: &str, needs: &str) -> Value {
    let label = Regex::new("`com.docker.compose.([a-z._-]+)=([^`]*)`").expect("it is one");
    let labels = label.captures_iter(prompt).map(|label| label.extract().1).filter(|[key, _]| match *key {
        "project" => true,
        "network" | "volume" => *key == kind,
        _ => kind == "container",
    });
    let value = |[key, value]: [&str; 2]| match key {
        "depends_on" if needs.is_empty() => String::new(),
        _ => value.replace("NAME", name).replace("SERVICE", name).replace("OTHER", needs),
    };
    labels.map(|label| (format!("com.docker.compose.{}", label[0]), json!(value(label)))).collect()
}

/// The status of the stack in Compose's list of all.
fn status(world: &World) -> Option<String> {
    let list = world.shell("docker compose ls --all --format json");
    let list: Vec<Value> = serde_json::from_str(&list).unwrap_or_else(|error| panic!("{error}: {list}"));
    let stack = list.iter().find(|stack| stack["Name"] == world.fill("{shop}"))?;
    Some(text(&stack["Status"]))
}

/// The containers, networks and volumes with this label.
fn parts(session: &Session, label: &str) -> [Vec<String>; 3] {
    let tools = [("container_list", "[].Id"), ("network_list", "[].Id"), ("volume_list", "Volumes[].Name")];
    tools.map(|(tool, select)| {
        let mut arguments = json!({ "filters": { "label": label }, "select": select });
        if tool == "container_list" {
            arguments["all"] = json!(true);
        }
        let found = session.call(tool, arguments);
        found.as_array().into_iter().flatten().map(text).collect()
    })
}
