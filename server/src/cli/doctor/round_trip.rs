//! Runs a short MCP session within the process, with the bytes that a client would send.

use std::time::Instant;

use serde_json::{Map, Value, json};
use tokio::io::{self, AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

use super::finding::Finding;
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
    let mut client = Client::new(client);
    let outcome = client.talk(call).await;
    drop(client);
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

struct Client {
    lines: io::Lines<BufReader<ReadHalf<DuplexStream>>>,
    output: WriteHalf<DuplexStream>,
}

impl Client {
    fn new(stream: DuplexStream) -> Self {
        let (input, output) = io::split(stream);
        Client { lines: BufReader::new(input).lines(), output }
    }

    /// Runs the session. A failure of the engine is a finding, a failure of the protocol an error.
    async fn talk(&mut self, call: Result<Value, &str>) -> Result<Finding, String> {
        let client = json!({ "name": "dockwright doctor", "version": env!("CARGO_PKG_VERSION") });
        let initialize = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        self.ask("initialize", initialize).await?;
        self.write(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
        let tools = self.ask("tools/list", json!({})).await?;
        let count = tools["tools"].as_array().map_or(0, Vec::len);
        let call = match call {
            Ok(call) => call,
            Err(reason) => {
                return Ok(Ok(format!("initialize and tools/list ({count} tools), no call because {reason},")));
            }
        };
        let name = call["name"].clone();
        let reply = self.ask("tools/call", call).await?;
        if reply["isError"] == true {
            let text = reply["content"][0]["text"].as_str().unwrap_or_default();
            return Ok(Err(text.replace('\n', "; ")));
        }
        Ok(Ok(format!("initialize, tools/list ({count} tools) and tools/call of {name}")))
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.write(json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params })).await?;
        let line = self.lines.next_line().await.map_err(|error| format!("{method}: {error}"))?;
        let line = line.ok_or_else(|| format!("{method}: the session ended"))?;
        let mut answer: Value = serde_json::from_str(&line).map_err(|error| format!("{method}: {error}"))?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(format!("{method}: {line}")),
        }
    }

    async fn write(&mut self, message: Value) -> Result<(), String> {
        let line = format!("{message}\n");
        self.output.write_all(line.as_bytes()).await.map_err(|error| error.to_string())
    }
}
