//! A text file in a container, edited in one call.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{running, trials};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_part_of_a_file_is_replaced_and_its_mode_and_owner_stay,
        a_link_leads_to_the_file_that_is_edited,
        a_file_is_created_and_a_missing_one_is_not_edited,
        a_folder_and_a_file_that_is_no_text_are_refused,
    ]
}

fn shown(session: &Session, id: &Value, script: &str) -> String {
    session.output("exec_run", json!({ "id": id, "body": { "Cmd": ["sh", "-c", script] } })).text
}

fn a_part_of_a_file_is_replaced_and_its_mode_and_owner_stay(session: &Session) {
    let setup = "printf 'listen 80;\\nroot /srv;\\n' >/site.conf; chmod 640 /site.conf; chown 33:44 /site.conf; ";
    let container = running(session, &format!("{setup} echo ready; exec sleep 1000"));
    let id = json!(container.id);
    let edit = json!({ "id": id, "path": "/site.conf", "old": "listen 80;", "new": "listen 8080;" });
    let edited = session.output("container_edit", edit.clone());
    assert_eq!(edited.outcome(), json!({ "path": "/site.conf", "changed": true, "bytes": 24 }));
    assert!(edited.text.contains("-listen 80;\n+listen 8080;\n root /srv;"), "{edited:?}");
    assert_eq!(
        shown(session, &id, "cat /site.conf; stat -c '%a %u %g' /site.conf"),
        "listen 8080;\nroot /srv;\n640 33 44\n"
    );
    let again = session.refused("container_edit", edit);
    assert!(again.contains("`old` does not occur in it"), "{again}");
}

fn a_link_leads_to_the_file_that_is_edited(session: &Session) {
    let container = running(session, "echo old >/real; ln -s real /link; echo ready; exec sleep 1000");
    let id = json!(container.id);
    let edited = session.output("container_edit", json!({ "id": id, "path": "/link", "text": "new\n" }));
    assert_eq!(edited.outcome()["path"], "/real");
    assert_eq!(shown(session, &id, "cat /link; readlink /link"), "new\nreal\n");
}

fn a_file_is_created_and_a_missing_one_is_not_edited(session: &Session) {
    let container = running(session, "echo ready; exec sleep 1000");
    let id = json!(container.id);
    let missing = session.refused("container_edit", json!({ "id": id, "path": "/new", "old": "a", "new": "b" }));
    assert!(missing.contains("/new: no such file; `text` creates it"), "{missing}");
    let created = session.output("container_edit", json!({ "id": id, "path": "/new", "text": "hi\n" }));
    assert_eq!(created.outcome()["created"], true);
    assert_eq!(shown(session, &id, "cat /new"), "hi\n");
    let same = session.call("container_edit", json!({ "id": id, "path": "/new", "text": "hi\n" }));
    assert_eq!(same["changed"], false);
    let nowhere = session.refused("container_edit", json!({ "id": "no-such-container", "path": "/new", "text": "hi" }));
    assert!(nowhere.contains("404"), "{nowhere}");
}

fn a_folder_and_a_file_that_is_no_text_are_refused(session: &Session) {
    let container = running(session, "printf 'a\\000b' >/binary; echo ready; exec sleep 1000");
    for (path, problem) in [("/etc", "/etc: a "), ("/binary", "not a text in UTF-8"), ("etc/x", "absolute path")] {
        let refusal = session.refused("container_edit", json!({ "id": container.id, "path": path, "text": "x" }));
        assert!(refusal.contains(problem), "{refusal}");
    }
}
