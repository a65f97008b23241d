//! Trials that disturb all others, and so come last and alone: the engine restarts, and the swarm ends.

use std::process::Command;

use libtest_mimic::Trial;
use serde_json::json;

use crate::bench::{IMAGE, text, trials_alone, unique, until, variable};
use crate::second::{FIRST, SECOND, Second};
use crate::session::Session;
use crate::swarm;
use crate::{build_cache, cancelled};

pub fn trials() -> Vec<Trial> {
    let mut trials = build_cache::trials();
    trials.extend(trials_alone![
        a_build_whose_engine_dies_says_so_and_the_next_one_works,
        a_locked_swarm_opens_with_its_key_after_a_restart_and_ends,
        a_second_engine_joins_leaves_and_is_forgotten,
        one_server_serves_two_engines,
    ]);
    trials
}

fn a_build_whose_engine_dies_says_so_and_the_next_one_works(session: &Session) {
    // A number of seconds that nobody else sleeps.
    let seconds = (200_000 + std::process::id()).to_string();
    let build = |step: &str| {
        let context = json!({ "Dockerfile": format!("FROM {IMAGE}\nRUN {step}\n") });
        json!({ "context": context, "networkmode": "none", "nocache": true })
    };
    std::thread::scope(|scope| {
        let building = scope.spawn(|| session.refused("image_build", build(&format!("sleep {seconds}"))));
        until("the command runs", || cancelled::sleeps(&seconds).then_some(()));
        let status = Command::new(variable("RESTART")).arg("KILL").status().expect("the script runs");
        assert!(status.success(), "{status}");
        let failed = building.join().expect("it does not panic");
        assert!(failed.starts_with("image_build: POST /build: "), "{failed}");
        assert!(failed.contains("dockwright: check first whether the engine did it"), "{failed}");
    });
    session.output("image_build", build("echo hello; echo again"));
}

/// The session stays the same all the while, and works again as soon as the engine does.
fn a_locked_swarm_opens_with_its_key_after_a_restart_and_ends(session: &Session) {
    let node = swarm::node(session);
    session.done("swarm_update", json!({ "body": { "EncryptionConfig": { "AutoLockManagers": true } } }));
    let hidden = session.call("swarm_unlockkey", json!({}));
    assert_eq!(hidden, json!({ "UnlockKey": "[redacted by dockwright]" }));
    let key = text(&Session::that_shows_secrets().call("swarm_unlockkey", json!({}))["UnlockKey"]);
    assert!(key.starts_with("SWMKEY-1-"));

    let status = Command::new(variable("RESTART")).status().expect("the script runs");
    assert!(status.success(), "{status}");
    let state = || session.call("system_info", json!({}))["Swarm"]["LocalNodeState"].clone();
    assert_eq!(state(), "locked");
    let locked = session.fail("swarm_inspect", json!({}));
    assert!(locked.contains("encrypted") && locked.contains("unlock the swarm with its unlock key"), "{locked}");
    let wrong = "SWMKEY-1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let refused = session.fail("swarm_unlock", json!({ "body": { "UnlockKey": wrong } }));
    assert!(refused.contains("key") && !refused.contains(wrong), "{refused}");
    session.done("swarm_unlock", json!({ "body": { "UnlockKey": key } }));
    until("the manager is back", || session.tried("swarm_inspect", json!({})).ok());
    assert_eq!(session.call("swarm_inspect", json!({}))["Spec"]["Labels"], json!({ "purpose": "tests" }));
    assert_eq!(session.call("node_inspect", json!({ "id": node }))["ID"], json!(node));

    session.done("swarm_leave", json!({ "force": true }));
    assert_eq!(state(), "inactive");
    let none = session.fail("swarm_inspect", json!({}));
    assert!(none.contains("not a swarm manager") && none.contains("initialise or join a swarm first"), "{none}");
    swarm::end();
}

fn a_second_engine_joins_leaves_and_is_forgotten(session: &Session) {
    swarm::end();
    let second = Second::start();
    let body = json!({ "ListenAddr": format!("{FIRST}:2377"), "AdvertiseAddr": FIRST });
    let first = session.call("swarm_init", json!({ "body": body }));
    let token = swarm::tokens(&Session::that_shows_secrets())["Worker"].clone();
    let body = json!({
        "ListenAddr": format!("{SECOND}:2377"),
        "AdvertiseAddr": SECOND,
        "RemoteAddrs": [format!("{FIRST}:2377")],
        "JoinToken": token,
    });
    second.session.done("swarm_join", json!({ "body": body }));

    let joined = second.session.call("system_info", json!({}))["Swarm"].clone();
    assert_eq!((&joined["LocalNodeState"], &joined["ControlAvailable"]), (&json!("active"), &json!(false)));
    let id = text(&joined["NodeID"]);
    until("it is ready", || {
        let state = session.call("node_inspect", json!({ "id": id }))["Status"]["State"].clone();
        (state == "ready").then_some(())
    });
    let there = session.fail("node_delete", json!({ "id": id }));
    assert!(there.contains("is not down and can't be removed"), "{there}");

    second.session.done("swarm_leave", json!({}));
    session.done("node_delete", json!({ "id": id, "force": true }));
    assert_eq!(session.call("node_list", json!({ "select": "[].ID" })), json!([first]));
    session.done("swarm_leave", json!({ "force": true }));
}

/// A third engine is named too, which is not there.
fn one_server_serves_two_engines(_: &Session) {
    let second = Second::start();
    let engines =
        [format!("one={}", variable("HOST")), format!("two={}", second.address), "none=unix:///none".to_owned()];
    let options: Vec<_> = engines.iter().flat_map(|engine| ["--engine", engine]).collect();
    let all = Session::with("", &options);
    let name = unique("engines");
    all.call("volume_create", json!({ "engine": "two", "body": { "Name": name } }));
    let volumes = all.call("volume_list", json!({ "engine": ["one", "two"], "select": "Volumes[].Name" }));
    let has = |engine: &str| volumes["answers"][engine].to_string().contains(&name);
    assert!(has("two") && !has("one"), "{volumes}");
    let found = all.call("volume_inspect", json!({ "engine": "*", "name": name }));
    assert_eq!(found["answers"]["two"]["Name"], json!(name), "{found}");
    assert!(
        text(&found["errors"]["one"]).contains("404") && text(&found["errors"]["none"]).contains("/none"),
        "{found}"
    );
    let refused = all.refused("volume_delete", json!({ "engine": "*", "name": name }));
    assert!(refused.contains("`engine` must be one name"), "{refused}");
    all.done("volume_delete", json!({ "engine": "two", "name": name }));
    let list = all.call("engine_list", json!({}));
    let answers: Vec<_> = (0..3).map(|place| list[place]["answers"] == true).collect();
    assert_eq!(answers, [true, true, false], "{list}");
    assert_eq!(list[0]["version"], list[1]["version"]);
    // Their ids may be equal: old engines of one host share a key.
    let folders = all.call("system_info", json!({ "engine": "*", "select": "DockerRootDir" }))["answers"].clone();
    assert_ne!(folders["one"], folders["two"]);
}
