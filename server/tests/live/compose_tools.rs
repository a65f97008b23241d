//! The tools of Compose, beside the real `docker compose`: what one makes, the other sees. Trials fail without the
//! plugin.

use std::fs;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{text, trials, variable};
use crate::session::Session;
use crate::stories::world::World;

pub fn trials() -> Vec<Trial> {
    trials![
        a_stack_is_deployed_compared_changed_and_removed,
        compose_and_our_tools_see_the_same_projects,
        changed_networks_and_volumes_are_told,
        failures_of_compose_are_explained,
        a_cancelled_call_ends_compose_and_undoes_nothing,
        a_lamp_stack_is_built_and_deployed,
        nothing_is_started_that_the_policy_denies,
        the_policy_judges_all_that_compose_asks_for,
        a_call_that_is_given_up_ends_compose,
        variables_reach_containers_as_they_are
    ]
}

/// Two services, of which one needs the other to be healthy.
fn shop(command: &str) -> Value {
    let text = format!(
        "services:
  db:
    image: busybox:test
    init: true
    command: sleep 1000
    environment: {{ DB_PASSWORD: hunter22 }}
    healthcheck: {{ test: 'true', interval: 1s }}
    volumes: [ 'data:/data' ]
  web:
    image: busybox:test
    init: true
    command: {command}
    depends_on: {{ db: {{ condition: service_healthy }} }}
volumes: {{ data: {{}} }}
"
    );
    json!({ "compose.yaml": text })
}

fn up(world: &World, files: &Value) -> Value {
    json!({ "project": world.fill("{shop}"), "files": files })
}

/// One service of busybox with more lines.
fn one(world: &World, more: &str) -> Value {
    let text = format!(
        "services:\n  a:\n    image: busybox:test\n    init: true\n    command: sleep 1000\n    stop_grace_period: 1s\n{more}"
    );
    up(world, &json!({ "compose.yaml": text }))
}

pub fn down(session: &Session, world: &World) {
    session.call("compose_down", json!({ "project": world.fill("{shop}"), "volumes": true }));
}

fn a_stack_is_deployed_compared_changed_and_removed(session: &Session) {
    let world = World::new();
    let (first, second) = (up(&world, &shop("sleep 1000")), up(&world, &shop("sleep 2000")));
    let diff = session.call("compose_diff", first.clone());
    assert_eq!(diff["services"]["web"]["action"], "create", "{diff}");
    for (kind, name) in [("networks", "{shop}_default"), ("volumes", "{shop}_data")] {
        assert_eq!(diff[kind][world.fill(name)]["action"], "create", "{diff}");
    }
    let shown = session.call("compose_config", first.clone());
    assert!(!shown.to_string().contains("hunter22"), "{shown}");

    let done = session.call("compose_up", first.clone());
    assert_eq!(done["containers"][0]["state"], "running", "{done}");
    let diff = session.call("compose_diff", first);
    assert!(diff.as_object().map(serde_json::Map::len) == Some(1), "{diff}");
    let diff = session.call("compose_diff", second.clone());
    assert_eq!(diff["services"]["web"]["action"], "recreate", "{diff}");
    assert_eq!(diff["services"]["web"]["why"]["keys"]["Cmd"]["wanted"], json!(["sleep", "2000"]), "{diff}");
    assert!(diff["services"].get("db").is_none(), "{diff}");

    session.call("compose_up", second);
    let command = world.shell("docker inspect {shop}-web-1 --format '{{json .Config.Cmd}}'");
    assert_eq!(command.trim(), "[\"sleep\",\"2000\"]");
    down(session, &world);
    assert_eq!(world.shell("docker ps --all --quiet --filter label=com.docker.compose.project={shop}"), "");
    assert_eq!(world.shell("docker volume ls --quiet --filter label=com.docker.compose.project={shop}"), "");
}

