//! Runs a short MCP session within the process, with the bytes that a client would send.

use std::time::Instant;

use serde_json::{Map, Value, json};
use tokio::io::{self, AsyncRead, AsyncWrite};

use super::finding::Finding;
use crate::cli::client::Session;
use crate::dispatch::{Dispatcher, ENGINE};
use crate::mcp::{self, ARGUMENTS, OPERATION, Server, tag_tool_name};
use crate::settings::Surface;

/// Size of the pipe between client and server.
const PIPE_BYTES: usize = 64 * 1024;

/// Initializes a session, lists the tools and, if one of the engines answers, calls a tool that every engine answers.
pub(super) async fn check(dispatcher: Dispatcher, answering: Option<usize>) -> Finding {
    let call = match call(&dispatcher, answering) {
        _ if answering.is_none() => Err("the engine does not answer"),
        None => Err("no harmless tool to call is exposed"),
        Some(call) => Ok(call),
    };
    let begun = Instant::now();
    let (client, server) = io::duplex(PIPE_BYTES);
    let (input, output) = io::split(server);
    let session = tokio::spawn(mcp::serve(Server::new(dispatcher), input, output));
    let (answers, requests) = io::split(client);
    let outcome = talk(Session::new(answers, requests), call).await;
    session.abort();
    let finding = outcome.map_err(|problem| format!("{problem}: please report this as a bug"))?;
    finding.map(|fact| format!("{fact} in {} ms", begun.elapsed().as_millis()))
}

/// Parameters of the call, if its tool is exposed on an engine that answers.
fn call(dispatcher: &Dispatcher, answering: Option<usize>) -> Option<Value> {
    let engines = dispatcher.engines();
    let access = &engines.all()[answering?];
    let operation = access.version_operation()?;
    let engine = access.name().filter(|_| engines.are_several());
    let engine: Map<String, Value> = engine.map(|name| (ENGINE.to_owned(), (**name).into())).into_iter().collect();
    Some(match dispatcher.settings().surface {
        Surface::Operations => json!({ "name": operation.name, "arguments": engine }),
        Surface::Tags => json!({
            "name": tag_tool_name(operation.tag),
            "arguments": { OPERATION: operation.name, ARGUMENTS: engine },
        }),
    })
}

/// Runs the session. A failure of the engine is a finding, a failure of the protocol an error.
async fn talk(
    mut session: Session<impl AsyncRead + Unpin, impl AsyncWrite + Unpin>,
    call: Result<Value, &str>,
) -> Result<Finding, String> {
    let (_, count) = session.open().await?;
    let call = match call {
        Ok(call) => call,
        Err(reason) => {
            return Ok(Ok(format!("initialize and tools/list ({count} tools), no call because {reason},")));
        }
    };
    let name = call["name"].clone();
    let reply = session.ask("tools/call", call).await?;
    if reply["isError"] == true {
        let text = reply["content"][0]["text"].as_str().unwrap_or_default();
        return Ok(Err(text.replace('\n', "; ")));
    }
    Ok(Ok(format!("initialize, tools/list ({count} tools) and tools/call of {name}")))
}
