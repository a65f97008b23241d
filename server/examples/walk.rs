//! A session with the server as a client has it, each call and its reply printed: `make run`.
//!
//! The argument is the program `dockwright`; the engine is the one that the docker CLI would use.

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::{RoleClient, RunningService};
use rmcp::{ServiceExt, transport::TokioChildProcess};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let program = std::env::args().nth(1).ok_or("name the program: walk target/release/dockwright")?;
    let client = ().serve(TokioChildProcess::new(tokio::process::Command::new(&program))?).await?;
    println!("tools      {} listed", client.list_all_tools().await?.len());

    let select = json!({ "select": "{Engine: Version, API: ApiVersion, Os: Os}" });
    if call(&client, "system_version", select).await?.is_error == Some(true) {
        println!("\nno engine answers: start yours, or let this bring one up (as root): make run ENGINE=default");
        return Ok(());
    }
    call(&client, "image_list", json!({})).await?;
    call(&client, "container_list", json!({ "all": true })).await?;
    life_of_a_container(&client).await?;
    client.cancel().await?;

    println!("\nTo connect Claude Code:\n  {program} install claude-code");
    Ok(())
}

/// The image is that of `make run ENGINE=default`; on another engine its absence shows how a failure reads.
async fn life_of_a_container(client: &RunningService<RoleClient, ()>) -> Result<()> {
    let body = json!({ "Image": "busybox:test", "Cmd": ["sh", "-c", "echo hello; echo trouble >&2; exit 7"] });
    let created = call(client, "container_create", json!({ "name": "dockwright-walk", "body": body })).await?;
    if created.is_error == Some(true) {
        return Ok(());
    }
    let id = json!({ "id": "dockwright-walk" });
    call(client, "container_start", id.clone()).await?;
    call(client, "container_wait", id.clone()).await?;
    call(client, "container_logs", id.clone()).await?;
    call(
        client,
        "container_inspect",
        json!({ "id": "dockwright-walk", "select": "State.{Status: Status, ExitCode: ExitCode}" }),
    )
    .await?;
    call(client, "container_delete", id.clone()).await?;
    call(client, "container_inspect", id).await?;
    let body = json!({ "Image": "busybox:test", "Cmd": ["date", "-u"] });
    call(client, "container_run", json!({ "body": body, "remove": true })).await?;
    Ok(())
}

async fn call(client: &RunningService<RoleClient, ()>, tool: &'static str, arguments: Value) -> Result<CallToolResult> {
    println!("\n> {tool} {arguments}");
    let Value::Object(arguments) = arguments else { return Err("arguments are an object".into()) };
    let result = client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await?;
    for text in result.content.iter().filter_map(|content| content.as_text()) {
        println!("{}", text.text);
    }
    Ok(result)
}
