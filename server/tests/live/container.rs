//! Containers as they are made, described, found and thrown away.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{
    IMAGE, and, created, exit_code, raw, running, shell, started, status, trials, unique, until, whole,
};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_container_is_listed_until_it_is_deleted,
        a_container_keeps_what_it_was_created_with,
        secrets_are_hidden_unless_the_server_shows_them,
        a_failure_shows_no_secret,
        a_wrong_argument_is_refused_before_anything_happens,
        top_shows_the_processes,
        changes_are_those_of_the_file_system,
        the_archive_headers_describe_a_file,
        pruning_removes_containers_that_have_ended,
        a_name_that_no_container_has_is_explained,
        a_change_is_made_once_whatever_its_select_says,
        the_name_of_a_platform_is_completed,
    ]
}

fn a_created_container_is_listed_until_it_is_deleted(session: &Session) {
    let label = unique("label");
    let container = created(session, and(shell("true"), json!({ "Labels": { &label: "yes" } })));
    let list =
        || session.call("container_list", json!({ "all": true, "filters": { "label": format!("{label}=yes") } }));
    assert_eq!(list(), json!([{ "Names": [container.name], "Image": IMAGE, "Status": "Created" }]));
    let arguments =
        json!({ "all": true, "filters": { "name": container.name }, "select": "[].{Id: Id, State: State}" });
    assert_eq!(session.call("container_list", arguments), json!([{ "Id": container.id, "State": "created" }]));

    let taken = session.fail("container_create", json!({ "name": container.name, "body": shell("true") }));
    assert!(taken.contains("409") && taken.contains("is already in use by container"), "{taken}");
    assert!(taken.contains("choose another name"), "{taken}");
    let missed = session.fail("container_inspect", json!({ "id": format!("{}x", container.name) }));
    assert!(missed.contains("404") && missed.contains(&format!("are {}", container.name)), "{missed}");

    session.done("container_delete", json!({ "id": container.id }));
    assert_eq!(list(), json!([]));
    let gone = session.fail("container_inspect", json!({ "id": container.id }));
    assert!(gone.contains("404 Not Found: No such container"), "{gone}");
}

fn a_container_keeps_what_it_was_created_with(session: &Session) {
    let body = json!({
        "Hostname": "keeper",
        "WorkingDir": "/tmp",
        "StopSignal": "SIGINT",
        "Env": ["A=1", "B=two words"],
        "ExposedPorts": { "8080/tcp": {} },
        // A number for a string and a string for a number, as models write them.
        "HostConfig": {
            "NetworkMode": "bridge",
            "CapDrop": ["NET_RAW"],
            "Memory": "67108864",
            "PortBindings": { "8080/tcp": [{ "HostIp": "127.0.0.1", "HostPort": 18080 }] },
            "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 3 },
        },
    });
    let container = created(session, and(shell("true"), body));
    let shown = session.call("container_inspect", json!({ "id": container.id, "size": true }));
    assert_eq!((&shown["Name"], &shown["Path"]), (&json!(container.name), &json!("sh")));
    assert_eq!(shown["Args"], json!(["-c", "true"]));
    assert_eq!(shown["Config"]["WorkingDir"], "/tmp");
    assert!(shown["Config"]["Env"].as_array().is_some_and(|all| all.contains(&json!("B=two words"))), "{shown}");
    assert_eq!(shown["HostConfig"]["Memory"], 64 << 20);
    assert_eq!(shown["HostConfig"]["RestartPolicy"], json!({ "Name": "on-failure", "MaximumRetryCount": 3 }));
    assert!(shown["SizeRootFs"].as_u64().is_some_and(|bytes| bytes > 0), "{shown}");
    assert!(shown.get("GraphDriver").is_none(), "{shown}");

    let all = whole(session, "container_inspect", "id", &container.id);
    assert_eq!((&all["Config"]["Hostname"], &all["Config"]["StopSignal"]), (&json!("keeper"), &json!("SIGINT")));
    assert_eq!(all["HostConfig"]["PortBindings"]["8080/tcp"][0]["HostPort"], "18080");
    assert_eq!(all["HostConfig"]["Init"], true);
    assert!(all["HostConfig"]["CapDrop"][0].as_str().is_some_and(|name| name.ends_with("NET_RAW")), "{all}");
    assert!(all.get("GraphDriver").is_some(), "{all}");
}

