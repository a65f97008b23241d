//! Images on their way between engines and registries: pushed and pulled, with a password and without.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::archive::image;
use crate::bench::{Leftover, trials, until, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_pushed_image_is_pulled_again,
        a_private_registry_wants_the_password,
        a_missing_image_is_neither_pulled_nor_pushed,
        an_image_without_a_tag_is_the_latest_of_several,
    ]
}

fn a_pushed_image_is_pulled_again(session: &Session) {
    let image = in_registry(session, &variable("REGISTRY"));
    let pushed = session.call("image_push", json!({ "name": image.repository, "tag": "one" }));
    let digest = pushed["aux"]["Digest"].as_str().expect("it has a digest");
    assert_eq!(pushed["aux"]["Tag"], "one");
    assert!(pushed["layers"]["count"].as_u64().is_some_and(|count| count >= 2), "{pushed}");
    let found = session.call("distribution_inspect", json!({ "name": image.name }));
    assert_eq!(found["Descriptor"]["digest"], digest);

    image.forget(session);
    let before = session.steps().len();
    let pull = || session.call("image_create", json!({ "fromImage": image.name }))["status"].to_string();
    let pulled = pull();
    assert!(pulled.contains(&format!("Digest: {digest}")), "{pulled}");
    assert!(pulled.contains(&format!("Status: Downloaded newer image for {}", image.name)), "{pulled}");
    assert_eq!(image.id_now(session), image.id);
    until("it was told of", || (session.steps().len() > before).then_some(()));
    let again = pull();
    assert!(again.contains(&format!("Status: Image is up to date for {}", image.name)), "{again}");
}

fn a_private_registry_wants_the_password(session: &Session) {
    let image = in_registry(session, &variable("PRIVATE_REGISTRY"));
    let registry = variable("PRIVATE_REGISTRY");
    let login = |password: &str| json!({ "username": "dock", "password": password, "serveraddress": registry });
    let push = |login: Value| json!({ "name": image.repository, "tag": "one", "X-Registry-Auth": login });
    let pull = |login: Value| json!({ "fromImage": image.repository, "tag": "one", "X-Registry-Auth": login });
    for wrong in [Value::Null, login("hunter2")] {
        let failed = session.refused("image_push", push(wrong));
        assert!(failed.contains("auth") && !failed.contains("hunter2"), "{failed}");
    }
    session.call("image_push", push(login("wright")));
    image.forget(session);
    for wrong in [Value::Null, login("hunter2")] {
        let failed = session.refused("image_create", pull(wrong));
        assert!(failed.contains("auth") && !failed.contains("hunter2"), "{failed}");
    }
    session.call("image_create", pull(login("wright")));
    assert_eq!(image.id_now(session), image.id);
}

fn a_missing_image_is_neither_pulled_nor_pushed(session: &Session) {
    let registry = variable("REGISTRY");
    for name in [format!("{registry}/busybox:no-such"), format!("{registry}/no-such:one")] {
        let failed = session.fail("image_create", json!({ "fromImage": name }));
        assert!(failed.contains("404") && failed.contains("manifest unknown"), "{failed}");
    }
    let failed = session.refused("image_push", json!({ "name": format!("{registry}/no-such"), "tag": "one" }));
    assert!(failed.contains("does not exist locally"), "{failed}");
}

fn an_image_without_a_tag_is_the_latest_of_several(session: &Session) {
    let image = in_registry(session, &variable("REGISTRY"));
    let repository = image.repository.as_str();
    session.done("image_tag", json!({ "name": image.name, "repo": repository, "tag": "latest" }));
    let tags = || {
        let list =
            session.call("image_list", json!({ "filters": { "reference": repository }, "select": "[].RepoTags[]" }));
        let mut tags: Vec<_> = list.as_array().into_iter().flatten().filter_map(|tag| tag.as_str()).collect();
        tags.sort_unstable();
        tags.iter().map(|tag| tag.rsplit(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let note = "`tag` was not given and is `latest`; `all_tags: true` means every tag";
    let none = session.refused("image_create", json!({ "fromImage": repository }));
    assert!(none.contains("404") && none.contains(note), "nothing is pushed yet: {none}");

    let pushed = session.text("image_push", json!({ "name": repository }));
    assert!(pushed.contains(note) && pushed.contains("latest: digest") && !pushed.contains("one: digest"), "{pushed}");
    session.call("image_push", json!({ "name": repository, "all_tags": true }));
    image.forget(session);
    assert!(session.text("image_create", json!({ "fromImage": repository })).contains(note));
    assert_eq!(tags(), "latest");
    let both = session.refused("image_create", json!({ "fromImage": image.name, "all_tags": true }));
    assert!(both.contains("leave one of them out"), "{both}");
    let pulled = session.text("image_create", json!({ "fromImage": repository, "all_tags": true }));
    assert!(!pulled.contains(note), "{pulled}");
    assert_eq!(tags(), "latest one");
    session.call("image_delete", json!({ "name": format!("{repository}:latest") }));
}

/// An image with a layer like no other, named for a registry.
pub struct Named {
    pub repository: String,
    pub name: String,
    id: Value,
    _leftovers: [Leftover; 2],
}

pub fn in_registry(session: &Session, registry: &str) -> Named {
    let (local, id, leftover) = image(session);
    let repository = format!("{registry}/deep/{}", local.strip_suffix(":one").expect("it has a tag"));
    session.done("image_tag", json!({ "name": local, "repo": repository, "tag": "one" }));
    let name = format!("{repository}:one");
    let named = Leftover::new(format!("/images/{name}?force=true"));
    Named { repository, name, id: json!(id), _leftovers: [leftover, named] }
}

impl Named {
    /// Deletes it with all its names.
    pub fn forget(&self, session: &Session) {
        session.call("image_delete", json!({ "name": self.id, "force": true }));
        assert!(session.fail("image_inspect", json!({ "name": self.id })).contains("404"));
    }

    fn id_now(&self, session: &Session) -> Value {
        session.call("image_inspect", json!({ "name": self.name }))["Id"].clone()
    }
}
