//! The server under policies: what is listed, what is refused and in which words, whose objects are there, what is sent
//! in place of a request, and what replies hide.

#[path = "../support/mod.rs"]
mod support;

mod builds;
mod corpus;
mod environment;
mod listed;
mod owned;
mod refused;
mod world;

use std::io::Write;

use serde_json::Value;
use support::{Client, session, settings, text};
use tempfile::NamedTempFile;
use world::World;

/// The file of a policy.
fn file(policy: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(policy.as_bytes()).unwrap();
    file
}

/// A session with an engine under a policy.
async fn under(policy: &str, world: &World) -> Client {
    let file = file(policy);
    session(settings(|settings| settings.policy = Some(file.path().to_owned())), world.engine()).await
}

/// The names of the tools that are listed.
async fn tools(client: &mut Client) -> Vec<String> {
    let listed = client.ask("tools/list", serde_json::json!({})).await;
    let names = listed["tools"].as_array().unwrap().iter();
    names.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The text of a call that fails.
async fn failed(client: &mut Client, tool: &str, arguments: Value) -> String {
    let result = client.call(tool, arguments).await;
    assert_eq!(result["isError"], true, "{tool}: {result}");
    text(&result).to_owned()
}

/// The JSON in the first line of a reply.
async fn answered(client: &mut Client, tool: &str, arguments: Value) -> Value {
    let result = client.call(tool, arguments).await;
    assert_eq!(result["isError"], false, "{tool}: {result}");
    serde_json::from_str(text(&result).lines().next().unwrap()).unwrap()
}

/// A policy for what an owner has, which lets pass all else that tests need.
const OWNER: &str = r#"
preset = "develop"
[own]
label = "owner=me"
[allow]
operations = ["Container.*", "Network.*", "Volume.*", "Image.*", "Service.*", "Task.*", "Secret.*", "system_events"]
[images]
allow = ["busybox:*"]
[binds]
allow = ["/srv/proj"]
[egress]
registries = ["ghcr.io"]
[publish]
addresses = ["127.0.0.1"]
ports = "8000-8999"
"#;