fn compose_and_our_tools_see_the_same_projects(session: &Session) {
    let world = World::new();
    session.call("compose_up", up(&world, &shop("sleep 1000")));
    let project = json!({ "project": world.fill("{shop}") });
    let status = || {
        let ours = session.call("compose_list", json!({}));
        let ours = ours.as_array().into_iter().flatten().find(|one| one["project"] == project["project"]).cloned();
        let theirs = world.shell("docker compose ls --all --format json");
        let theirs: Vec<Value> = serde_json::from_str(&theirs).expect("it is JSON");
        let theirs = theirs.into_iter().find(|one| one["Name"] == project["project"]);
        (ours.map(|one| text(&one["status"])), theirs.map(|one| text(&one["Status"])))
    };
    assert_eq!(status(), (Some("running(2)".to_owned()), Some("running(2)".to_owned())));
    let changed = session.call("compose_stop", project.clone());
    assert_eq!(changed["changed"], json!([world.fill("{shop}-web-1"), world.fill("{shop}-db-1")]));
    // The engine's list follows its containers a moment later.
    world.shell(
        "while [ -n \"$(docker ps --quiet --filter label=com.docker.compose.project={shop})\" ]; do sleep 0.1; done",
    );
    assert_eq!(status(), (Some("exited(2)".to_owned()), Some("exited(2)".to_owned())));
    session.call("compose_start", project.clone());
    let theirs = world.shell("docker compose -p {shop} ps --format '{{.Service}} {{.State}}' | sort");
    assert_eq!(theirs, "db running\nweb running\n");
    let ours = session.call("compose_ps", project.clone());
    assert_eq!(ours[0]["service"], "db", "{ours}");
    let restarted = session.call("compose_restart", json!({ "project": project["project"], "services": ["web"] }));
    assert_eq!(restarted["changed"], json!([world.fill("{shop}-web-1")]));
    world.shell("docker compose -p {shop} down --volumes");
    assert_eq!(status(), (None, None));
}

fn changed_networks_and_volumes_are_told(session: &Session) {
    let world = World::new();
    let with = |objects: &str| one(&world, &format!("    volumes: ['data:/data']\n    networks: [back]\n{objects}"));
    session.call("compose_up", with("networks: { back: { } }\nvolumes: { data: { } }\n"));
    let changed = with("networks: { back: { internal: true } }\nvolumes: { data: { labels: { a: b } } }\n");
    let diff = session.call("compose_diff", changed.clone());
    let network = &diff["networks"][world.fill("{shop}_back")];
    assert_eq!((&network["action"], &network["why"]["keys"]["internal"]["wanted"]), (&json!("recreate"), &json!(true)));
    let volume = &diff["volumes"][world.fill("{shop}_data")];
    assert_eq!((&volume["action"], &volume["why"]["keys"]["labels"]["wanted"]["a"]), (&json!("keep"), &json!("b")));
    // It happens as it was told.
    session.call("compose_up", changed.clone());
    assert_eq!(world.shell("docker network inspect {shop}_back --format '{{.Internal}}'"), "true\n");
    assert!(!world.shell("docker volume inspect {shop}_data").contains("\"a\""), "no data was removed");
    let diff = session.call("compose_diff", changed);
    assert!(diff.get("networks").is_none() && diff.get("volumes").is_some(), "{diff}");
    down(session, &world);
}

/// A client takes back its call while a service is waited for.
fn a_cancelled_call_ends_compose_and_undoes_nothing(session: &Session) {
    let world = World::new();
    let arguments = one(&world, "    healthcheck: {test: 'false', interval: 1s, retries: 1000}\n");
    let call = session.begin("compose_up", arguments);
    world.shell("until docker ps --format '{{.Names}}' | grep -q {shop}-a-1; do sleep 0.1; done");
    session.cancel(call);
    world.shell("while ps -o args | grep -q '[d]ocker-compose.*{shop}'; do sleep 0.1; done");
    let rows = session.call("compose_ps", json!({ "project": world.fill("{shop}") }));
    assert_eq!(rows[0]["state"], "running", "{rows}");
    down(session, &world);
}

