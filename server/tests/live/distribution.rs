//! Facts about an image that the engine asks its registry for.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{trials, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        an_image_in_a_registry_is_described_without_a_pull,
        a_private_registry_wants_a_login,
        an_image_that_the_registry_lacks_is_refused,
    ]
}

fn an_image_in_a_registry_is_described_without_a_pull(session: &Session) {
    let name = format!("{}/busybox:test", variable("REGISTRY"));
    let found = session.call("distribution_inspect", json!({ "name": name }));
    let descriptor = &found["Descriptor"];
    assert!(descriptor["digest"].as_str().is_some_and(|digest| digest.starts_with("sha256:")), "{found}");
    assert!(descriptor["mediaType"].as_str().is_some_and(|kind| kind.contains("manifest")), "{found}");
    assert!(descriptor["size"].as_u64().is_some_and(|bytes| bytes > 100), "{found}");
    assert_eq!((found["Platforms"].as_array().map(Vec::len), &found["Platforms"][0]["os"]), (Some(1), &json!("linux")));
}

fn a_private_registry_wants_a_login(session: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = |password: &str| json!({ "username": "dock", "password": password, "serveraddress": registry });
    let asking = |login: Value| json!({ "name": format!("{registry}/busybox:test"), "X-Registry-Auth": login });
    let found = session.call("distribution_inspect", asking(login("wright")));
    assert!(found["Descriptor"]["digest"].is_string(), "{found}");
    for wrong in [Value::Null, login("hunter2")] {
        let failed = session.fail("distribution_inspect", asking(wrong));
        assert!(failed.contains("auth") && !failed.contains("hunter2"), "{failed}");
    }
}

fn an_image_that_the_registry_lacks_is_refused(session: &Session) {
    let name = format!("{}/no/such:image", variable("REGISTRY"));
    let failed = session.fail("distribution_inspect", json!({ "name": name }));
    assert!(failed.starts_with("distribution_inspect: GET /distribution/{name}/json: 40"), "{failed}");
}
