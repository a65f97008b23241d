//! Arguments that this engine's API version lacks are refused before they are sent, and others are sent.

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{and, created, shell, speaks, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![a_newer_property_is_refused_with_both_versions_or_sent, the_list_holds_the_tools_of_the_engine]
}

fn a_newer_property_is_refused_with_both_versions_or_sent(session: &Session) {
    let annotated = and(shell("true"), json!({ "HostConfig": { "Annotations": { "purpose": "tests" } } }));
    let name = unique("annotated");
    let annotations =
        |id: &str| session.call("container_inspect", json!({ "id": id, "select": "HostConfig.Annotations" }));
    if speaks(43) {
        let container = created(session, annotated);
        assert_eq!(annotations(&container.id), json!({ "purpose": "tests" }));
        return;
    }
    let create = json!({ "name": name, "body": annotated });
    let refused = session.fail("container_create", create.clone());
    let spoken = variable("API");
    let expected = format!("`body.HostConfig.Annotations` needs API 1.43, and {spoken} is spoken with this engine");
    assert!(refused.contains(&expected) && refused.contains("allow_newer"), "{refused}");
    assert!(session.fail("container_inspect", json!({ "id": name })).contains("404"), "nothing was sent");
    session.call("container_create", and(create, json!({ "allow_newer": true })));
    assert_eq!(annotations(&name), json!(null), "this engine ignores them");
    session.done("container_delete", json!({ "id": name }));
}

fn the_list_holds_the_tools_of_the_engine(session: &Session) {
    session.call("system_version", json!({}));
    let listed = session.tools();
    for (tool, minor) in [("volume_inspect", 0), ("volume_update", 42), ("image_attestations", 55)] {
        assert_eq!(listed.contains(&tool.to_owned()), speaks(minor), "{tool}");
    }
}
