//! Tools under policies: those that can never pass are not listed, and several policies hold at once.

use serde_json::json;

use super::support::{canned, client_without_handshake, dispatcher, session, settings};
use super::world::World;
use super::{OWNER, failed, file, tools, under};

#[tokio::test]
async fn tools_that_can_never_pass_are_not_listed_and_composed_ones_need_all_their_operations() {
    let mut client = under("preset = \"observe\"", &World::default()).await;
    let listed = tools(&mut client).await;
    for name in ["container_list", "container_logs", "container_table", "project_logs", "image_history"] {
        assert!(listed.iter().any(|tool| tool == name), "{name}");
    }
    for name in ["container_create", "container_run", "exec_run", "system_info", "distribution_inspect", "work_list"] {
        assert!(!listed.iter().any(|tool| tool == name), "{name}");
    }
    let refused = failed(&mut client, "container_stop", json!({ "id": "web" })).await;
    let expected = "container_stop: not exposed: denied by allow: container_stop is not among the operations";
    assert!(refused.starts_with(expected), "{refused}");
    let refused = failed(&mut client, "exec_run", json!({})).await;
    assert!(
        refused.starts_with("exec_run: it uses container_exec, which is not exposed: denied by allow: "),
        "{refused}"
    );
    let refused = failed(&mut client, "distribution_inspect", json!({ "name": "busybox" })).await;
    assert!(refused.contains("not exposed: denied by"), "{refused}");

    let denied = format!("{OWNER}[deny]\noperations = [\"container_delete\", \"container_export\"]");
    let mut client = under(&denied, &World::default()).await;
    let listed = tools(&mut client).await;
    assert!(listed.iter().any(|tool| tool == "exec_run"));
    for name in ["container_delete", "container_export", "container_run", "container_recreate", "plugin_list"] {
        assert!(!listed.iter().any(|tool| tool == name), "{name}");
    }
    let refused = failed(&mut client, "container_export", json!({ "id": "mine" })).await;
    let expected = "denied by deny: container_export is among the operations that never pass";
    assert!(refused.contains(expected), "{refused}");
}

#[tokio::test]
async fn a_policy_and_flags_hold_at_once() {
    let policy = file(OWNER);
    let with = |change: fn(&mut dockwright_server::settings::Settings)| {
        settings(|settings| {
            settings.policy = Some(policy.path().to_owned());
            change(settings);
        })
    };
    let world = World::default();
    let mut client = session(with(|settings| settings.no_destructive = true), world.engine()).await;
    let listed = tools(&mut client).await;
    assert!(listed.iter().any(|tool| tool == "container_create") && !listed.iter().any(|tool| tool == "volume_delete"));
    // The policy allows the folder, and the flag no folder at all.
    let create = json!({ "body": { "Image": "busybox:test", "HostConfig": { "Binds": ["/srv/proj:/w"] } } });
    let refused = failed(&mut client, "container_create", create.clone()).await;
    assert!(
        refused.contains("refused, because the server runs with --no-destructive: /srv/proj is a path"),
        "{refused}"
    );
    assert!(world.writes().is_empty());
    let mut client = session(with(|settings| settings.tools = vec!["container_create".into()]), world.engine()).await;
    assert_eq!(tools(&mut client).await, ["container_create", "operation_schema"]);
    assert_eq!(client.call("container_create", create).await["isError"], false);
    assert_eq!(world.writes()[0].body["Labels"], json!({ "owner": "me" }));
}

#[tokio::test]
async fn the_policy_of_an_engine_narrows_that_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("server.toml", OWNER);
    write("nas.toml", "preset = \"observe\"");
    write("engines.toml", "[engines.nas]\npolicy = \"nas.toml\"\n");
    let world = World::default();
    let settings = settings(|settings| {
        settings.engine = vec!["nas=tcp://127.0.0.1:1".into(), "local=tcp://127.0.0.1:2".into()];
        settings.policy = Some(folder.path().join("server.toml"));
        settings.engines = Some(folder.path().join("engines.toml"));
    });
    let dispatcher = dispatcher(settings, canned(|_| None));
    let dispatcher = dispatcher.with_named_engine("nas", world.engine()).with_named_engine("local", world.engine());
    let mut client = client_without_handshake(dispatcher);
    let refused = failed(&mut client, "container_stop", json!({ "engine": "nas", "id": "mine" })).await;
    assert!(refused.contains("denied by allow") && refused.contains("`local` exposes it"), "{refused}");
    assert_eq!(client.call("container_stop", json!({ "engine": "local", "id": "mine" })).await["isError"], false);
    // The observer's policy has no owner, and the server's has.
    let refused = failed(&mut client, "container_inspect", json!({ "engine": "nas", "id": "theirs" })).await;
    assert!(refused.contains("404 Not Found: No such container: theirs"), "{refused}");
    let listed = client.call("engine_list", json!({})).await.to_string();
    assert!(listed.contains("tools, under a policy"), "{listed}");
}

#[tokio::test]
async fn a_policy_that_cannot_be_used_ends_the_program_with_its_place() {
    let mistaken = file("preset = \"observe\"\n[images]\nallow = [\"a b\"]\n");
    let dispatcher = |settings| {
        let audit = dockwright_server::audit::Audit::to_writer(std::io::sink());
        dockwright_server::dispatch::Dispatcher::new(settings, audit).err().expect("it is refused")
    };
    let problem = dispatcher(settings(|settings| settings.policy = Some(mistaken.path().to_owned())));
    let expected = format!("--policy: {}: line 3, column 10: images.allow: `a b`", mistaken.path().display());
    assert!(problem.starts_with(&expected), "{problem}");
    let folder = tempfile::tempdir().unwrap();
    let engines = folder.path().join("engines.toml");
    std::fs::write(&engines, "[engines.nas]\naddress = \"tcp://n\"\npolicy = \"absent.toml\"\n").unwrap();
    let problem = dispatcher(settings(|settings| settings.engines = Some(engines.clone())));
    let absent = folder.path().join("absent.toml");
    assert!(problem.contains("engines.nas: ") && problem.contains(&absent.display().to_string()), "{problem}");
}
