//! Containers that are replaced by others: all that they had stays but for what was asked, and whatever goes wrong, the
//! old one comes back.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{
    Container, IMAGE, Leftover, and, created, running, shell, started, status, text, trials, unique, until, variable,
    whole,
};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_secret_is_kept_and_not_shown,
        ports_variables_and_limits_are_changed_and_the_rest_stays,
        networks_stay_with_aliases_and_addresses,
        anonymous_volumes_keep_their_data,
        another_image_gives_its_own_defaults,
        a_container_that_does_not_run_is_not_started,
        a_link_to_another_stays,
        a_healthy_one_replaces_and_an_unhealthy_one_does_not,
        one_that_cannot_start_or_ends_is_undone,
        a_call_that_is_cancelled_is_undone,
        a_process_that_is_ended_by_a_signal_undoes_it_first,
        a_session_whose_input_ends_undoes_it_first,
        what_cannot_be_kept_is_refused,
    ]
}

/// A container to be replaced; what has its name later goes away too.
fn replaceable(session: &Session, body: Value) -> (Container, Leftover) {
    let container = started(session, body);
    let by_name = Leftover::new(format!("/containers/{}?force=true&v=true", container.name));
    (container, by_name)
}

/// The reply to a replacement, whose new container has the old one's name and state.
fn recreated(session: &Session, container: &Container, arguments: Value) -> Value {
    let reply = session.call("container_recreate", and(arguments, json!({ "id": container.name })));
    assert_eq!((&reply["Name"], &reply["Replaced"]), (&json!(container.name), &json!(container.id)));
    assert!(session.fail("container_inspect", json!({ "id": container.id })).contains("404"));
    reply
}

/// Returns what a command in a container prints.
fn printed(session: &Session, id: &str, script: &str) -> String {
    session.output("exec_run", json!({ "id": id, "body": { "Cmd": ["sh", "-c", script] } })).text
}

/// Checks that the old container is there again, alone, as if nothing had been.
fn assert_undone(session: &Session, container: &Container) {
    let inspect = session.call("container_inspect", json!({ "id": container.name }));
    assert_eq!((&inspect["Id"], &inspect["State"]["Status"]), (&json!(container.id), &json!("running")));
    let names = session.call("container_list", json!({ "all": true, "filters": { "name": container.name } }));
    assert_eq!(names.as_array().map(Vec::len), Some(1), "{names}");
}

/// A body whose check never says yes and never gives up.
fn never_healthy() -> Value {
    let test = json!(["CMD-SHELL", "echo no database; exit 1"]);
    json!({ "Healthcheck": { "Test": test, "Interval": 500_000_000, "Retries": 1000 } })
}

fn a_secret_is_kept_and_not_shown(session: &Session) {
    let body = and(shell("sleep 1000"), json!({ "Env": ["DB_PASSWORD=hunter2", "MODE=old", "GONE=1"] }));
    let (container, _leftover) = replaceable(session, body);
    let patch = json!({ "id": container.name, "body": { "Env": ["MODE=new", "GONE"] } });
    let reply = session.text("container_recreate", patch);
    assert!(!reply.contains("hunter2") && reply.contains("Env was merged by name"), "{reply}");
    let reply: Value = serde_json::from_str(reply.lines().next().unwrap()).unwrap();
    assert_eq!(reply["changed"], json!({ "Env": [["MODE=old", "GONE=1"], ["MODE=new"]] }));
    assert_eq!(printed(session, &text(&reply["Id"]), "echo $DB_PASSWORD$MODE$GONE | tr a-z b-za"), "ivoufs2ofx\n");
    let marker = json!({ "id": container.name, "body": { "Env": ["DB_PASSWORD=[redacted by dockwright]"] } });
    assert!(session.refused("container_recreate", marker).contains("`body.Env[0]`"));
}

