//! Compose files that reach for the host: what they would mount, run, join or read is refused, and nothing of the
//! server's environment or of files outside is in any reply. Trials fail without the plugin.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{trials, variable};
use crate::session::Session;
use crate::stories::world::World;

pub fn trials() -> Vec<Trial> {
    trials![
        nothing_is_started_that_reaches_the_host,
        nothing_runs_or_reads_on_the_server,
        the_environment_of_the_server_is_never_seen,
        a_folder_that_changes_is_not_read_again,
        a_restricted_server_keeps_its_bounds
    ]
}

const POLICY: &str = "preset = \"develop\"
[own]
label = \"dockwright.owner=agent-1\"
[images]
allow = [\"busybox:*\"]
";

/// A session under a policy, with the folder of its file.
fn policed() -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.toml");
    fs::write(&file, POLICY).expect("it is written");
    let session = Session::with(&variable("HOST"), &["--policy", &file.display().to_string()]);
    (folder, session)
}

/// One service of busybox with more lines.
fn one(world: &World, more: &str) -> Value {
    let text = format!("services:\n  a:\n    image: busybox:test\n    init: true\n    command: sleep 1000\n{more}");
    json!({ "project": world.fill("{shop}"), "files": { "compose.yaml": world.fill(&text) } })
}

/// Checks that neither a container nor a network or a volume of the project was made.
fn assert_nothing_made(world: &World, of: &str) {
    for list in ["docker ps --all", "docker network ls", "docker volume ls"] {
        let made = world.shell(&format!("{list} --quiet --filter label=com.docker.compose.project={{shop}}"));
        assert_eq!(made, "", "{of}: {list}");
    }
}

fn nothing_is_started_that_reaches_the_host(_: &Session) {
    let world = World::new();
    let (_folder, session) = policed();
    world.shell("docker run --detach --init --name {other} --network none busybox:test sleep 1000");
    world.shell("docker network create {net}");
    for more in [
        "    volumes: ['/:/host']\n",
        "    volumes: [{type: bind, source: /var/run/docker.sock, target: /s, bind: {create_host_path: false}}]\n",
        "    volumes: ['data:/d']\nvolumes: {data: {driver: local, driver_opts: {type: nfs, o: 'addr=1.2.3.4', device: ':/'}}}\n",
        "    volumes: ['data:/d']\nvolumes: {data: {driver_opts: {type: ext4, device: /dev/sda1}}}\n",
        "    post_start: [{command: id, privileged: true}]\n",
        "    pre_stop: [{command: id, privileged: true}]\n",
        "    ipc: host\n",
        "    uts: host\n",
        "    userns_mode: host\n",
        "    cgroup: host\n",
        "    cgroup_parent: /x\n",
        "    pid: 'container:{other}'\n",
        "    network_mode: 'container:{other}'\n",
        "    volumes_from: ['container:{other}']\n",
        "    networks: [theirs]\nnetworks: {theirs: {name: '{net}', external: true}}\n",
        "    gpus: all\n",
        "    deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}\n",
        "    device_cgroup_rules: ['a *:* rwm']\n",
        "    security_opt: ['systempaths=unconfined']\n",
        "    security_opt: ['apparmor=unconfined']\n",
        "    runtime: other\n",
        "    labels: {dockwright.owner: somebody}\n",
        "  b:\n    image: alpine\n",
    ] {
        let failure = session.refused("compose_up", one(&world, more));
        assert!(failure.contains("denied by") || failure.contains("404 Not Found"), "{more}: {failure}");
        assert!(failure.contains("nothing was started"), "{more}: {failure}");
        assert_nothing_made(&world, more);
    }
}

fn nothing_runs_or_reads_on_the_server(session: &Session) {
    let world = World::new();
    for more in [
        "    provider: {type: model}\n",
        "    use_api_socket: true\n",
        "    models: [m]\nmodels: {m: {model: x}}\n",
        "    credential_spec: {file: /etc/passwd}\n",
        "    env_file: /etc/os-release\n",
        "    env_file: ../../../../../etc/os-release\n",
        "    env_file: ~/.docker/config.json\n",
        "    env_file: '${X:-/etc/os-release}'\n",
        "    # \u{85}    env_file: /etc/os-release\n",
        "    # \u{2028}    env_file: /etc/os-release\n",
        "    label_file: /etc/os-release\n",
        "    extends: {file: /etc/os-release, service: a}\n",
        "include: [/etc/os-release]\n",
        "include: [{path: compose.yaml, env_file: /etc/os-release}]\n",
        "include: ['oci://127.0.0.1:5000/x']\n",
        "    build: /etc\n",
        "    build: {context: ., dockerfile: /etc/os-release}\n",
        "    build: {context: ., additional_contexts: {e: /etc}}\n",
        "    build: {context: ., ssh: [default]}\n",
        "    build: {context: ., cache_to: ['type=local,dest=/tmp/x']}\n",
        "    secrets: [s]\nsecrets: {s: {file: /etc/os-release}}\n",
        "    configs: [c]\nconfigs: {c: {file: /etc/os-release}}\n",
        "    secrets: [s]\nsecrets: {s: {environment: HOME}}\n",
        "    volumes: ['./x:/x']\n",
        "    volumes: ['~/x:/x']\n",
    ] {
        for tool in ["compose_config", "compose_diff", "compose_up"] {
            let failure = session.refused(tool, one(&world, more));
            assert!(!failure.contains("PRETTY") && !failure.contains("Debian"), "{more}: {failure}");
        }
    }
    for (name, text) in [("../x", ""), ("/etc/x", ""), ("a/../../x", ""), ("compose.yaml/x", "")] {
        let mut arguments = one(&world, "");
        arguments["files"][name] = text.into();
        session.refused("compose_config", arguments);
    }
    let mut files = one(&world, "");
    files["files"][".env"] = "COMPOSE_FILE=/etc/os-release\n".into();
    assert!(session.refused("compose_config", files.clone()).contains("COMPOSE_FILE"));
    files["files"][".env"] = "COMPOSE_ENV_FILES=/etc/os-release\n".into();
    files["files"]["compose.yaml"] = "services: {a: {image: 'x:${PRETTY_NAME}'}}".into();
    assert!(!session.text("compose_config", files).contains("Debian"));
    for project in ["", "../x", "a/b", "-x", "A", "a b"] {
        session.refused("compose_up", json!({ "project": project, "files": { "compose.yaml": "services: {}" } }));
        session.refused("compose_down", json!({ "project": project }));
    }
    assert_nothing_made(&world, "refused files");
}

