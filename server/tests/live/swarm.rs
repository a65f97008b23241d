//! A swarm of one node that all stories share, from the first that needs it to the last. Its contents are tested here:
//! settings, node, secrets, configs and cluster volumes. Updates are merge patches that name only the changes; the
//! server reads the version.

use std::sync::Mutex;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, raw, speaks, text, trials, unique, whole};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_new_swarm_has_this_node_as_its_manager,
        a_node_is_listed_and_labelled,
        a_swarm_is_updated_and_its_tokens_rotated,
        a_secret_is_kept_and_not_shown,
        a_config_is_kept_and_shown,
        a_stale_version_is_refused,
        a_cluster_volume_is_drained,
    ]
}

/// `word`, as the API wants bytes.
const WORD: &str = "d29yZA==";

/// The node of the swarm, as long as there is one.
static NODE: Mutex<Option<String>> = Mutex::new(None);

/// Held while the swarm's or the node's own settings change: an update of an older version is refused.
static SETTINGS: Mutex<()> = Mutex::new(());

/// The id of the swarm's node. The first to ask begins the swarm.
pub fn node(session: &Session) -> String {
    let mut node = NODE.lock().unwrap_or_else(|poison| poison.into_inner());
    node.get_or_insert_with(|| {
        let spec = json!({ "Labels": { "purpose": "tests" } });
        let body = json!({ "ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1", "Spec": spec });
        text(&session.call("swarm_init", json!({ "body": body })))
    })
    .clone()
}

/// Ends the swarm if there is one.
pub fn end() {
    if NODE.lock().unwrap_or_else(|poison| poison.into_inner()).take().is_some() {
        let _ = raw("POST", "/swarm/leave?force=true", &Value::Null);
    }
}

fn a_new_swarm_has_this_node_as_its_manager(session: &Session) {
    let node = node(session);
    let shown = session.call("system_info", json!({}))["Swarm"].clone();
    assert_eq!(shown, json!({ "NodeID": node, "LocalNodeState": "active", "ControlAvailable": true }));
    let swarm = session.call("swarm_inspect", json!({}));
    assert_eq!(swarm["ID"], session.call("system_info", json!({ "select": "Swarm.Cluster.ID" })));
    assert_eq!(swarm["Spec"]["Labels"], json!({ "purpose": "tests" }));
    assert!(swarm.get("JoinTokens").is_none(), "{swarm}");
    let again = json!({ "body": { "ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1" } });
    let again = session.fail("swarm_init", again);
    assert!(again.contains("already part of a swarm") && again.contains("leave that swarm first"), "{again}");
    let stays = session.fail("swarm_leave", json!({}));
    assert!(stays.contains("503"), "the last manager stays: {stays}");
}

fn a_node_is_listed_and_labelled(session: &Session) {
    let id = node(session);
    let _settings = SETTINGS.lock().unwrap_or_else(|poison| poison.into_inner());
    let label = unique("label");
    let node = || session.call("node_inspect", json!({ "id": id }));
    let before = node();
    assert_eq!((&before["ManagerStatus"]["Leader"], &before["Spec"]["Availability"]), (&json!(true), &json!("active")));
    let update = |body: Value| session.done("node_update", json!({ "id": id, "body": body }));
    let list = || {
        let filters = json!({ "node.label": label, "role": "manager" });
        session.call("node_list", json!({ "filters": filters, "select": "[].ID" }))
    };
    update(json!({ "Labels": { &label: "yes" } }));
    assert_eq!(list(), json!([id]));
    update(json!({ "Labels": { "another": "1" } }));
    let after = node()["Spec"].clone();
    assert_eq!(after["Labels"], json!({ label.as_str(): "yes", "another": "1" }));
    assert_eq!((&after["Role"], &after["Availability"]), (&json!("manager"), &json!("active")), "nothing was lost");
    update(json!({ "Labels": { &label: null, "another": null } }));
    assert_eq!((list(), node()["Spec"].get("Labels").is_none_or(|labels| *labels == json!({}))), (json!([]), true));
}

fn a_swarm_is_updated_and_its_tokens_rotated(session: &Session) {
    node(session);
    let _settings = SETTINGS.lock().unwrap_or_else(|poison| poison.into_inner());
    let open = Session::that_shows_secrets();
    let (before, tokens) = (session.call("swarm_inspect", json!({ "select": "@" })), tokens(&open));
    assert_eq!(before["JoinTokens"]["Worker"], "[redacted by dockwright]");
    let body = json!({ "Orchestration": { "TaskHistoryRetentionLimit": 3 } });
    session.done("swarm_update", json!({ "rotateWorkerToken": true, "body": body }));
    let mut spec = before["Spec"].clone();
    spec["Orchestration"]["TaskHistoryRetentionLimit"] = json!(3);
    assert_eq!(session.call("swarm_inspect", json!({}))["Spec"], spec, "one thing has changed");
    let after = self::tokens(&open);
    assert_eq!(tokens["Manager"], after["Manager"]);
    assert_ne!(tokens["Worker"], after["Worker"]);
}

