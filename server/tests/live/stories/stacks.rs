//! "A network for my application", "a volume for data that stays", "bring up web, app and database, and take them
//! down".

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{docker, docker_lines, free_port, inspected, page, run, stories, until_healthy};
use crate::bench::{IMAGE, Leftover, and, shell, text, unique};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    stories![
        a_network_for_an_application_joins_its_containers_by_name,
        a_volume_keeps_data_from_one_container_to_the_next,
        a_stack_of_three_comes_up_healthy_and_goes_without_leftovers,
    ]
}

fn a_network_for_an_application_joins_its_containers_by_name(session: &Session) {
    let network = unique("application");
    let _network = Leftover::new(format!("/networks/{network}"));
    let body = json!({ "Name": network, "Driver": "bridge", "Labels": { "application": network } });
    let id = text(&session.call("network_create", json!({ "body": body }))["Id"]);
    let known = docker(&["network", "inspect", "--format", "{{.Id}} {{.Driver}} {{.Labels.application}}", &network]);
    assert_eq!(known, format!("{id} bridge {network}"));

    let joined = || and(shell("sleep 1000"), json!({ "HostConfig": { "NetworkMode": network } }));
    let (one, other) = (unique("joined"), unique("joined"));
    let (_one, _other) = (run(session, &one, joined()), run(session, &other, joined()));
    let ping = json!({ "id": one, "body": { "Cmd": ["ping", "-c", "1", "-W", "5", other] } });
    let told = session.shown("exec_run", ping);
    assert!(told.contains(r#""ExitCode":0"#) && told.contains("1 packets received"), "{told}");
    let members = docker(&["network", "inspect", "--format", "{{range .Containers}}{{.Name}} {{end}}", &network]);
    assert!(members.contains(&one) && members.contains(&other), "{members}");
}

fn a_volume_keeps_data_from_one_container_to_the_next(session: &Session) {
    let volume = unique("data");
    let _leftover = Leftover::new(format!("/volumes/{volume}?force=true"));
    session.call("volume_create", json!({ "body": { "Name": volume } }));
    let with_volume = |script: &str| {
        let mounts = json!([{ "Type": "volume", "Source": volume, "Target": "/data" }]);
        json!({ "remove": true, "body": and(shell(script), json!({ "HostConfig": { "Mounts": mounts } })) })
    };
    let written = session.shown("container_run", with_volume("echo persistent > /data/file"));
    assert!(written.contains(r#""StatusCode":0"#), "{written}");
    let read = session.shown("container_run", with_volume("cat /data/file"));
    assert!(read.contains("persistent"), "{read}");
    assert_eq!(
        docker(&["run", "--rm", "--volume", &format!("{volume}:/data:ro"), IMAGE, "cat", "/data/file"]),
        "persistent"
    );
}

fn a_stack_of_three_comes_up_healthy_and_goes_without_leftovers(session: &Session) {
    let stack = unique("stack");
    let label = format!("com.docker.compose.project={stack}");
    let (network, volume, port) = (format!("{stack}_default"), format!("{stack}_data"), free_port());
    let _network = Leftover::new(format!("/networks/{network}"));
    let _volume = Leftover::new(format!("/volumes/{volume}?force=true"));
    let labels = json!({ "com.docker.compose.project": stack });
    session.call("network_create", json!({ "body": { "Name": network, "Labels": labels } }));
    session.call("volume_create", json!({ "body": { "Name": volume, "Labels": labels } }));

    // Each page is the answer of the service behind it; the database's page is in the volume.
    let database = service(&stack, "database", "echo from the database > /www/index.html", 5432);
    let mount = json!([{ "Type": "volume", "Source": volume, "Target": "/www" }]);
    let database = and(database, json!({ "HostConfig": { "Mounts": mount } }));
    let app = service(&stack, "app", "wget -qO /www/index.html http://database:5432/", 8000);
    let web = service(&stack, "web", "wget -qO /www/index.html http://app:8000/", 80);
    let published = json!({ "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port.to_string() }] });
    let web = and(web, json!({ "ExposedPorts": { "80/tcp": {} }, "HostConfig": { "PortBindings": published } }));
    let mut leftovers = Vec::new();
    for (name, body) in [("database", database), ("app", app), ("web", web)] {
        let name = format!("{stack}-{name}-1");
        leftovers.push(Leftover::new(format!("/containers/{name}?force=true&v=true")));
        session.call("container_create", json!({ "name": name, "body": body }));
        session.call("container_start", json!({ "id": name }));
        until_healthy(session, &name);
    }

    assert_eq!(page(port), "from the database");
    for name in ["database", "app", "web"] {
        assert_eq!(inspected(&format!("{stack}-{name}-1"), "{{.State.Health.Status}}"), "healthy");
    }
    let asked = json!({ "Cmd": ["wget", "-qO-", "http://database:5432/"] });
    let told = session.shown("exec_run", json!({ "id": format!("{stack}-web-1"), "body": asked }));
    assert!(told.contains("from the database") && told.contains(r#""ExitCode":0"#), "{told}");

    let filters = json!({ "label": label });
    let found = |tool: &str, arguments: Value, select: &str| {
        let found = session.call(tool, and(arguments, json!({ "filters": filters, "select": select })));
        found.as_array().expect("it is a list").iter().map(text).collect::<Vec<_>>()
    };
    let containers = found("container_list", json!({ "all": true }), "[].Names[0]");
    assert_eq!(containers.len(), 3, "{containers:?}");
    for name in containers {
        session.call("container_stop", json!({ "id": name, "t": 2 }));
        session.done("container_delete", json!({ "id": name, "v": true }));
    }
    for name in found("network_list", json!({}), "[].Name") {
        session.done("network_delete", json!({ "id": name }));
    }
    for name in found("volume_list", json!({}), "Volumes[].Name") {
        session.done("volume_delete", json!({ "name": name }));
    }
    let label = format!("label={label}");
    for list in [&["ps", "--all"][..], &["network", "ls"], &["volume", "ls"]] {
        assert_eq!(docker_lines(&[list, &["--quiet", "--filter", &label]].concat()), [""; 0], "{list:?}");
    }
}

/// A service that serves the page that a command writes to `/www`, with a health check.
fn service(stack: &str, name: &str, write: &str, port: u16) -> Value {
    let script = format!("mkdir -p /www && {write} && exec httpd -f -p {port} -h /www");
    let check = format!("wget -qO- http://127.0.0.1:{port}/");
    let network = format!("{stack}_default");
    let body = json!({
        "Labels": { "com.docker.compose.project": stack, "com.docker.compose.service": name },
        "Healthcheck": {
            "Test": ["CMD-SHELL", check],
            "Interval": 300_000_000,
            "Timeout": 5_000_000_000_i64,
            "Retries": 20,
        },
        "HostConfig": { "NetworkMode": network, "RestartPolicy": { "Name": "unless-stopped" } },
        "NetworkingConfig": { "EndpointsConfig": { &network: { "Aliases": [name] } } },
    });
    and(shell(&script), body)
}