fn the_environment_of_the_server_is_never_seen(_: &Session) {
    let world = World::new();
    let config = std::env::var_os("DOCKER_CONFIG").expect("it is set");
    let leaks = ["SERVER_SECRET", "DOCKWRIGHT_AUDIT_NOTE", "COMPOSE_SECRET", "AWS_SECRET_ACCESS_KEY"];
    let mut variables: Vec<_> = leaks.iter().map(|name| (*name, OsStr::new("leaked-value"))).collect();
    variables.extend([("DOCKER_CONFIG", config.as_os_str()), ("HOME", OsStr::new("/leaked-value"))]);
    variables.push(("PATH", OsStr::new("/leaked-value:/usr/bin:/bin:/usr/sbin:/sbin")));
    // The server sends no logins here, and with them Compose has these three after it has resolved the files.
    for options in [&["--no-credentials", "--show-secrets"][..], &["--show-secrets"]] {
        let session = Session::in_environment(&variable("HOST"), &variables, options);
        let names = [&leaks[..], &["HOME", "PATH", "DOCKER_CONFIG"]].concat();
        let listed: String = names.iter().map(|name| format!("\n      - {name}")).collect();
        let used: String = names.iter().map(|name| format!("${{{name}:-}} ")).collect();
        let more = format!(
            "    environment:{listed}\n    labels: {{ all: '{used}' }}\n    env_file: more.env\n    build:\n      context: .\n      \
             args:{listed}\n"
        );
        let mut arguments = one(&world, "");
        let text =
            arguments["files"]["compose.yaml"].as_str().expect("it is text").replace("    image: busybox:test\n", "");
        arguments["files"]["compose.yaml"] = format!("{text}{more}").into();
        arguments["files"]["more.env"] =
            names.iter().map(|name| format!("M_{name}=${{{name}}}\n")).collect::<String>().into();
        let words: String = names.iter().map(|name| format!("ARG {name}\n")).collect();
        let run = "RUN (set; cat /proc/self/environ) >/built\n";
        arguments["files"]["Dockerfile"] = format!("FROM busybox:test\n{words}{run}").into();
        let shown = session.text("compose_config", arguments.clone());
        assert!(!shown.contains("leaked"), "{shown}");
        session.call("compose_up", arguments);
        let inspect = world.shell("docker inspect {shop}-a-1; docker exec {shop}-a-1 sh -c 'set; cat /built'");
        assert!(!inspect.contains("leaked"), "{inspect}");
        session.call("compose_down", json!({ "project": world.fill("{shop}") }));
        world.shell("docker image rm --force {shop}-a");
    }
}

/// The model that was judged is the one that is started, whatever becomes of the files.
fn a_folder_that_changes_is_not_read_again(_: &Session) {
    let world = World::new();
    let session = world.session();
    let write =
        |name: &str, text: &str| fs::write(world.fill(&format!("{{folder}}/{name}")), text).expect("it is written");
    write("compose.yaml", "services: {a: {image: 'busybox:test', init: true, command: sleep 1000, env_file: a.env}}");
    write("a.env", "A=first\n");
    write(".env", "B=1\n");
    let project = json!({ "project": world.fill("{shop}"), "path": world.fill("{folder}") });
    session.call("compose_up", project.clone());
    let environment = world.shell("docker inspect {shop}-a-1 --format '{{json .Config.Env}}'");
    assert!(environment.contains("A=first"), "{environment}");
    for (name, target) in
        [("a.env", "/etc/os-release"), (".env", "/etc/os-release"), ("compose.yaml", "/etc/os-release")]
    {
        let path = world.fill(&format!("{{folder}}/{name}"));
        let text = fs::read_to_string(&path).expect("it is read");
        fs::remove_file(&path).expect("it is removed");
        symlink(target, &path).expect("a link");
        let failure = session.refused("compose_up", project.clone());
        assert!(!failure.contains("Debian"), "{failure}");
        fs::remove_file(&path).expect("it is removed");
        fs::write(&path, text).expect("it is written");
    }
    let outside = session.refused("compose_up", json!({ "project": world.fill("{shop}"), "path": "/etc" }));
    assert!(outside.contains("allow"), "{outside}");
    session.call("compose_down", json!({ "project": world.fill("{shop}") }));
}

fn a_restricted_server_keeps_its_bounds(_: &Session) {
    let world = World::new();
    let with = |options: &[&str]| Session::with(&variable("HOST"), options);
    for options in [&["--read-only"][..], &["--no-compose"], &["--no-destructive"]] {
        let session = with(options);
        let tools = session.tools();
        assert!(!tools.iter().any(|tool| tool == "compose_up" || tool == "compose_down"), "{options:?}");
        assert!(tools.iter().any(|tool| tool == "compose_list"), "{options:?}");
        let failure = session.refused("compose_up", one(&world, ""));
        assert!(failure.contains("not exposed"), "{failure}");
    }
    assert_nothing_made(&world, "tools that are not exposed");
}
