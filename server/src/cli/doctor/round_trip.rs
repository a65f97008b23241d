//! Runs a short MCP session within the process, with the bytes that a client would send.

use std::time::Instant;

use dockwright::operation::{Operation, Segment};
use serde_json::{Value, json};
use tokio::io::{self, AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

use super::finding::Finding;
use crate::access::Access;
use crate::catalogue::Entry;
use crate::dispatch::Dispatcher;
use crate::mcp::{self, ARGUMENTS, OPERATION, Server, tag_tool_name};
use crate::settings::Surface;

/// Size of the pipe between client and server.
const PIPE_BYTES: usize = 64 * 1024;

/// Initializes a session, lists the tools and, unless the engine failed before, calls one that every engine answers.
pub(super) async fn check(dispatcher: Dispatcher, calls_engine: bool) -> Finding {
    let call = match call(&dispatcher) {
        _ if !calls_engine => Err("the engine does not answer"),
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

/// Parameters of the call, if its tool is exposed.
fn call(dispatcher: &Dispatcher) -> Option<Value> {
    let access = dispatcher.access();
    let operation = version_operation(access)?;
    Some(match access.settings().surface {
        Surface::Operations => json!({ "name": operation.name, "arguments": {} }),
        Surface::Tags => json!({
            "name": tag_tool_name(operation.tag),
            "arguments": { OPERATION: operation.name, ARGUMENTS: {} },
        }),
    })
}

/// The operation of `GET /version`, if it is exposed.
pub(super) fn version_operation(access: &Access) -> Option<&'static Operation> {
    Entry::exposed(access.exposure()).find_map(|entry| match entry {
        Entry::Operation(tool) if is_version(tool.operation) => Some(tool.operation),
        _ => None,
    })
}

/// Returns true for `GET /version`, which every engine answers at once.
fn is_version(operation: &Operation) -> bool {
    operation.path == [Segment::Literal("version")]
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
