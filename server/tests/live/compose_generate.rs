//! Compose files of containers that exist: `docker compose` accepts them, and the containers that it makes of them are
//! those that were there: all that the engine tells of both is compared. Trials fail without the plugin.

use std::fs;

use libtest_mimic::Trial;
use serde_json::{Map, Value, json};

use crate::bench::{text, trials};
use crate::session::Session;
use crate::stories::world::World;

pub fn trials() -> Vec<Trial> {
    trials![
        a_container_with_everything_comes_back_as_it_was,
        a_project_comes_back_as_it_was,
        what_no_file_can_say_is_named,
        words_of_yaml_stay_texts
    ]
}

/// Members of a configuration that say how the client attached to it, or which the mounts tell.
const CLIENT: [&str; 5] = ["AttachStdout", "AttachStderr", "Volumes", "Image", "StdinOnce"];
/// Mounts are compared as they came to be.
const MOUNTS: [&str; 2] = ["Binds", "Mounts"];

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || [json!(""), json!([]), json!({}), json!(0)].contains(value)
}

/// The members that say anything, without some.
fn told(value: &Value, without: &[&str]) -> Map<String, Value> {
    let members = value.as_object().expect("it is an object").iter();
    let members = members.filter(|(name, value)| !without.contains(&name.as_str()) && !is_empty(value));
    members.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// All that somebody chose of a container.
fn view(world: &World, name: &str) -> Value {
    let inspect = world.shell(&format!("docker inspect {name}"));
    let inspect: Value = serde_json::from_str(&inspect).expect("it is JSON");
    let inspect = &inspect[0];
    let mut config = told(&inspect["Config"], &CLIENT);
    let id = text(&inspect["Id"])[..12].to_owned();
    config.retain(|name, value| name != "Hostname" || *value != id.as_str());
    if let Some(Value::Array(variables)) = config.get_mut("Env") {
        variables.sort_by_key(ToString::to_string);
    }
    if let Some(Value::Object(labels)) = config.get_mut("Labels") {
        labels.retain(|name, _| !name.starts_with("com.docker.compose."));
    }
    config.retain(|_, value| !is_empty(value));
    let mut host = told(&inspect["HostConfig"], &MOUNTS);
    for name in ["CapAdd", "CapDrop"] {
        for capability in host.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            *capability = text(capability).trim_start_matches("CAP_").into();
        }
    }
    // Older engines keep no name of the policy that nobody chose.
    if host["RestartPolicy"]["Name"] == "" {
        host["RestartPolicy"]["Name"] = "no".into();
    }
    // The default bridge has two names.
    if host.get("NetworkMode") == Some(&"default".into()) {
        host.insert("NetworkMode".to_owned(), "bridge".into());
    }
    let mut mounts: Vec<_> = inspect["Mounts"].as_array().expect("a list").iter().map(mount).collect();
    mounts.sort();
    let networks = inspect["NetworkSettings"]["Networks"].as_object().expect("an object").iter();
    let networks: Map<_, _> =
        networks.map(|(name, endpoint)| (name.clone(), endpoint_view(inspect, endpoint))).collect();
    json!({ "config": config, "host": host, "mounts": mounts, "networks": networks })
}

fn mount(mount: &Value) -> String {
    let name = mount["Name"].as_str().or(mount["Source"].as_str()).unwrap_or_default();
    let is_nameless = name.len() == 64 && mount["Type"] == "volume";
    let source = if is_nameless { "" } else { name };
    format!("{} {source} {} {} {}", mount["Destination"], mount["Type"], mount["RW"], mount["Propagation"])
}