/// The tokens to join with, in a session that shows secrets.
pub fn tokens(open: &Session) -> Value {
    let tokens = open.call("swarm_inspect", json!({ "select": "JoinTokens" }));
    assert!(text(&tokens["Worker"]).starts_with("SWMTKN-1-"), "{tokens}");
    tokens
}

fn a_secret_is_kept_and_not_shown(session: &Session) {
    node(session);
    let (name, id, _leftover) = kept(session, "secret");
    let spec = whole(session, "secret_inspect", "id", &id)["Spec"].clone();
    assert_eq!((&spec["Name"], spec.get("Data")), (&json!(name), None));
    session.done("secret_update", json!({ "id": id, "body": { "Labels": { "changed": "yes" } } }));
    assert_eq!(listed(session, "secret", &name), json!([id]));
    let spec = session.call("secret_inspect", json!({ "id": id }))["Spec"].clone();
    assert_eq!(spec["Labels"], json!({ "purpose": "tests", "changed": "yes" }), "nothing was lost");
    session.done("secret_delete", json!({ "id": id }));
    assert_eq!(listed(session, "secret", &name), json!([]));
    assert!(session.fail("secret_inspect", json!({ "id": id })).contains("404"));
}

fn a_config_is_kept_and_shown(session: &Session) {
    node(session);
    let (name, id, _leftover) = kept(session, "config");
    let taken = session.fail("config_create", json!({ "body": { "Name": name, "Data": WORD } }));
    assert!(taken.contains("409"), "{taken}");
    session.done("config_update", json!({ "id": id, "body": { "Labels": { "changed": "yes", "purpose": null } } }));
    assert_eq!(listed(session, "config", &name), json!([id]));
    let spec = session.call("config_inspect", json!({ "id": id }))["Spec"].clone();
    assert_eq!((&spec["Name"], &spec["Data"]), (&json!(name), &json!(WORD)), "nothing was lost");
    assert_eq!(spec["Labels"], json!({ "changed": "yes" }));
    session.done("config_delete", json!({ "id": id }));
    assert_eq!(listed(session, "config", &name), json!([]));
    assert!(session.fail("config_inspect", json!({ "id": id })).contains("404"));
}

fn a_stale_version_is_refused(session: &Session) {
    node(session);
    let (_, id, _leftover) = kept(session, "config");
    let version = session.call("config_inspect", json!({ "id": id, "select": "Version.Index" }));
    let update = json!({ "id": id, "version": version, "body": { "Labels": { "changed": "yes" } } });
    session.done("config_update", update.clone());
    let stale = session.fail("config_update", update);
    assert!(stale.contains("update out of sequence") && stale.contains("read it again"), "{stale}");
}

fn a_cluster_volume_is_drained(session: &Session) {
    node(session);
    let name = unique("cluster-volume");
    let _leftover = Leftover::new(format!("/volumes/{name}?force=true"));
    let mode = json!({ "Scope": "single", "Sharing": "none", "MountVolume": {} });
    // No plugin answers to this name, so the volume is never made; its settings are kept all the same.
    let spec = json!({ "Group": "tests", "AccessMode": mode });
    let body = json!({ "Name": name, "Driver": "no-such-plugin", "ClusterVolumeSpec": spec });
    if !speaks(42) {
        let failed = session.fail("volume_create", json!({ "body": body }));
        assert!(failed.contains("`body.ClusterVolumeSpec` needs API 1.42"), "{failed}");
        // Before 1.42 an engine took this for a volume of its own.
        let failed = session.fail("volume_create", json!({ "body": body, "allow_newer": true }));
        assert!(failed.contains("no-such-plugin"), "{failed}");
        return;
    }
    session.call("volume_create", json!({ "body": body }));
    let volume = || session.call("volume_inspect", json!({ "name": name }))["ClusterVolume"].clone();
    let (before, mut spec) = (volume(), volume()["Spec"].clone());
    spec["Availability"] = json!("drain");
    // The engine finds the volume by its name, and then reports this id to the swarm.
    let update = json!({ "name": before["ID"], "version": before["Version"]["Index"], "body": { "Spec": spec } });
    session.done("volume_update", update);
    assert_eq!(volume()["Spec"], spec);
    session.done("volume_delete", json!({ "name": name, "force": true }));
}

/// A new secret or config: its name, its id.
pub fn kept(session: &Session, kind: &str) -> (String, String, Leftover) {
    let name = unique(kind);
    let body = json!({ "Name": name, "Data": WORD, "Labels": { "purpose": "tests" } });
    let id = text(&session.call(&format!("{kind}_create"), json!({ "body": body }))["ID"]);
    (name, id.clone(), Leftover::new(format!("/{kind}s/{id}")))
}

/// The ids of the secrets or configs of this name that have been changed.
fn listed(session: &Session, kind: &str, name: &str) -> Value {
    let filters = json!({ "name": name, "label": "changed=yes" });
    let shown = session.call(&format!("{kind}_list"), json!({ "filters": filters }));
    shown.as_array().expect("it is a list").iter().map(|item| item["ID"].clone()).collect()
}