fn ports_variables_and_limits_are_changed_and_the_rest_stays(session: &Session) {
    let policy = json!({ "Name": "on-failure", "MaximumRetryCount": 3 });
    let host = json!({ "NetworkMode": "bridge", "Memory": 64 << 20, "RestartPolicy": policy,
        "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "" }] } });
    let body = json!({ "HostConfig": host, "Hostname": "webhost", "Labels": { "a": "1" }, "StopTimeout": 3,
        "ExposedPorts": { "80/tcp": {} } });
    let (container, _leftover) = replaceable(session, and(shell("sleep 1000"), body));
    let before = whole(session, "container_inspect", "id", &container.id);
    let patch = json!({ "HostConfig": { "Memory": 128 << 20, "RestartPolicy": { "Name": "no" },
        "PortBindings": { "81": [{ "HostIp": "127.0.0.1", "HostPort": "" }] } } });
    let reply = recreated(session, &container, json!({ "body": patch }));
    assert_eq!(reply["State"], "running");
    assert_eq!(reply["Ports"].as_object().unwrap().len(), 2, "{reply}");
    let after = whole(session, "container_inspect", "id", &container.name);
    let bindings = &after["HostConfig"]["PortBindings"];
    assert_eq!(bindings["80/tcp"], before["HostConfig"]["PortBindings"]["80/tcp"], "a free port stays a free one");
    assert_eq!(
        (&after["HostConfig"]["Memory"], &after["HostConfig"]["RestartPolicy"]["Name"]),
        (&json!(128 << 20), &json!("no"))
    );
    for kept in ["Hostname", "Labels", "StopTimeout", "Cmd", "Env"] {
        assert_eq!(after["Config"][kept], before["Config"][kept], "{kept}");
    }
    let changed: Vec<_> = reply["changed"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut changed: Vec<_> = changed.into_iter().filter(|path| !path.ends_with("MemorySwap")).collect();
    changed.sort_unstable();
    assert_eq!(
        changed,
        [
            "HostConfig.Memory",
            "HostConfig.PortBindings.81/tcp",
            "HostConfig.RestartPolicy.MaximumRetryCount",
            "HostConfig.RestartPolicy.Name",
        ]
    );
    let again = session.call("container_recreate", json!({ "id": container.name }));
    assert_eq!(again["changed"], json!({}), "nothing was asked for");
}

fn networks_stay_with_aliases_and_addresses(session: &Session) {
    let networks = ["10.234.1", "10.234.2"].map(|prefix| {
        let name = unique("network");
        let config = json!([{ "Subnet": format!("{prefix}.0/24"), "Gateway": format!("{prefix}.1") }]);
        session.call("network_create", json!({ "body": { "Name": name, "IPAM": { "Config": config } } }));
        (Leftover::new(format!("/networks/{name}")), name)
    });
    let [(_one, front), (_two, back)] = &networks;
    let host = json!({ "NetworkMode": front });
    let endpoint = json!({ "Aliases": ["www"], "IPAMConfig": { "IPv4Address": "10.234.1.77" } });
    let body = json!({ "HostConfig": host, "NetworkingConfig": { "EndpointsConfig": { front: endpoint } } });
    let (container, _leftover) = replaceable(session, and(shell("sleep 1000"), body));
    let endpoint = json!({ "Aliases": ["inner"], "IPAMConfig": { "IPv4Address": "10.234.2.77" } });
    session.done(
        "network_connect",
        json!({ "id": back, "body": { "Container": container.id, "EndpointConfig": endpoint } }),
    );

    let reply = recreated(session, &container, json!({ "body": { "Env": ["A=1"] } }));
    assert_eq!(reply["changed"], json!({ "Env": [[], ["A=1"]] }));
    let inspect = whole(session, "container_inspect", "id", &container.name);
    for (network, alias, address) in [(front, "www", "10.234.1.77"), (back, "inner", "10.234.2.77")] {
        let endpoint = &inspect["NetworkSettings"]["Networks"][network];
        assert_eq!(endpoint["IPAddress"], address);
        let aliases = endpoint["Aliases"].as_array().unwrap();
        assert!(aliases.contains(&json!(alias)) && !aliases.contains(&json!(container.id[..12])), "{endpoint}");
        let other = started(session, and(shell("sleep 1000"), json!({ "HostConfig": { "NetworkMode": network } })));
        let found = printed(
            session,
            &other.id,
            &format!("nslookup {alias} 2>/dev/null; nslookup {} 2>/dev/null; true", container.name),
        );
        assert!(found.matches(address).count() >= 2, "{found}");
    }
    let patch = json!({ "NetworkingConfig": { "EndpointsConfig": { back: null } } });
    let reply = session.call("container_recreate", json!({ "id": container.name, "body": patch }));
    assert_eq!(reply["changed"].as_object().unwrap().keys().collect::<Vec<_>>()[0].split('.').next(), Some("Networks"));
    deleted(session, &container.name);
}

fn anonymous_volumes_keep_their_data(session: &Session) {
    let mounts = json!([{ "Type": "volume", "Target": "/mounted" }]);
    let body = json!({ "Volumes": { "/data": {} }, "HostConfig": { "Mounts": mounts } });
    let (container, _leftover) = replaceable(session, and(shell("sleep 1000"), body));
    printed_nothing(session, &container.id, "echo data > /data/file; echo mounted > /mounted/file");
    let before = whole(session, "container_inspect", "id", &container.id)["Mounts"].clone();
    let _volumes: Vec<_> = before
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| Leftover::new(format!("/volumes/{}", text(&mount["Name"]))))
        .collect();
    let reply = recreated(session, &container, json!({}));
    assert_eq!(printed(session, &text(&reply["Id"]), "cat /data/file /mounted/file"), "data\nmounted\n");
    assert_eq!(reply["changed"], json!({}));
    let failed = session
        .refused("container_recreate", json!({ "id": container.name, "body": { "Cmd": ["sh", "-c", "exit 1"] } }));
    assert!(failed.contains("undone"), "{failed}");
    assert_eq!(printed(session, &container.name, "cat /data/file /mounted/file"), "data\nmounted\n");
    deleted(session, &container.name);
}

fn another_image_gives_its_own_defaults(session: &Session) {
    let tag = unique("image");
    let _images = ["1", "2"].map(|version| {
        let command = format!("CMD [\"sleep\", \"{version}000\"]\n");
        let settings = format!("ENV VERSION={version} MODE=image\nLABEL of=image{version}\n");
        let context = json!({ "Dockerfile": format!("FROM {IMAGE}\n{settings}{command}") });
        session.shown("image_build", json!({ "context": context, "t": format!("{tag}:{version}") }));
        Leftover::new(format!("/images/{tag}:{version}?force=true"))
    });
    let host = json!({ "Init": true, "NetworkMode": "none" });
    let body =
        json!({ "Image": format!("{tag}:1"), "Env": ["MODE=mine"], "Labels": { "mine": "1" }, "HostConfig": host });
    let (container, _leftover) = replaceable(session, body);
    let reply = recreated(session, &container, json!({ "image": format!("{tag}:2") }));
    assert_eq!(reply["Image"], format!("{tag}:2"));
    let config = whole(session, "container_inspect", "id", &container.name)["Config"].clone();
    assert_eq!(
        (&config["Cmd"], &config["Labels"]),
        (&json!(["sleep", "2000"]), &json!({ "mine": "1", "of": "image2" }))
    );
    let variables = config["Env"].as_array().unwrap();
    assert!(variables.contains(&json!("VERSION=2")) && variables.contains(&json!("MODE=mine")), "{config}");
    let missing = session.refused("container_recreate", json!({ "id": container.name, "image": "no/such:image" }));
    assert!(missing.contains("404") && missing.contains(r#"image_create {"fromImage":"no/such:image"}"#), "{missing}");
    deleted(session, &container.name);
}

fn a_container_that_does_not_run_is_not_started(session: &Session) {
    let container = created(session, shell("sleep 1000"));
    let _leftover = Leftover::new(format!("/containers/{}?force=true&v=true", container.name));
    let reply = recreated(session, &container, json!({ "body": { "Labels": { "a": "1" } } }));
    assert_eq!((&reply["State"], status(session, &container.name)), (&json!("created"), "created".to_owned()));
    assert_eq!(reply["changed"], json!({ "Labels.a": [null, "1"] }));
}

fn a_link_to_another_stays(session: &Session) {
    let bridge = json!({ "HostConfig": { "NetworkMode": "bridge" } });
    let database = started(session, and(shell("sleep 1000"), bridge.clone()));
    let linked = and(bridge, json!({ "HostConfig": { "Links": [format!("{}:database", database.name)] } }));
    let (container, _leftover) = replaceable(session, and(shell("sleep 1000"), linked));
    recreated(session, &container, json!({ "body": { "Env": ["A=1"] } }));
    assert!(printed(session, &container.name, "cat /etc/hosts").contains("database"));
    let refused = session.refused("container_recreate", json!({ "id": database.name }));
    assert!(refused.contains(&format!("{} (linked)", container.name)), "{refused}");
    assert_eq!(status(session, &database.id), "running");
}

fn a_healthy_one_replaces_and_an_unhealthy_one_does_not(session: &Session) {
    let (container, _leftover) = replaceable(session, shell("echo started; sleep 1000"));
    let check = |test: &str| {
        let check = json!({ "Test": ["CMD-SHELL", test], "Interval": 300_000_000, "Retries": 2 });
        json!({ "id": container.name, "body": { "Healthcheck": check } })
    };
    let failed = session.refused("container_recreate", check("echo no database; exit 1"));
    for said in ["the new container is unhealthy", "exit code 1: no database", "started", "undone"] {
        assert!(failed.contains(said), "{said}: {failed}");
    }
    assert_undone(session, &container);
    let late = json!({ "id": container.name, "body": never_healthy(), "limit_seconds": 2 });
    assert!(session.refused("container_recreate", late).contains("not healthy after 2 s"));
    assert_undone(session, &container);
    let reply = session.call("container_recreate", check("true"));
    assert_eq!((&reply["State"], &reply["Replaced"]), (&json!("healthy"), &json!(container.id)));
}

fn one_that_cannot_start_or_ends_is_undone(session: &Session) {
    let (container, _leftover) = replaceable(session, shell("sleep 1000"));
    let bad = json!({ "Cmd": ["/no/such"], "HostConfig": { "Init": false } });
    let failed = session.refused("container_recreate", json!({ "id": container.name, "body": bad }));
    assert!(failed.starts_with("container_start: ") && failed.contains("/no/such"), "{failed}");
    assert!(failed.ends_with(&format!(
        "undone: {} is the old container {} again and runs",
        container.name,
        &container.id[..12]
    )));
    assert_undone(session, &container);
    let ends = json!({ "Cmd": ["sh", "-c", "echo dying; exit 3"] });
    let failed = session.refused("container_recreate", json!({ "id": container.id, "body": ends }));
    assert!(failed.contains("ended with exit code 3") && failed.contains("dying"), "{failed}");
    assert_undone(session, &container);
    let unknown = json!({ "HostConfig": { "NetworkMode": "no-such-network" } });
    let failed = session.refused("container_recreate", json!({ "id": container.id, "body": unknown }));
    assert!(failed.contains("no-such-network"), "{failed}");
    assert_undone(session, &container);
}

fn a_call_that_is_cancelled_is_undone(session: &Session) {
    let (container, _leftover) = replaceable(session, shell("sleep 1000"));
    let call = session.begin("container_recreate", json!({ "id": container.name, "body": never_healthy() }));
    until_replaced(session, &container);
    let second = session.refused("container_recreate", json!({ "id": container.name }));
    assert!(second.contains("is to replace") && second.contains("-old-"), "{second}");
    session.cancel(call);
    until_back(session, &container);
    // One that is cancelled as soon as it has begun leaves nothing that would be in the way of the next.
    let listed = || {
        let listed = session.call("container_list", json!({ "all": true, "filters": { "name": container.name } }));
        listed.as_array().map_or(0, Vec::len)
    };
    let call = session.begin("container_recreate", json!({ "id": container.name, "body": never_healthy() }));
    until("the new one is there", || (listed() == 2).then_some(()));
    session.cancel(call);
    until("another call replaces it", || session.tried("container_recreate", json!({ "id": container.name })).ok());
    assert_eq!(listed(), 1);
}

fn a_process_that_is_ended_by_a_signal_undoes_it_first(session: &Session) {
    let (container, _leftover) = replaceable(session, shell("sleep 1000"));
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let arguments = json!({ "id": container.name, "body": never_healthy() });
        let mut process = program(&["call", "container_recreate", &arguments.to_string()], Stdio::null());
        until_replaced(session, &container);
        let sent = Command::new("kill").args([&format!("-{signal}"), &process.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
        assert_eq!(process.wait().expect("it ends").code(), Some(code));
        assert_undone(session, &container);
    }
}

fn a_session_whose_input_ends_undoes_it_first(session: &Session) {
    let (container, _leftover) = replaceable(session, shell("sleep 1000"));
    let mut process = program(&[], Stdio::piped());
    let mut input = process.stdin.take().expect("it is a pipe");
    let client = json!({ "name": "test", "version": "1" });
    let initialize = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
    let call = json!({ "name": "container_recreate", "arguments": { "id": container.name, "body": never_healthy() } });
    writeln!(input, "{}", json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize }))
        .expect("it reads");
    let mut lines = BufReader::new(process.stdout.take().expect("it is a pipe")).lines();
    lines.next().expect("it answers").expect("in text");
    writeln!(input, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).expect("it reads");
    writeln!(input, "{}", json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call }))
        .expect("it reads");
    until_replaced(session, &container);
    let begun = Instant::now();
    drop(input);
    assert!(process.wait().expect("it ends").success());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_undone(session, &container);
}

fn what_cannot_be_kept_is_refused(session: &Session) {
    let refused = |more: Value| {
        let (container, _leftover) = replaceable(session, and(shell("sleep 1000"), more));
        let refused = session.refused("container_recreate", json!({ "id": container.id }));
        assert_eq!(status(session, &container.id), "running");
        refused
    };
    let labels = json!({ "Labels": { "com.docker.compose.project": "shop", "com.docker.compose.service": "web" } });
    let compose = refused(labels);
    assert!(compose.contains("Compose project `shop`") && compose.contains("docker compose up"), "{compose}");
    let swarm = refused(json!({ "Labels": { "com.docker.swarm.service.name": "api" } }));
    assert!(swarm.contains("service_update"), "{swarm}");
    assert!(refused(json!({ "HostConfig": { "AutoRemove": true } })).contains("AutoRemove"));

    let container = running(session, "sleep 1000");
    let joins = json!({ "HostConfig": { "NetworkMode": format!("container:{}", container.name) } });
    let joined = started(session, and(shell("sleep 1000"), joins));
    let depends = session.refused("container_recreate", json!({ "id": container.name }));
    assert!(depends.contains(&format!("{} (shares its network)", joined.name)), "{depends}");
    deleted(session, &joined.id);
    session.done("container_pause", json!({ "id": container.id }));
    assert!(session.refused("container_recreate", json!({ "id": container.name })).contains("unpause"));
    session.done("container_unpause", json!({ "id": container.id }));
    let missing = session.refused("container_recreate", json!({ "id": "no-such-container" }));
    assert!(missing.contains("404"), "{missing}");
    let unknown =
        session.refused("container_recreate", json!({ "id": container.id, "body": { "HostConfig": { "Memry": 1 } } }));
    assert!(unknown.contains("body.HostConfig.Memry"), "{unknown}");

    let other = created(session, shell("sleep 1000"));
    let taken = format!("{}-new-{}", container.name, &container.id[..12]);
    session.done("container_rename", json!({ "id": other.id, "name": taken }));
    let taken = session.refused("container_recreate", json!({ "id": container.id }));
    assert!(taken.contains("another container_recreate") && taken.contains("was not touched"), "{taken}");
    assert_eq!(status(session, &other.id), "created");
}

/// The program itself, with the engine of the tests.
fn program(arguments: &[&str], input: Stdio) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dockwright"));
    command.args(arguments).env_clear().env("DOCKER_HOST", variable("HOST"));
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Waits until a new container has the name of the old one and runs.
fn until_replaced(session: &Session, container: &Container) {
    until("the new one runs", || {
        let inspect = session
            .tried("container_inspect", json!({ "id": container.name, "select": "{Id: Id, S: State.Status}" }))
            .ok()?;
        (!inspect.contains(&container.id) && inspect.contains("running")).then_some(())
    });
}

/// Waits until the old container is back, alone.
fn until_back(session: &Session, container: &Container) {
    until("the old one is back", || {
        let listed = session
            .call("container_list", json!({ "all": true, "filters": { "name": container.name }, "select": "@" }));
        let listed = listed.as_array().unwrap();
        let is_back =
            |one: &Value| one["Id"] == container.id && one["State"] == "running" && one["Names"][0] == container.name;
        (listed.len() == 1 && is_back(&listed[0])).then_some(())
    });
    assert_undone(session, container);
}

fn printed_nothing(session: &Session, id: &str, script: &str) {
    session.text("exec_run", json!({ "id": id, "body": { "Cmd": ["sh", "-c", script] } }));
}

/// Deletes a container now, so that what it uses can go.
fn deleted(session: &Session, name: &str) {
    session.text("container_delete", json!({ "id": name, "force": true }));
}
