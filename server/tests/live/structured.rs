//! Structured content and completion on a real engine.

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{running, trials, unique, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![structured_content_fits_what_is_promised, names_on_the_engine_complete_a_template]
}

fn structured_content_fits_what_is_promised(session: &Session) {
    let container = running(session, "sleep 1000");
    let structured = Session::with(&variable("HOST"), &["--structured"]);
    let lists = ["container_list", "image_list", "network_list", "volume_list", "plugin_list", "container_table"];
    for list in lists {
        for arguments in [
            json!({}),
            json!({ "grep": "a" }),
            json!({ "limit_items": 1 }),
            json!({ "select": "@" }),
            json!({ "select": "length(@)" }),
        ] {
            structured.structured(list, arguments);
        }
    }
    let list = structured.structured("container_list", json!({ "filters": { "name": [container.name] } }));
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1), "{list}");
    let table = structured.structured("container_table", json!({ "filters": { "name": [container.name] } }));
    assert_eq!(table["rows"][0][0], json!(container.name), "{table}");
}

fn names_on_the_engine_complete_a_template(session: &Session) {
    let container = running(session, "sleep 1000");
    let typed = &container.name[1..];
    assert_eq!(session.complete("docker://containers/{+id}", "id", typed).join(", "), container.name);
    assert_eq!(session.complete("docker://containers/{+id}", "id", &unique("none")), Vec::<String>::new());
    assert!(session.complete("docker://networks/{+id}", "id", "bridge").contains(&"bridge".to_owned()));
    let images = session.complete("docker://images/{+name}", "name", "busybox");
    assert!(images.contains(&"busybox:test".to_owned()), "{images:?}");
}
