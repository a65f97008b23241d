//! The engine's words about itself, and the server's words about a tool.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::bench::{IMAGE, running, trials, variable};
use crate::session::Session;

pub fn trials() -> Vec<Trial> {
    trials![
        a_ping_tells_the_api_version,
        version_and_info_tell_of_the_same_engine,
        data_usage_counts_a_container,
        a_login_is_checked_by_the_registry,
        the_schema_of_a_tool_is_shown_whole,
        an_engine_that_is_down_is_named,
        a_session_is_nothing_for_tools,
    ]
}

fn a_ping_tells_the_api_version(session: &Session) {
    assert_eq!(session.call("system_ping", json!({})), "OK");
    let head = session.call("system_ping_head", json!({}));
    assert_eq!((&head["Api-Version"], &head["Docker-Experimental"]), (&json!(variable("API")), &json!(false)));
}

fn version_and_info_tell_of_the_same_engine(session: &Session) {
    let version = session.call("system_version", json!({}));
    assert_eq!((&version["ApiVersion"], &version["Os"]), (&json!(variable("API")), &json!("linux")));
    let names = version["Components"].as_array().expect("it has components").iter().map(|part| &part["Name"]);
    assert!(names.into_iter().any(|name| name == "Engine"), "{version}");
    let _container = running(session, "sleep 1000");
    let info = session.call("system_info", json!({}));
    assert_eq!((&info["ServerVersion"], &info["OSType"]), (&version["Version"], &version["Os"]));
    assert_eq!(info["KernelVersion"], version["KernelVersion"]);
    for number in ["NCPU", "MemTotal", "ContainersRunning"] {
        assert!(info[number].as_u64().is_some_and(|number| number > 0), "{number}: {info}");
    }
    assert!(info["Plugins"]["Volume"].as_array().is_some_and(|all| all.contains(&json!("local"))), "{info}");
    let registries = session.call("system_info", json!({ "select": "RegistryConfig.InsecureRegistryCIDRs" }));
    assert!(registries.as_array().is_some_and(|all| all.contains(&json!("127.0.0.0/8"))), "{registries}");
}

fn data_usage_counts_a_container(session: &Session) {
    let container = running(session, "sleep 1000");
    let select = format!("{{ours: Containers[?Id=='{}'].State, images: Images[?RepoTags].RepoTags[]}}", container.id);
    let usage = session.call("system_data_usage", json!({ "select": select }));
    assert_eq!(usage["ours"], json!(["running"]));
    assert!(usage["images"].as_array().is_some_and(|all| all.contains(&json!(IMAGE))), "{usage}");
    let images = &session.call("system_data_usage", json!({}))["Images"];
    assert!(images["Active"].as_u64().is_some_and(|count| count > 0) && images["Size"] != "0 B", "{images}");
}

fn a_login_is_checked_by_the_registry(session: &Session) {
    let registry = variable("PRIVATE_REGISTRY");
    let login = |password: &str| json!({ "username": "dock", "password": password, "serveraddress": registry });
    let answer = session.call("system_auth", json!({ "body": login("wright") }));
    assert_eq!(answer["Status"], "Login Succeeded");
    // The engine answers 500; the registry's answer stands in the message.
    let failed = session.fail("system_auth", json!({ "body": login("hunter2") }));
    assert!(failed.contains("401 Unauthorized") && !failed.contains("hunter2"), "{failed}");
}

fn the_schema_of_a_tool_is_shown_whole(session: &Session) {
    let schema = session.call("operation_schema", json!({ "operation": "container_create" }));
    assert_eq!(schema["endpoint"], "POST /containers/create");
    let host = &schema["inputSchema"]["properties"]["body"]["properties"]["HostConfig"]["properties"];
    assert_eq!((&host["CapAdd"]["type"], &host["Ulimits"]["items"]["type"]), (&json!("array"), &json!("object")));
}

fn an_engine_that_is_down_is_named(_: &Session) {
    let failed = Session::with("unix:///no/such.sock", &[]).fail("container_list", Value::Object(Default::default()));
    assert!(failed.contains("/no/such.sock") && failed.contains("start the engine"), "{failed}");
}

/// It is a channel for BuildKit's own client.
fn a_session_is_nothing_for_tools(session: &Session) {
    let refused = session.refused("session", json!({}));
    assert!(refused.contains("image_build"), "{refused}");
}