/// Addresses and aliases, but for those that are the container's names.
fn endpoint_view(inspect: &Value, endpoint: &Value) -> Value {
    let name = text(&inspect["Name"]).trim_start_matches('/').to_owned();
    let service = inspect["Config"]["Labels"]["com.docker.compose.service"].as_str().unwrap_or_default();
    let hostname = text(&inspect["Config"]["Hostname"]);
    let id = &text(&inspect["Id"])[..12];
    let aliases = endpoint["Aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut aliases: Vec<_> = aliases.filter(|alias| ![&name, service, id, &hostname].contains(alias)).collect();
    aliases.sort_unstable();
    let address = if is_empty(&endpoint["IPAMConfig"]) { Value::Null } else { endpoint["IPAMConfig"].clone() };
    json!({ "aliases": aliases, "address": address })
}

/// Writes the file of a call, which `docker compose` must accept, and returns the arguments that bring it up.
fn generate(session: &Session, world: &World, arguments: Value, variables: Value) -> Value {
    let generated = session.call("compose_generate", arguments);
    let file = text(&generated["compose.yaml"]);
    fs::write(world.fill("{folder}/compose.yaml"), &file).expect("it is written");
    let listed = generated["variables"].as_array().cloned().unwrap_or_default();
    let given: Vec<_> = variables.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(json!(listed), json!(given), "{file}");
    let set: String = given.iter().map(|name| format!("{name}=x ")).collect();
    assert_eq!(
        world.shell(&format!("{set} docker compose --file compose.yaml --project-name {{shop}} config --quiet")),
        ""
    );
    json!({ "project": world.fill("{shop}"), "files": { "compose.yaml": file }, "environment": variables })
}

const EVERYTHING: &str = r#"
docker network create --subnet 10.97.0.0/24 {net} >/dev/null
docker network create {two} >/dev/null
docker volume create {vol} >/dev/null
docker run --detach --name {web} --network {net} --ip 10.97.0.7 --network-alias www \
  --env 'DB_PASSWORD=hunt$er22' --env 'PLAIN=a: "b" # $c ${D}' --env DATE=2024-01-01 --env YES=yes --env N=0123 \
  --env EMPTY= --env $'LINES=one\ntwo' --label own=1 --label 'odd=$x: y' \
  --volume {vol}:/vol --volume {folder}:/b:ro --volume /nameless --tmpfs /t:size=1m \
  --mount type=bind,source={folder},target=/m,bind-propagation=rslave --mount type=tmpfs,target=/t2,tmpfs-size=1048576 \
  --memory 64m --memory-swap 96m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --pids-limit 50 --shm-size 32m \
  --ulimit nofile=100:200 --oom-score-adj 100 --cap-add NET_ADMIN --cap-drop MKNOD --security-opt no-new-privileges \
  --read-only --user 1000:1000 --group-add 20 --workdir /vol --init --tty --interactive --hostname hh --domainname dd \
  --dns 1.1.1.1 --dns-search x.y --dns-option ndots:2 --add-host h:1.2.3.4 --sysctl net.core.somaxconn=200 \
  --restart on-failure:3 --stop-signal SIGINT --stop-timeout 7 --log-opt max-size=1m --device /dev/null:/dev/nulle:rw \
  --publish 127.0.0.1:18301:80 --publish 53/udp --expose 99 --entrypoint sleep \
  --health-cmd 'test -n "$DB_PASSWORD"' --health-interval 1500ms --health-retries 2 --health-start-period 3s \
  busybox:test 1000 >/dev/null
docker network connect --alias second {two} {web}
"#;

fn a_container_with_everything_comes_back_as_it_was(session: &Session) {
    let world = World::new();
    world.shell(EVERYTHING);
    let before = view(&world, "{web}");
    let variables = json!({ "DB_PASSWORD": "hunt$er22" });
    let up = generate(session, &world, json!({ "containers": [world.fill("{web}")] }), variables);
    assert!(!up["files"].to_string().contains("er22"), "{up}");
    world.shell("docker rm --force --volumes {web}");
    session.call("compose_up", up.clone());
    assert_eq!(view(&world, "{web}"), before);
    let diff = session.call("compose_diff", up);
    assert_eq!(diff.as_object().map(Map::len), Some(1), "{diff}");
    world.shell("docker compose --project-name {shop} down; docker network rm {net} {two}; docker volume rm {vol}");
}

fn a_project_comes_back_as_it_was(session: &Session) {
    let world = World::new();
    let file = "services:
  db:
    image: busybox:test
    init: true
    command: sleep 1000
    environment: { DB_PASSWORD: hunter22, PRICE: '$$5' }
    healthcheck: { test: 'true', interval: 1s }
    volumes: ['data:/data']
    networks: { back: { aliases: [base] } }
  web:
    image: busybox:test
    init: true
    command: sleep 1000
    environment: { DB_PASSWORD: other22 }
    depends_on: { db: { condition: service_healthy } }
    networks: { back: null, default: { ipv4_address: 10.98.0.9 } }
  side: { image: 'busybox:test', init: true, command: sleep 1000, network_mode: 'service:web', pid: 'service:web' }
networks:
  back: { internal: true, labels: { a: b } }
  default: { ipam: { config: [{ subnet: 10.98.0.0/24 }] } }
volumes: { data: { labels: { c: d } } }
";
    let up = json!({ "project": world.fill("{shop}"), "files": { "compose.yaml": file } });
    session.call("compose_up", up);
    let names = ["{shop}-db-1", "{shop}-web-1", "{shop}-side-1"];
    // Another container has another id, which is the name of the host for those that join it.
    let views = || {
        names.map(|name| {
            let mut view = view(&world, name);
            for mode in ["NetworkMode", "PidMode"] {
                if view["host"][mode].as_str().is_some_and(|mode| mode.starts_with("container:")) {
                    view["host"][mode] = "joined".into();
                    view["config"]["Hostname"] = Value::Null;
                }
            }
            view
        })
    };
    let objects = || {
        let network = "docker network inspect {shop}_back --format '{{json .Internal}} {{json .Labels.a}}'";
        let volume = "docker volume inspect {shop}_data --format '{{json .Labels.c}}'";
        format!("{}{}", world.shell(network), world.shell(volume))
    };
    let (before, objects_before) = (views(), objects());
    let variables = json!({ "DB_PASSWORD": "hunter22", "WEB_DB_PASSWORD": "other22" });
    let up = generate(session, &world, json!({ "project": world.fill("{shop}") }), variables);
    world.shell("docker compose --project-name {shop} down --volumes");
    session.call("compose_up", up.clone());
    assert_eq!((views(), objects()), (before, objects_before));
    let diff = session.call("compose_diff", up);
    assert_eq!(diff.as_object().map(Map::len), Some(1), "{diff}");
    world.shell("docker compose --project-name {shop} down --volumes");
}

fn what_no_file_can_say_is_named(session: &Session) {
    let world = World::new();
    world.shell("docker run --detach --rm --init --name {web} --publish-all --volume /v busybox:test sleep 1000");
    let told = session.text("compose_generate", json!({ "containers": [world.fill("{web}")] }));
    for word in ["AutoRemove", "PublishAllPorts", "the data of volumes without a name"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let failure = session.refused("compose_generate", json!({}));
    assert!(failure.contains("either `project` or `containers`"), "{failure}");
    let failure = session.refused("compose_generate", json!({ "project": "nobody-has-this" }));
    assert!(failure.contains("compose_list"), "{failure}");
}

/// Texts that a parser of YAML takes for something else if they are not quoted.
const ODD: &[&str] = &[
    "no",
    "ON",
    "null",
    "~",
    "1e3",
    "0x1f",
    "017",
    "1_000",
    "12:30:45",
    "2024-01-01",
    "=",
    "<<",
    "- a",
    "? b",
    "k: v",
    "# c",
    " lead",
    "trail ",
    "&a",
    "*a",
    "!t",
    "%d",
    "@x",
    "`y`",
    "{a}",
    "[b]",
    "|",
    ">",
    "'",
    "\"",
    "\\n",
    "a\tb",
    "é",
    "\u{1f40b}",
    "$$",
    "${X}",
    "a\n\n b\n",
    "---",
    "...",
    ".inf",
    "yes\n",
    ":",
    ",",
    "",
];

fn words_of_yaml_stay_texts(session: &Session) {
    let world = World::new();
    let variables = ODD.iter().enumerate().map(|(index, value)| format!("V{index}={value}"));
    let variables: Vec<_> = variables.collect();
    let quoted: String = variables.iter().map(|one| format!(" --env '{}'", one.replace('\'', "'\\''"))).collect();
    // The shell of the world fills words in braces.
    fs::write(
        world.fill("{folder}/run"),
        format!("docker run --detach --init --name \"$1\" {quoted} busybox:test sleep 1000"),
    )
    .expect("it is written");
    world.shell("bash run {web}");
    let before = view(&world, "{web}");
    let up = generate(session, &world, json!({ "containers": [world.fill("{web}")] }), json!({}));
    world.shell("docker rm --force {web}");
    session.call("compose_up", up);
    assert_eq!(view(&world, "{web}"), before);
    world.shell("docker compose --project-name {shop} down");
}
