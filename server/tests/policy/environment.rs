//! Values of environment variables under `[answers] environment = "hide"`: in no reply, whatever the flags say.

use dockwright_server::secrets::MARKER;
use serde_json::json;

use super::support::{session, settings, text};
use super::world::World;
use super::{answered, file, under};

const HIDING: &str = "preset = \"observe\"";

#[tokio::test]
async fn values_of_variables_are_in_no_reply() {
    let policy = file(HIDING);
    let world = World::default();
    let showing = settings(|settings| {
        settings.policy = Some(policy.path().to_owned());
        settings.show_secrets = true;
        settings.structured = true;
    });
    let mut client = session(showing, world.engine()).await;
    for (tool, arguments) in [
        ("container_inspect", json!({ "id": "mine" })),
        ("container_inspect", json!({ "id": "mine", "select": "Config.Env" })),
        ("container_inspect", json!({ "id": "mine", "select": "Config.Env[0]" })),
        ("container_inspect", json!({ "id": "mine", "grep": "quartz" })),
        ("container_list", json!({ "select": "[].Config" })),
        ("image_inspect", json!({ "name": "busybox:test", "select": "@" })),
        ("image_history", json!({ "name": "busybox:test", "select": "@" })),
        ("service_inspect", json!({ "id": "my-service", "select": "@" })),
        ("service_list", json!({ "select": "@" })),
    ] {
        let result = client.call(tool, arguments.clone()).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let hidden = result.to_string();
        // A search shows what it searched for.
        assert!(
            !hidden.replace("`quartz`", "").replace("grep: quartz", "").contains("quartz"),
            "{tool} {arguments}: {hidden}"
        );
    }
    let env = answered(&mut client, "container_inspect", json!({ "id": "mine", "select": "Config.Env" })).await;
    assert_eq!(env, json!([format!("WORD={MARKER}")]));
    for uri in ["docker://containers/mine", "docker://images/busybox:test", "docker://services/my-service"] {
        let read = client.ask("resources/read", json!({ "uri": uri })).await;
        assert!(!read.to_string().contains("quartz"), "{read}");
    }
}

#[tokio::test]
async fn values_are_shown_where_no_policy_hides_them() {
    let shown = format!("{HIDING}\n[answers]\nenvironment = \"show\"");
    let mut client = under(&shown, &World::default()).await;
    let inspected = client.call("container_inspect", json!({ "id": "mine", "select": "Config.Env" })).await;
    assert!(text(&inspected).contains("WORD=quartz"), "{inspected}");
}