/// A secret stands in every kind of place that is looked for; that it is there at all the other session shows.
fn secrets_are_hidden_unless_the_server_shows_them(session: &Session) {
    let open = Session::that_shows_secrets();
    let hidden = format!("hunter-{}", unique("secret"));
    let body = json!({
        "Env": [format!("DB_PASSWORD=the {hidden}"), "PLAIN=seen"],
        "Labels": { "api-token": hidden },
        "Cmd": ["true", format!("--secret-key={hidden}"), format!("https://user:{hidden}@example.com/")],
    });
    let container = created(session, and(shell("true"), body));
    for select in [Value::Null, json!("@"), json!("Config.Env"), json!("Config.Labels"), json!("join(' ', Config.Cmd)")]
    {
        let arguments = json!({ "id": container.id, "select": select });
        let shown = session.text("container_inspect", arguments.clone());
        assert!(!shown.contains(&hidden), "{select} shows the secret: {shown}");
        assert!(shown.contains("hidden; the server shows them only if started with --show-secrets"), "{shown}");
        assert!(open.text("container_inspect", arguments).contains(&hidden), "{select} has no secret to hide");
    }
    let select = r#"Config.[Env[0], Env[1], Labels."api-token", Cmd[1], Cmd[2]]"#;
    let shown = session.call("container_inspect", json!({ "id": container.id, "select": select }));
    let marked = ["DB_PASSWORD=*", "PLAIN=seen", "*", "--secret-key=*", "https://*@example.com/"];
    assert_eq!(shown, json!(marked.map(|text| text.replace('*', "[redacted by dockwright]"))));

    let back = json!({ "body": and(shell("true"), json!({ "Env": [shown[0]] })) });
    assert!(session.refused("container_create", back).contains("`body.Env[0]`"));
}

/// The engine's message about a missing program names it, with anything that is written in one word with it.
fn a_failure_shows_no_secret(session: &Session) {
    let hidden = format!("hunter-{}", unique("secret"));
    let body = json!({ "Cmd": [format!("--token={hidden}")], "HostConfig": { "Init": false } });
    let container = created(session, and(shell("true"), body));
    let said = raw("POST", &format!("/containers/{}/start", container.id), &Value::Null).expect_err("it cannot start");
    assert!(said.to_string().contains(&hidden), "there is no secret to hide: {said}");
    let failed = session.fail("container_start", json!({ "id": container.id }));
    assert!(failed.contains("--token=[redacted by dockwright]") && !failed.contains(&hidden), "{failed}");
    assert!(failed.contains("the command is not in the image"), "{failed}");
}

