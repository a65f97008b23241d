//! Volumes: made, found, used by a container, pruned, deleted.

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{Leftover, and, created, shell, speaks, trials, unique};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_created_volume_is_listed_until_it_is_deleted,
        a_volume_in_use_is_not_deleted,
        pruning_removes_unused_volumes,
    ]
}

fn a_created_volume_is_listed_until_it_is_deleted(session: &Session) {
    let label = unique("label");
    let (name, _leftover) = create(session, &label);
    let volume = session.call("volume_inspect", json!({ "name": name }));
    assert_eq!((&volume["Driver"], &volume["Labels"]), (&json!("local"), &json!({ label.as_str(): "yes" })));
    assert!(volume["Mountpoint"].as_str().is_some_and(|path| path.contains(&name)), "{volume}");
    let list = || session.call("volume_list", json!({ "filters": { "label": label, "dangling": true } }));
    let listed = list();
    assert_eq!((listed["Volumes"].as_array().map(Vec::len), &listed["Volumes"][0]["Name"]), (Some(1), &json!(name)));
    session.done("volume_delete", json!({ "name": name }));
    assert_eq!(list()["Volumes"].as_array().map_or(0, Vec::len), 0);
    assert!(session.fail("volume_inspect", json!({ "name": name })).contains("404"));
}

fn a_volume_in_use_is_not_deleted(session: &Session) {
    let (name, _leftover) = create(session, &unique("label"));
    let mounts = json!([{ "Type": "volume", "Source": name, "Target": "/data" }]);
    let container = created(session, and(shell("true"), json!({ "HostConfig": { "Mounts": mounts } })));
    let mount = session.call("container_inspect", json!({ "id": container.id }))["Mounts"][0].clone();
    assert_eq!((&mount["Name"], &mount["Destination"], &mount["RW"]), (&json!(name), &json!("/data"), &json!(true)));
    let in_use = session.fail("volume_delete", json!({ "name": name }));
    assert!(in_use.contains("409") && in_use.contains("delete the containers that use it first"), "{in_use}");
    session.done("container_delete", json!({ "id": container.id }));
    session.done("volume_delete", json!({ "name": name }));
}

fn pruning_removes_unused_volumes(session: &Session) {
    let label = unique("label");
    let ((name, _leftover), (other, _other)) = (create(session, &label), create(session, &unique("label")));
    // Since 1.42 volumes with a name are spared unless all are meant; before, the engine did not know the filter.
    let filters = if speaks(42) { json!({ "label": label, "all": true }) } else { json!({ "label": label }) };
    let prune = || session.call("volume_prune", json!({ "filters": filters }))["VolumesDeleted"].clone();
    assert_eq!(prune(), json!([name]));
    assert_eq!(session.call("volume_inspect", json!({ "name": other }))["Name"], json!(other));
    assert_eq!(prune().as_array().map_or(0, Vec::len), 0);
}

fn create(session: &Session, label: &str) -> (String, Leftover) {
    let name = unique("volume");
    let body = json!({ "Name": name, "Driver": "local", "Labels": { label: "yes" } });
    assert_eq!(session.call("volume_create", json!({ "body": body }))["Name"], json!(name));
    (name.clone(), Leftover::new(format!("/volumes/{name}?force=true")))
}
