//! Managed plugins: the one that the engine of `tests/engine` has, and some that are made here. The latter cannot run
//! and need not: they are pushed, pulled and upgraded.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, and, exit_code, shell, started, trials, unique, variable, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        an_enabled_plugin_does_its_work_until_it_is_disabled,
        a_plugin_is_pushed_pulled_and_upgraded,
        a_folder_that_is_no_plugin_is_refused,
    ]
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

/// One story, and nothing is deleted before its end. After a deletion the engine also collects the manifests of plugins
/// that were just pushed, and files of those that are being pulled.
fn a_plugin_is_pushed_pulled_and_upgraded(session: &Session) {
    let registry = variable("REGISTRY");
    let ((one, _one), (two, _two)) = (pushed(session, &registry), pushed(session, &registry));
    let granted = session.call("get_plugin_privileges", json!({ "remote": one }));
    let value = |of: &str| {
        let privilege = granted.as_array().into_iter().flatten().find(|privilege| privilege["Name"] == of);
        privilege.map(|privilege| privilege["Value"].clone()).unwrap_or_default()
    };
    assert_eq!((value("network"), value("capabilities")), (json!(["host"]), json!(["CAP_SYS_ADMIN"])));

    let name = format!("{}:local", unique("pulled"));
    let _leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    let pull = |granted: &Value| json!({ "remote": one, "name": name, "body": granted });
    // The engine begins before it looks at the granted privileges.
    let refused = session.refused("plugin_pull", pull(&json!([])));
    assert!(refused.contains("incorrect privileges"), "{refused}");
    assert!(session.fail("plugin_inspect", json!({ "name": name })).contains("404"));
    session.text("plugin_pull", pull(&granted));
    let shown = || whole(session, "plugin_inspect", "name", &name);
    let pulled = shown();
    assert_eq!((&pulled["PluginReference"], &pulled["Enabled"]), (&json!(one), &json!(false)));
    assert_eq!(pulled["Config"]["Description"], json!(one));

    let granted = session.call("get_plugin_privileges", json!({ "remote": two }));
    session.text("plugin_upgrade", json!({ "name": name, "remote": two, "body": granted }));
    let upgraded = shown();
    assert_eq!((&upgraded["Id"], &upgraded["Config"]["Description"]), (&pulled["Id"], &json!(two)));
    session.done("plugin_delete", json!({ "name": name }));
    assert!(session.fail("plugin_inspect", json!({ "name": name })).contains("404"));
}

fn a_folder_that_is_no_plugin_is_refused(session: &Session) {
    let name = unique("no-plugin");
    let _leftover = Leftover::new(format!("/plugins/{name}:latest?force=true"));
    let failed = session.fail("plugin_create", json!({ "name": name, "context": { "rootfs/file": "" } }));
    assert!(failed.contains("config not found"), "{failed}");
    let failed = session.fail("plugin_push", json!({ "name": "no-such" }));
    assert!(failed.contains("404"), "{failed}");
    let lacking = format!("{}/no-such:latest", variable("REGISTRY"));
    let failed = session.fail("plugin_pull", json!({ "remote": lacking, "body": [] }));
    assert!(failed.contains("resolving plugin reference"), "{failed}");
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

/// A new plugin that could not run, made here and pushed to a registry: its name.
pub fn pushed(session: &Session, registry: &str) -> (String, Leftover) {
    let name = format!("{registry}/dockwright/{}:latest", unique("plugin"));
    let leftover = Leftover::new(format!("/plugins/{name}?force=true"));
    let config = json!({
        "description": name, "documentation": "", "entrypoint": ["/nothing"],
        "interface": { "types": ["docker.volumedriver/1.0"], "socket": "nothing.sock" },
        "network": { "type": "host" }, "linux": { "capabilities": ["CAP_SYS_ADMIN"] },
    });
    // An engine refuses two plugins of the same content.
    let context = json!({ "config.json": config.to_string(), "rootfs/name": name });
    session.done("plugin_create", json!({ "name": name, "context": context }));
    assert_eq!(session.call("plugin_inspect", json!({ "name": name }))["Enabled"], false);
    let pushed = session.call("plugin_push", json!({ "name": name }));
    assert!(pushed["aux"]["Digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")), "{pushed}");
    (name, leftover)
}