fn failures_of_compose_are_explained(session: &Session) {
    let world = World::new();
    let failing = |files: &str, words: &[&str]| {
        let failure = session.refused("compose_up", up(&world, &json!({ "compose.yaml": files })));
        for word in words {
            assert!(failure.contains(word), "{word}: {failure}");
        }
    };
    failing("services:\n  a:\n    image: x\n    portz: [1]\n", &["'portz' not allowed", "line 4 of compose.yaml"]);
    failing("services: {a: {image: 'x:${TAG:?set TAG}'}}", &["TAG is missing a value", "`environment`"]);
    failing("services: {a: {image: [x}}", &["compose.yaml: "]);
    let driver = "services: {a: {image: 'busybox:test'}}\nnetworks: {default: {driver: not-here}}";
    failing(driver, &["failed to create network", "network_mode"]);
    let taken =
        "services:\n  a: {image: 'busybox:test', ports: ['127.0.0.1:5000:5000'], command: sleep 9, init: true}\n";
    failing(taken, &["address already in use", "nothing is undone"]);
    down(session, &world);
    let unhealthy = "services:
  a: {image: 'busybox:test', command: sleep 1000, init: true, healthcheck: {test: 'false', interval: 1s, retries: 1}}
  b: {image: 'busybox:test', command: sleep 1000, init: true, depends_on: {a: {condition: service_healthy}}}
";
    failing(unhealthy, &["is unhealthy", "container_logs", "nothing is undone"]);
    down(session, &world);
}

/// Deploys the seed's stack with what the test engine has: a server of pages, a program behind it, a database.
fn a_lamp_stack_is_built_and_deployed(session: &Session) {
    let world = World::new();
    let files = json!({
        "compose.yaml": "services:
  web:
    build: web
    init: true
    ports: ['127.0.0.1:18082:80']
    depends_on: [php]
  php:
    image: busybox:test
    init: true
    command: httpd -f -p 9000 -h /app
    configs: [{ source: page, target: /app/index.html }]
    depends_on: { mysql: { condition: service_healthy } }
  mysql:
    image: busybox:test
    init: true
    command: sh -c 'cat /run/secrets/password >/data/p; exec sleep 1000'
    secrets: [password]
    healthcheck: { test: test -s /data/p, interval: 1s }
    volumes: ['data:/data']
volumes: { data: {} }
configs: { page: { content: 'costs $$5 <b>' } }
secrets: { password: { environment: MYSQL_PASSWORD } }
",
        "web/Dockerfile": "FROM busybox:test\nRUN mkdir /w && echo built >/w/index.html\nCMD httpd -f -p 80 -h /w\n",
    });
    let mut arguments = up(&world, &files);
    arguments["environment"] = json!({ "MYSQL_PASSWORD": "s3cret pass" });
    session.call("compose_up", arguments.clone());
    assert_eq!(world.shell("docker exec {shop}-web-1 wget -qO- localhost"), "built\n");
    assert_eq!(world.shell("docker exec {shop}-web-1 wget -qO- php:9000"), "costs $5 <b>");
    assert_eq!(world.shell("docker exec {shop}-mysql-1 cat /data/p"), "s3cret pass");
    let states = world.shell("docker compose -p {shop} ps --format '{{.Service}} {{.State}}' | sort");
    assert_eq!(states, "mysql running\nphp running\nweb running\n");
    let diff = session.call("compose_diff", arguments);
    assert!(diff.get("orphans").is_none() && diff.get("networks").is_none(), "{diff}");
    down(session, &world);
    world.shell("docker image rm --force {shop}-web");
}

