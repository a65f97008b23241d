//! "Show the logs of the database", "how much do the containers use", "the network settings of the frontend", "watch
//! what happens".

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{ask_docker, docker, docker_lines, inspected, run, stories, strings};
use crate::bench::{Leftover, and, shell, text, unique, until, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    stories![
        the_logs_of_the_database_are_shown,
        the_resource_usage_of_all_containers_is_shown,
        the_network_settings_of_the_frontend_are_shown,
        events_are_followed_while_a_container_starts_and_dies,
    ]
}

fn the_logs_of_the_database_are_shown(session: &Session) {
    let name = unique("database");
    let script =
        "for n in 1 2 3 4 5 6 7 8 9; do echo line $n; done; sleep 0.2; echo 'ERROR: no space left' >&2; sleep 1000";
    let _leftover = run(session, &name, shell(script));
    until("all is written", || (written(&name, "all").len() == 10).then_some(()));
    // People know the purpose of a container, and not its name.
    let found = session.call("container_list", json!({ "all": true, "grep": &name, "select": "[].Names[0]" }));
    assert_eq!(found, json!([name]));
    let logs = session.shown("container_logs", json!({ "id": name, "tail": 4 }));
    let told = logs.lines().filter_map(|line| line.strip_prefix("out| ").or(line.strip_prefix("err| ")));
    let mut told: Vec<_> = told.map(str::to_owned).collect();
    told.sort();
    assert_eq!(told, written(&name, "4"), "{logs}");
    let found = session.shown("container_logs", json!({ "id": name, "grep": "error" }));
    assert!(found.contains("no space left") && !found.contains("line 9"), "{found}");
}

/// The last lines that a container wrote, to whatever stream, sorted.
fn written(name: &str, tail: &str) -> Vec<String> {
    let (_, output, errors) = ask_docker(&["logs", "--tail", tail, name]);
    let mut lines: Vec<_> = output.lines().chain(errors.lines()).map(str::to_owned).collect();
    lines.sort();
    lines
}

fn the_resource_usage_of_all_containers_is_shown(session: &Session) {
    let label = unique("usage");
    let body = |script: &str, megabytes: u64| {
        let limits = json!({ "Memory": megabytes << 20, "NanoCpus": 500_000_000 });
        and(shell(script), json!({ "Labels": { &label: "" }, "HostConfig": limits }))
    };
    let (idle, busy) = (unique("idle"), unique("busy"));
    let _idle = run(session, &idle, body("sleep 1000", 32));
    let _busy = run(session, &busy, body("while :; do :; done", 64));
    let table = session.call("container_table", json!({ "filters": { "label": label } }));
    let rows: Vec<_> = table["rows"].as_array().expect("it has rows").iter().collect();
    assert_eq!((&rows[0][0], &rows[1][0], rows.len()), (&json!(busy), &json!(idle), 2), "{table}");
    let share = |row: &Value| row[4].as_f64().expect("it has a share of the CPU");
    assert!(share(rows[1]) < 20.0 && (1.0..120.0).contains(&share(rows[0])), "{table}");
    for (row, limit) in [(rows[0], "64 MiB"), (rows[1], "32 MiB")] {
        let told = docker(&["stats", "--no-stream", "--format", "{{.MemUsage}}", &text(&row[0])]);
        assert!(row[6] == limit && told.ends_with(&format!("/ {}", limit.replace(' ', ""))), "{told}: {row}");
    }
}

fn the_network_settings_of_the_frontend_are_shown(session: &Session) {
    let (network, name) = (unique("front"), unique("frontend"));
    let id = text(&session.call("network_create", json!({ "body": { "Name": network } }))["Id"]);
    let _network = Leftover::new(format!("/networks/{network}"));
    let endpoint = json!({ "Aliases": ["frontend"] });
    let body = json!({
        "ExposedPorts": { "80/tcp": {} },
        "HostConfig": { "NetworkMode": network, "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1" }] } },
        "NetworkingConfig": { "EndpointsConfig": { &network: endpoint } },
    });
    let _leftover = run(session, &name, and(shell("sleep 1000"), body));
    let shown = session.call("container_inspect", json!({ "id": name }));
    let (ports, settings) = (&shown["NetworkSettings"]["Ports"], &shown["NetworkSettings"]["Networks"][&network]);
    let known: Value = serde_json::from_str(&inspected(&name, "{{json .NetworkSettings}}")).expect("it is JSON");
    assert_eq!(*ports, known["Ports"]);
    for member in ["IPAddress", "Gateway", "MacAddress", "Aliases"] {
        assert!(settings[member].is_string() || settings[member].is_array(), "{member} is missing: {shown}");
        assert_eq!(settings[member], known["Networks"][&network][member], "{member}");
    }
    let members = session.call("network_inspect", json!({ "id": network }))["Containers"].clone();
    let address = format!("{}/", text(&settings["IPAddress"]));
    let member = members.as_object().expect("it is an object").values().next().expect("it has one");
    assert!(member["Name"] == json!(name) && text(&member["IPv4Address"]).starts_with(&address), "{members}");
    assert_eq!(docker(&["network", "inspect", "--format", "{{.Id}}", &network]), id);
}

fn events_are_followed_while_a_container_starts_and_dies(session: &Session) {
    let name = unique("mortal");
    // A model has no clock, but the engine tells its own.
    let now = || text(&session.call("system_info", json!({ "select": "SystemTime" })));
    let since = now();
    let watcher = Session::with(&variable("HOST"), &[]);
    let filters = json!({ "container": name, "event": ["create", "start", "die", "destroy"] });
    let watch =
        json!({ "since": since, "filters": filters, "limit_items": 4, "limit_seconds": 60, "select": "[].Action" });
    let followed = std::thread::scope(|scope| {
        let followed = scope.spawn(|| watcher.call("system_events", watch));
        session.shown("container_run", json!({ "name": name, "remove": true, "body": shell("exit 4") }));
        followed.join().expect("events are told")
    });
    assert_eq!(strings(&followed), ["create", "start", "die", "destroy"]);

    let until = now();
    let past = json!({ "since": since, "until": until, "filters": { "container": name, "event": "die" } });
    let past = session.call("system_events", past);
    assert_eq!((&past["rows"][0][2], &past["rows"][0][5]), (&json!("die"), &json!("exitCode=4")), "{past}");
    let told = docker_lines(&[
        "events",
        "--since",
        &since,
        "--until",
        &until,
        "--filter",
        &format!("container={name}"),
        "--format",
        "{{.Action}}",
    ]);
    for action in ["create", "start", "die", "destroy"] {
        assert!(told.iter().any(|line| line == action), "{action}: {told:?}");
    }
}
