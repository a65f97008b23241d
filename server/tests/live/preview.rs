//! A prune removes exactly the things that its preview listed.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{Leftover, and, created, shell, speaks, started, text, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        the_containers_of_a_preview_are_those_that_go,
        the_images_of_a_preview_are_those_that_go,
        the_volumes_of_a_preview_are_those_that_go,
        the_networks_of_a_preview_are_those_that_go,
        a_preview_of_what_cannot_be_followed_is_refused,
    ]
}

fn the_containers_of_a_preview_are_those_that_go(session: &Session) {
    let label = unique("label");
    let labelled = |more: Value| and(shell("sleep 1000"), and(json!({ "Labels": { &label: "yes" } }), more));
    let one = created(session, labelled(json!({})));
    let _runs = started(session, labelled(json!({})));
    let _spared = created(session, labelled(json!({ "Labels": { "spared": "" } })));
    let filters = json!({ "label": [format!("{label}=yes")], "label!": ["spared"] });
    let went = previewed(session, "container_prune", &filters, "Id", "ContainersDeleted");
    assert_eq!(went, BTreeSet::from([one.id.clone()]));
    let old = and(filters, json!({ "until": ["24h"] }));
    let none = session.call("container_prune", json!({ "filters": old, "preview": true }));
    assert_eq!((&none["would_delete"], &none["count"]), (&json!([]), &json!(0)));
}

fn the_images_of_a_preview_are_those_that_go(session: &Session) {
    let label = unique("label");
    let commit = |more: Value| {
        let container = created(session, shell("true"));
        let from = json!({ "container": container.id, "changes": [format!("LABEL {label}=1")] });
        let id = text(&session.call("image_commit", and(from, more))["Id"]);
        (id.clone(), Leftover::new(format!("/images/{id}?force=true")))
    };
    let (bare, _bare) = commit(json!({}));
    let (named, _named) = commit(json!({ "repo": label, "tag": "one" }));
    let (used, _used) = commit(json!({}));
    let container = created(session, and(shell("true"), json!({ "Image": used })));
    let prune = |filters: Value| {
        // All their layers are those of another image, which stays.
        let sum = session.call("image_prune", json!({ "filters": filters, "preview": true }));
        assert_eq!(sum["bytes"], 0, "{sum}");
        let preview = preview(session, "image_prune", &filters, "Id");
        let pruned = session.call("image_prune", json!({ "filters": filters }));
        let deleted = pruned["ImagesDeleted"].as_array().into_iter().flatten().map(|image| image["Deleted"].clone());
        let deleted: BTreeSet<_> = deleted.filter_map(|id| Some(id.as_str()?.to_owned())).collect();
        assert!(preview.is_subset(&deleted), "{preview:?} and {deleted:?}");
        preview
    };
    assert_eq!(prune(json!({ "label": [label], "dangling": true })), BTreeSet::from([bare]));
    assert_eq!(prune(json!({ "label": [label], "dangling": false })), BTreeSet::from([named]));
    assert_eq!(prune(json!({ "label": [label], "dangling": false })), BTreeSet::new());
    session.call("image_inspect", json!({ "name": used }));
    drop(container);
}

fn the_volumes_of_a_preview_are_those_that_go(session: &Session) {
    let label = unique("label");
    let create = || {
        let name = unique("volume");
        let body = json!({ "Name": name, "Driver": "local", "Labels": { &label: "yes" } });
        session.call("volume_create", json!({ "body": body }));
        (name.clone(), Leftover::new(format!("/volumes/{name}?force=true")))
    };
    let ((one, _one), (used, _used)) = (create(), create());
    let mounts = json!([{ "Type": "volume", "Source": used, "Target": "/data" }]);
    let _container = created(session, and(shell("true"), json!({ "HostConfig": { "Mounts": mounts } })));
    if speaks(42) {
        // Since 1.42 volumes with a name are spared unless all are meant; before, the engine did not know the filter.
        let went = previewed(session, "volume_prune", &json!({ "label": [label] }), "Name", "VolumesDeleted");
        assert_eq!(went, BTreeSet::new());
        let all = json!({ "label": [label], "all": true });
        let went = previewed(session, "volume_prune", &all, "Name", "VolumesDeleted");
        assert_eq!(went, BTreeSet::from([one]));
    } else {
        let went = previewed(session, "volume_prune", &json!({ "label": [label] }), "Name", "VolumesDeleted");
        assert_eq!(went, BTreeSet::from([one]));
    }
    session.call("volume_inspect", json!({ "name": used }));
}

fn the_networks_of_a_preview_are_those_that_go(session: &Session) {
    let label = unique("label");
    let create = || {
        let name = unique("network");
        let body = json!({ "Name": name, "Labels": { &label: "yes" }, "Internal": true });
        session.call("network_create", json!({ "body": body }));
        (name.clone(), Leftover::new(format!("/networks/{name}")))
    };
    let ((one, _one), (used, _used)) = (create(), create());
    // A container that does not run is not connected.
    let _created = created(session, and(shell("true"), json!({ "HostConfig": { "NetworkMode": one } })));
    let _in_use = started(session, and(shell("sleep 1000"), json!({ "HostConfig": { "NetworkMode": used } })));
    let filters = json!({ "label": [label] });
    let went = previewed(session, "network_prune", &filters, "Name", "NetworksDeleted");
    assert_eq!(went, BTreeSet::from([one]));
}

fn a_preview_of_what_cannot_be_followed_is_refused(session: &Session) {
    let when = json!({ "filters": { "until": ["yesterday"] }, "preview": true });
    let refused = session.refused("container_prune", when);
    assert!(refused.contains("until") && refused.contains("24h"), "{refused}");
    let read_only = Session::with(&variable("HOST"), &["--read-only"]);
    let refused = read_only.refused("container_prune", json!({ "preview": true }));
    assert!(refused.contains("read-only"), "{refused}");
}

/// Previews and prunes. Returns the things that went, which are those of the preview.
fn previewed(session: &Session, tool: &str, filters: &Value, member: &str, deleted: &str) -> BTreeSet<String> {
    let preview = preview(session, tool, filters, member);
    let pruned = session.call(tool, json!({ "filters": filters }));
    let went: BTreeSet<_> = pruned[deleted].as_array().into_iter().flatten().map(text).collect();
    assert_eq!(preview, went);
    went
}

/// Previews a prune twice, because a preview removes nothing.
fn preview(session: &Session, tool: &str, filters: &Value, member: &str) -> BTreeSet<String> {
    let ask = || {
        let preview = session.call(tool, json!({ "filters": filters, "preview": true }));
        let going = preview["would_delete"].as_array().expect("it is a list");
        assert_eq!(preview["count"], json!(going.len()));
        going.iter().map(|item| text(&item[member])).collect()
    };
    let first = ask();
    assert_eq!(first, ask());
    first
}