const POLICY: &str = "preset = \"develop\"
[own]
label = \"dockwright.owner=agent-1\"
[images]
allow = [\"busybox:*\"]
[egress]
builds = true
[publish]
addresses = [\"127.0.0.1\"]
ports = \"18100-18199\"
";

/// A session under a policy, with its folder.
fn policed(policy: &str) -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.toml");
    fs::write(&file, policy).expect("it is written");
    let session = Session::with(&variable("HOST"), &["--policy", &file.display().to_string()]);
    (folder, session)
}

fn nothing_is_started_that_the_policy_denies(_: &Session) {
    let world = World::new();
    let (_folder, session) = policed(POLICY);
    for (more, rule) in [
        ("    volumes: ['/etc:/v']\n", "denied by binds"),
        ("    privileged: true\n", "denied by privileged"),
        ("    ports: ['0.0.0.0:80:80']\n", "denied by publish"),
        ("    pid: host\n", "denied by host_namespaces"),
        ("    network_mode: host\n", "denied by host_namespaces"),
        ("    cap_add: [SYS_ADMIN]\n", "denied by capabilities"),
        ("    devices: ['/dev/sda:/dev/sda']\n", "denied by devices"),
        ("    security_opt: ['seccomp:unconfined']\n", "denied by unconfined"),
        (
            "    volumes: ['data:/v']\nvolumes: {data: {driver_opts: {type: none, o: bind, device: /etc}}}\n",
            "denied by",
        ),
    ] {
        let failure = session.refused("compose_up", one(&world, more));
        assert!(failure.contains(rule) && failure.contains("nothing was started"), "{more}: {failure}");
    }
    assert_eq!(world.shell("docker ps --all --quiet --filter label=com.docker.compose.project={shop}"), "");
    assert_eq!(world.shell("docker network ls --quiet --filter label=com.docker.compose.project={shop}"), "");
}

fn the_policy_judges_all_that_compose_asks_for(_: &Session) {
    let world = World::new();
    let (_folder, session) = policed(POLICY);
    let mut built = one(&world, "    ports: ['80']\n  b:\n    build: .\n    init: true\n    command: sleep 1000\n");
    built["files"]["Dockerfile"] = json!("FROM busybox:test\nRUN echo built >/x\n");
    session.call("compose_up", built);
    for service in ["a", "b"] {
        let label =
            format!("docker inspect {{shop}}-{service}-1 --format '{{{{index .Config.Labels \"dockwright.owner\"}}}}'");
        assert_eq!(world.shell(&label), "agent-1\n", "{service}");
    }
    down(&session, &world);
    world.shell("docker image rm --force {shop}-b");
    // A project of others is not there.
    world.shell(
        "docker run --detach --init --name {shop} --label com.docker.compose.project={shop} busybox:test sleep 1000",
    );
    assert_eq!(session.call("compose_list", json!({})), json!([]));
    down(&session, &world);
    assert_eq!(world.shell("docker ps --quiet --filter name={shop}").lines().count(), 1);
    world.shell("docker rm --force {shop}");
}

fn a_call_that_is_given_up_ends_compose(session: &Session) {
    let world = World::new();
    let mut arguments = one(&world, "    healthcheck: {test: 'false', interval: 1s, retries: 1000}\n");
    arguments["limit_seconds"] = json!(3);
    let failure = session.refused("compose_up", arguments);
    assert!(failure.contains("not done within 3 s") && failure.contains("nothing is undone"), "{failure}");
    let left = world.shell("ps -o args | grep '[d]ocker-compose.*{shop}' || true");
    assert_eq!(left, "");
    down(session, &world);
}

fn variables_reach_containers_as_they_are(session: &Session) {
    let world = World::new();
    let value = "a\"b'c\\d $HOME ${X} $$ #e\n\tf \\";
    let mut arguments = one(&world, "    environment: {V: '${V}', P: '${PATH}', H: '${HOME}', D: '${DOCKER_HOST}'}\n");
    arguments["environment"] = json!({ "V": value });
    let shown = session.call("compose_config", arguments.clone());
    let environment = &shown["services"]["a"]["environment"];
    assert_eq!(environment["V"], value);
    for (name, own) in [("P", "PATH"), ("H", "HOME"), ("D", "DOCKER_HOST")] {
        assert_ne!(environment[name].as_str(), std::env::var(own).ok().as_deref(), "{name}");
    }
    session.call("compose_up", arguments);
    assert_eq!(world.shell("docker exec {shop}-a-1 sh -c 'printf %s \"$V\"'"), value);
    down(session, &world);
}