fn a_wrong_argument_is_refused_before_anything_happens(session: &Session) {
    let name = unique("container");
    let refused = session.refused("container_create", json!({ "nmae": name, "body": { "Image": IMAGE } }));
    assert!(refused.contains("unknown argument `nmae`; did you mean `name`?"), "{refused}");
    let body = and(shell("true"), json!({ "HostConfig": { "Memory": "512m" } }));
    let refused = session.refused("container_create", json!({ "name": name, "body": body }));
    assert!(refused.contains("`body.HostConfig.Memory`") && refused.contains("536870912"), "{refused}");
    let listed = session.call("container_list", json!({ "all": true, "filters": { "name": [name] } }));
    assert_eq!(listed, json!([]));

    let image = json!({ "body": { "Image": "no/such:image" } });
    let failed = session.fail("container_create", image);
    assert!(
        failed.contains("404") && failed.contains(r#"image_create {"fromImage":"no/such","tag":"image"}"#),
        "{failed}"
    );
}

fn top_shows_the_processes(session: &Session) {
    let container = running(session, "sleep 4321; true");
    let top = until("the script's own process runs", || {
        let top = session.call("container_top", json!({ "id": container.id, "ps_args": "-o pid,args" }));
        top["Processes"].to_string().contains("\"sleep 4321\"").then_some(top)
    });
    assert_eq!(top["Titles"], json!(["PID", "COMMAND"]));
}

fn changes_are_those_of_the_file_system(session: &Session) {
    let container = running(session, "touch /added /root/deeper; rm /etc/group");
    assert_eq!(exit_code(session, &container.id), 0);
    let changes = session.call("container_changes", json!({ "id": container.id }));
    let kind = |path: &str| {
        let change = changes.as_array().into_iter().flatten().find(|change| change["Path"] == path);
        change.and_then(|change| change["Kind"].as_u64())
    };
    let (modified, added, deleted) = (Some(0), Some(1), Some(2));
    assert_eq!([kind("/added"), kind("/root"), kind("/root/deeper")], [added, modified, added]);
    assert_eq!([kind("/etc/group"), kind("/etc/passwd")], [deleted, None]);
    let found = session.call("container_changes", json!({ "id": container.id, "grep": "deeper" }));
    assert_eq!(found, json!([{ "Path": "/root/deeper", "Kind": 1 }]));

    let unchanged = created(session, shell("true"));
    let none = session.call("container_changes", json!({ "id": unchanged.id }));
    assert!(none.is_null() || none == json!([]), "{none}");
}

fn the_archive_headers_describe_a_file(session: &Session) {
    let container = created(session, shell("true"));
    let headers = session.call("container_archive_info", json!({ "id": container.id, "path": "/etc/passwd" }));
    let stat = &headers["X-Docker-Container-Path-Stat"];
    assert_eq!(stat["name"], "passwd");
    assert!(stat["size"].as_u64().is_some_and(|bytes| bytes > 10), "{stat}");
    let missed = session.fail("container_archive_info", json!({ "id": container.name, "path": "/no/such" }));
    assert!(missed.contains("404") && !missed.contains("nearest names"), "the container is there: {missed}");
}

fn pruning_removes_containers_that_have_ended(session: &Session) {
    let label = unique("label");
    let labelled = |script| and(shell(script), json!({ "Labels": { &label: "" } }));
    let (ended, other) = (created(session, labelled("true")), created(session, shell("true")));
    let runs = started(session, labelled("sleep 1000"));
    let prune = || session.call("container_prune", json!({ "filters": { "label": [label] } }));
    let pruned = prune();
    assert_eq!(pruned["ContainersDeleted"], json!([ended.id]));
    assert!(pruned["SpaceReclaimed"].is_u64(), "{pruned}");
    assert_eq!((status(session, &runs.id), status(session, &other.id)), ("running".into(), "created".into()));
    assert_eq!(prune()["ContainersDeleted"].as_array().map_or(0, Vec::len), 0);
    let wrong = session.refused("container_prune", json!({ "filters": { "lable": [label] } }));
    assert!(wrong.contains("unknown argument `filters.lable`; did you mean `label`"), "{wrong}");
}

fn a_name_that_no_container_has_is_explained(session: &Session) {
    let (service, project) = (unique("service"), unique("project"));
    let labels = json!({ "com.docker.compose.service": service, "com.docker.compose.project": project });
    let container = created(session, and(shell("true"), json!({ "Labels": labels })));
    let (id, name) = (container.id.as_str(), container.name.as_str());
    for (written, hint) in [
        (service.clone(), format!("Compose has {name} for that")),
        (project.clone(), format!("that is the project of {name}")),
        (format!("sha256:{id}"), format!("write {name}")),
        (id.to_uppercase(), format!("write {name}")),
        (format!("{name}:latest"), format!("write {name}")),
    ] {
        let missed = session.fail("container_logs", json!({ "id": written }));
        assert!(missed.contains(&hint), "{written}: {missed}");
    }
    for written in [format!(" {name} "), format!("/{name}")] {
        assert_eq!(session.call("container_inspect", json!({ "id": written, "select": "Id" })), id);
    }
}

fn a_change_is_made_once_whatever_its_select_says(session: &Session) {
    let name = unique("select");
    let create = |select: &str| json!({ "name": name, "select": select, "body": shell("true") });
    for wrong in ["[", ".Id", "$.Id", "Id,Warnings"] {
        let refused = session.refused("container_create", create(wrong));
        assert!(refused.contains("argument `select`: not JMESPath"), "{refused}");
    }
    assert!(session.fail("container_inspect", json!({ "id": name })).contains("404"), "nothing was sent");
    let made = session.text("container_create", create("sum(Id)"));
    assert!(made.contains("\"Id\"") && made.contains("done; select has no value"), "{made}");
    session.done("container_delete", json!({ "id": name }));
}

fn the_name_of_a_platform_is_completed(session: &Session) {
    let name = unique("platform");
    let create = |platform: &str| json!({ "name": name, "platform": platform, "body": shell("true") });
    let made = session.text("container_create", create("x86_64"));
    assert!(made.contains("`platform` x86_64 was taken as linux/amd64"), "{made}");
    session.done("container_delete", json!({ "id": name }));
    let other = session.refused("container_create", create("s390x"));
    assert!(other.contains("was taken as linux/s390x"), "{other}");
}
