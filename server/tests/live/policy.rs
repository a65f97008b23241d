//! The policy `develop` on a real engine: what passes does only what the decision says, and a container of somebody
//! else is not there for any tool, whatever it is called.

use std::fs;

use dockwright::operations;
use dockwright_policy::objects;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::{NamedTempFile, tempdir};

use crate::bench::{
    Container, IMAGE, Leftover, and, created, raw, running, shell, started, text, trials, unique, variable, whole,
};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_new_container_is_what_the_decision_says,
        a_container_of_somebody_else_is_not_there,
        the_beginning_of_many_ids_names_nothing,
        composed_tools_work_on_the_owners_containers,
        lists_events_and_prunes_are_the_owners,
        a_bind_below_the_folder_passes_and_a_link_out_of_it_does_not,
        values_of_variables_are_hidden,
    ]
}

/// A session under a policy for an owner that nobody else is. The file lives as long as the second part.
fn owner(more: &str) -> (Session, NamedTempFile, String) {
    let owner = unique("owner");
    let policy = format!(
        "preset = \"develop\"\nown.label = \"owner={owner}\"\nimages.allow = [\"busybox:*\"]\n\
         set.cap_drop = [\"ALL\"]\nset.no_new_privileges = true\nset.memory = \"64m\"\nset.pids = 50\n\
         publish.addresses = [\"127.0.0.1\"]\npublish.ports = \"20000-29999\"\n{more}\n"
    );
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), policy).unwrap();
    let path = file.path().display().to_string();
    (Session::with(&variable("HOST"), &["--policy", &path]), file, owner)
}

fn inspected(path: &str) -> Value {
    serde_json::from_str(&raw("GET", path, &Value::Null).expect("it is there")).unwrap()
}

fn a_new_container_is_what_the_decision_says(_: &Session) {
    let (mine, _file, owner) = owner("");
    let wishes = json!({ "Labels": { "a": "1" }, "HostConfig": { "Memory": 1 << 30, "PidsLimit": -1, "CapDrop": ["CHOWN"],
        "PortBindings": { "80/tcp": [{}] } }, "ExposedPorts": { "80/tcp": {} } });
    let container = created(&mine, and(shell("true"), wishes));
    let made = inspected(&format!("/containers/{}/json", container.id));
    assert_eq!(made["Config"]["Labels"], json!({ "a": "1", "owner": owner }));
    let host = &made["HostConfig"];
    assert_eq!((&host["Memory"], &host["PidsLimit"]), (&json!(64 << 20), &json!(50)));
    assert_eq!(host["CapDrop"], json!(["CHOWN", "ALL"]));
    assert_eq!(host["SecurityOpt"], json!(["no-new-privileges"]));
    assert_eq!(host["PortBindings"]["80/tcp"][0], json!({ "HostIp": "127.0.0.1", "HostPort": "20000-29999" }));
    for (wish, rule) in [
        (json!({ "HostConfig": { "Privileged": true } }), "privileged"),
        (json!({ "HostConfig": { "Binds": ["/:/h"] } }), "binds"),
        (json!({ "HostConfig": { "PortBindings": { "80/tcp": [{ "HostIp": "0.0.0.0" }] } } }), "publish"),
        (json!({ "Image": "secret:1" }), "images"),
        (json!({ "Labels": { "owner": "somebody" } }), "own"),
    ] {
        let name = unique("refused");
        let refused = mine.refused("container_create", json!({ "name": name, "body": and(shell("true"), wish) }));
        assert!(refused.starts_with(&format!("container_create: denied by {rule}: ")), "{refused}");
        assert!(raw("GET", &format!("/containers/{name}/json"), &Value::Null).is_err(), "it was made: {refused}");
    }
}

