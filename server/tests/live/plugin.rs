//! Managed plugins: the one that the engine of `tests/engine` has, and one that is only made to be deleted. Making and
//! pushing a plugin carries tar and is done with the docker CLI.

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{Leftover, and, docker, exit_code, shell, started, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![an_enabled_plugin_does_its_work_until_it_is_disabled, a_plugin_in_a_registry_says_what_it_wants]
}

fn an_enabled_plugin_does_its_work_until_it_is_disabled(session: &Session) {
    let name = &*variable("PLUGIN");
    let plugin = session.call("plugin_inspect", json!({ "name": name }));
    assert_eq!((&plugin["Name"], &plugin["Enabled"]), (&json!(name), &json!(false)));
    assert_eq!(plugin["Config"]["Interface"]["Types"], json!(["docker.volumedriver/1.0"]));
    session.done("plugin_set", json!({ "name": name, "body": ["DEBUG=1"] }));
    let settings = || session.call("plugin_inspect", json!({ "name": name }))["Settings"]["Env"].clone();
    assert_eq!(settings(), json!(["DEBUG=1"]));

    let listed = |enabled: bool| {
        let filters = json!({ "capability": "volumedriver", "enabled": enabled });
        session.call("plugin_list", json!({ "filters": filters, "select": "[].Name" }))
    };
    session.done("plugin_enable", json!({ "name": name, "timeout": 30 }));
    assert_eq!(listed(true), json!([name]));
    keep_a_file(session, name);
    session.done("plugin_disable", json!({ "name": name }));
    assert_eq!(listed(true), json!([]));
    assert!(listed(false).as_array().is_some_and(|all| all.contains(&json!(name))));
    session.done("plugin_set", json!({ "name": name, "body": ["DEBUG=0"] }));
    assert_eq!(settings(), json!(["DEBUG=0"]));
}

fn a_plugin_in_a_registry_says_what_it_wants(session: &Session) {
    let name = format!("{}/dockwright/{}:latest", variable("REGISTRY"), unique("plugin"));
    let _leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    create(&name);
    docker(&["plugin", "push", &name]);
    session.call("plugin_inspect", json!({ "name": name }));
    session.done("plugin_delete", json!({ "name": name }));
    assert!(session.fail("plugin_inspect", json!({ "name": name })).contains("404"));

    let wanted = session.call("get_plugin_privileges", json!({ "remote": name }));
    let value = |of: &str| {
        let privilege = wanted.as_array().into_iter().flatten().find(|privilege| privilege["Name"] == of);
        privilege.map(|privilege| privilege["Value"].clone()).unwrap_or_default()
    };
    assert_eq!((value("network"), value("capabilities")), (json!(["host"]), json!(["CAP_SYS_ADMIN"])));
}

/// A file that one container writes to a volume of the plugin is read by another.
fn keep_a_file(session: &Session, driver: &str) {
    let volume = unique("volume");
    let _leftover = Leftover::new(format!("/volumes/{volume}?force=true"));
    let made = session.call("volume_create", json!({ "body": { "Name": volume, "Driver": driver } }));
    assert_eq!(made["Driver"], json!(driver));
    let mounts = json!({ "HostConfig": { "Mounts": [{ "Type": "volume", "Source": volume, "Target": "/data" }] } });
    for script in ["echo kept > /data/file", "grep kept /data/file"] {
        let container = started(session, and(shell(script), mounts.clone()));
        assert_eq!(exit_code(session, &container.id), 0, "{script}");
    }
    session.done("volume_delete", json!({ "name": volume }));
}

/// Makes a plugin that could not run: what it wants is all there is to it.
fn create(name: &str) {
    let folder = std::env::temp_dir().join(unique("plugin"));
    std::fs::create_dir_all(folder.join("rootfs")).expect("a temporary folder");
    // An engine refuses two plugins of the same content.
    std::fs::write(folder.join("rootfs/name"), name).expect("it is ours");
    let config = json!({
        "description": "", "documentation": "", "entrypoint": ["/nothing"],
        "interface": { "types": ["docker.volumedriver/1.0"], "socket": "nothing.sock" },
        "network": { "type": "host" }, "linux": { "capabilities": ["CAP_SYS_ADMIN"] },
    });
    std::fs::write(folder.join("config.json"), config.to_string()).expect("it is ours");
    docker(&["plugin", "create", name, &folder.to_string_lossy()]);
    std::fs::remove_dir_all(folder).expect("it is ours");
}
