//! A client that writes the bytes of HTTP itself.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::served::TOKEN;

/// The headers of every request to the endpoint, but for the host and the token.
pub const ACCEPT: &str = "Content-Type: application/json\r\nAccept: application/json, text/event-stream";

/// An answer, or as much of one as came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Reply {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Reply { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// The value of a header, named in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The last message in the body, which is JSON or an event.
    pub fn message(&self) -> Value {
        let mut lines = self.body.lines().map(|line| line.trim_start_matches("data:").trim());
        let line = lines.rfind(|line| line.starts_with('{'));
        serde_json::from_str(line.unwrap_or_else(|| panic!("no message: {self:?}"))).unwrap()
    }
}

/// Sends bytes, and reads until the server ends the connection or is silent for a long time.
pub async fn send(address: &str, bytes: impl AsRef<[u8]>) -> Reply {
    exchange(TcpStream::connect(address).await.unwrap(), bytes).await
}

pub async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: impl AsRef<[u8]>) -> Reply {
    // A server that refuses does not read everything.
    let _ = stream.write_all(bytes.as_ref()).await;
    rest(stream).await
}

/// Reads until the server ends the connection.
pub async fn rest(mut stream: impl AsyncRead + Unpin) -> Reply {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(count @ 1..)) = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut buffer)).await {
        text.extend(&buffer[..count]);
    }
    Reply::parse(&String::from_utf8_lossy(&text))
}

/// A request to the endpoint with these lines of headers, after which the connection ends.
pub fn post_with(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /mcp HTTP/1.1\r\n{headers}\r\n{ACCEPT}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// A request with the token of the tests.
pub fn post(message: &Value) -> String {
    post_with(&format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}"), &message.to_string())
}

pub fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

pub fn call(tool: &str, arguments: Value) -> Value {
    request("tools/call", json!({ "name": tool, "arguments": arguments }))
}

pub fn initialize(version: &str) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    request("initialize", json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client }))
}

pub fn list() -> Value {
    call("container_list", json!({}))
}

/// A request of 2026-07-28 that calls a tool.
pub fn modern(mut message: Value, progress: bool) -> String {
    let mut meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    if progress {
        meta["progressToken"] = json!("t");
    }
    message["params"]["_meta"] = meta;
    let name = message["params"]["name"].as_str().unwrap();
    let headers = format!(
        "Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: tools/call\r\nMcp-Name: {name}"
    );
    post_with(&headers, &message.to_string())
}