fn a_container_of_somebody_else_is_not_there(session: &Session) {
    let theirs = running(session, "sleep 1000");
    let (mine, _file, _) = owner("");
    let of_containers = operations::ALL.iter().filter_map(|operation| {
        let (collection, argument) = objects::target(operation)?;
        (collection == "containers").then_some((operation.name, argument))
    });
    let composed = ["container_edit", "container_recreate", "container_wait_for", "exec_run"].map(|name| (name, "id"));
    let listed = mine.tools();
    let mut tried = 0;
    for (tool, argument) in of_containers.chain(composed).filter(|(tool, _)| listed.iter().any(|name| name == tool)) {
        for name in [theirs.name.as_str(), &theirs.id, &theirs.id[..12], &theirs.id[..10]] {
            let mut arguments = match tool {
                "container_archive" | "container_archive_info" => json!({ "path": "/etc" }),
                "put_container_archive" => json!({ "path": "/", "context": { "a": "b" } }),
                "container_rename" => json!({ "name": unique("stolen") }),
                "container_resize" => json!({ "h": 1, "w": 1 }),
                "container_exec" | "exec_run" => json!({ "body": { "Cmd": ["id"] } }),
                "container_update" => json!({ "body": { "Memory": 64 << 20 } }),
                "container_edit" => json!({ "path": "/x", "text": "a" }),
                "container_wait_for" => json!({ "healthy": true, "limit_seconds": 1 }),
                _ => json!({}),
            };
            arguments[argument] = name.into();
            let refused = mine.refused(tool, arguments);
            assert!(refused.contains(&format!("404 Not Found: No such container: {name}")), "{tool}: {refused}");
            let others = [&theirs.id, &theirs.name].into_iter().filter(|other| *other != name);
            assert!(others.into_iter().all(|other| !refused.contains(other.as_str())), "{tool}: {refused}");
        }
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    for join in [json!({ "NetworkMode": format!("container:{}", theirs.name) }), json!({ "VolumesFrom": [theirs.id] })]
    {
        let body = and(shell("true"), json!({ "HostConfig": join }));
        let refused = mine.refused("container_create", json!({ "body": body }));
        assert!(refused.contains("No such container"), "{refused}");
    }
    let state = inspected(&format!("/containers/{}/json", theirs.id));
    assert!(state["State"]["Running"] == true && state["RestartCount"] == 0 && state["HostConfig"]["Memory"] == 0);
    assert_eq!(state["Name"], format!("/{}", theirs.name));
}

/// An engine says of such a beginning that it means several, which tells of objects of others.
fn the_beginning_of_many_ids_names_nothing(session: &Session) {
    let _theirs: Vec<_> = (0..17).map(|_| created(session, shell("true"))).collect();
    let (mine, _file, _) = owner("");
    for start in "0123456789abcdef".chars() {
        let refused = mine.refused("container_inspect", json!({ "id": start.to_string() }));
        assert!(refused.contains(&format!("404 Not Found: No such container: {start}")), "{refused}");
    }
}

fn composed_tools_work_on_the_owners_containers(_: &Session) {
    let (mine, _file, owner) = owner("");
    let run = json!({ "body": shell("echo done; cat /proc/self/status | grep NoNewPrivs") , "remove": true });
    let ran = mine.output("container_run", run);
    assert!(ran.text.contains("done") && ran.text.contains("NoNewPrivs:\t1"), "{ran:?}");
    let container = running(&mine, "sleep 1000");
    let exec = json!({ "id": container.name, "body": { "Cmd": ["sh", "-c", "echo inside"] } });
    assert!(mine.shown("exec_run", exec).contains("inside"));
    let edit = json!({ "id": &container.id[..12], "path": "/tmp/x", "text": "edited\n" });
    mine.shown("container_edit", edit);
    let read = json!({ "id": container.name, "body": { "Cmd": ["cat", "/tmp/x"] } });
    assert!(mine.shown("exec_run", read).contains("edited"));
    let new = recreated(&mine, &container);
    let _leftover = Leftover::new(format!("/containers/{new}?force=true&v=true"));
    let made = inspected(&format!("/containers/{new}/json"));
    assert_eq!((&made["Config"]["Labels"]["owner"], &made["State"]["Running"]), (&json!(owner), &json!(true)));
    let table = mine.call("container_table", json!({}));
    assert_eq!(table["rows"].as_array().or(table.as_array()).map(Vec::len), Some(1), "{table}");
}

/// Recreates a container, and returns the id of that which runs then. Where containers share the control groups of the
/// host by default, as on cgroup v1, the new one would ask for it by name, and is refused before anything has changed.
fn recreated(mine: &Session, container: &Container) -> String {
    let request = json!({ "id": container.name, "body": { "Env": ["A=1"] } });
    let before = inspected(&format!("/containers/{}/json", container.id));
    if before["HostConfig"]["CgroupnsMode"] == "host" {
        let refused = mine.refused("container_recreate", request);
        assert!(refused.contains("denied by host_namespaces: `body.HostConfig.CgroupnsMode`"), "{refused}");
        let after = inspected(&format!("/containers/{}/json", container.id));
        assert_eq!((&after["State"], &after["Name"]), (&before["State"], &before["Name"]));
        return container.id.clone();
    }
    text(&mine.call("container_recreate", request)["Id"])
}

fn lists_events_and_prunes_are_the_owners(session: &Session) {
    let theirs = created(session, shell("true"));
    let (mine, _file, _) = owner("");
    let container = created(&mine, shell("true"));
    let listed = mine.call("container_list", json!({ "all": true, "select": "[].Id" }));
    assert_eq!(listed, json!([container.id]));
    let near = mine.refused("container_inspect", json!({ "id": &theirs.name[..theirs.name.len() - 1] }));
    assert!(!near.contains(&theirs.name), "{near}");
    let completed = mine.complete("docker://containers/{+id}", "id", "");
    assert_eq!(completed, [container.name.as_str()]);
    session.call("container_start", json!({ "id": theirs.id }));
    let events = mine.text("system_events", json!({ "since": "10m", "until": "0s" }));
    assert!(events.contains(&container.id[..12]) && !events.contains(&theirs.id[..12]), "{events}");
    mine.call("container_prune", json!({}));
    assert!(raw("GET", &format!("/containers/{}/json", container.id), &Value::Null).is_err());
    assert!(raw("GET", &format!("/containers/{}/json", theirs.id), &Value::Null).is_ok());
}

fn a_bind_below_the_folder_passes_and_a_link_out_of_it_does_not(_: &Session) {
    let folder = tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().display().to_string();
    std::os::unix::fs::symlink("/etc", folder.path().join("link")).unwrap();
    let (mine, _file, _) = owner(&format!("binds.allow = [\"{path}\"]"));
    let bound = |source: &str| and(shell("true"), json!({ "HostConfig": { "Binds": [format!("{source}:/w")] } }));
    started(&mine, bound(&path));
    for (source, words) in [(format!("{path}/link"), "which leads to /etc"), (format!("{path}evil"), "is not below")] {
        let refused = mine.refused("container_create", json!({ "body": bound(&source) }));
        assert!(refused.contains("denied by binds: ") && refused.contains(words), "{refused}");
    }
}

fn values_of_variables_are_hidden(session: &Session) {
    let container = created(session, and(shell("true"), json!({ "Env": ["WORD=quartz"] })));
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), "preset = \"observe\"").unwrap();
    let path = file.path().display().to_string();
    let observer = Session::with(&variable("HOST"), &["--policy", &path, "--show-secrets"]);
    let seen = whole(&observer, "container_inspect", "id", &container.id);
    assert!(seen["Config"]["Env"].to_string().contains("WORD=[redacted") && !seen.to_string().contains("quartz"));
    let image = whole(&observer, "image_inspect", "name", IMAGE).to_string();
    assert!(!image.contains("PATH=/"), "{image}");
    let history = observer.text("image_history", json!({ "name": IMAGE, "select": "@" }));
    assert!(!history.contains("ENV PATH=/"), "{history}");
    assert!(whole(session, "container_inspect", "id", &container.id).to_string().contains("quartz"));
}
