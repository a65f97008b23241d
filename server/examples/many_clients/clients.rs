//! Clients, each with one connection over which it initializes and calls.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The requests of a client.
pub const REQUESTS: usize = 1 + CALLS;
const CALLS: usize = 3;

/// A server, and the requests to it.
#[derive(Clone)]
pub struct Target {
    address: SocketAddr,
    initialize: String,
    call: String,
}

impl Target {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        let client = json!({ "name": "bench", "version": "1" });
        let opening = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        let request = |method: &str, params: Value| {
            let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
            format!(
                "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        let call = request("tools/call", json!({ "name": "container_list", "arguments": {} }));
        Target { address, initialize: request("initialize", opening), call }
    }
}

/// Runs clients at once: the time until all have ended, and how many failed.
pub async fn many(target: &Target, clients: usize) -> (Duration, usize) {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let target = target.clone();
        running.spawn(async move { one(&target).await });
    }
    let results = running.join_all().await;
    (begun.elapsed(), results.iter().filter(|result| result.is_err()).count())
}

/// Runs one client; the text of its last reply.
pub async fn one(target: &Target) -> io::Result<String> {
    let mut stream = TcpStream::connect(target.address).await?;
    stream.set_nodelay(true)?;
    let mut message = exchange(&mut stream, &target.initialize).await?;
    for _ in 0..CALLS {
        message = exchange(&mut stream, &target.call).await?;
    }
    let result = &message["result"];
    match result["content"][0]["text"].as_str() {
        Some(text) if result["isError"] == false => Ok(text.to_owned()),
        _ => Err(io::Error::other(message.to_string())),
    }
}

/// Sends a request and reads its answer: one event, in chunks.
async fn exchange(stream: &mut TcpStream, request: &str) -> io::Result<Value> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n0\r\n\r\n") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::Error::other(String::from_utf8_lossy(&answer).into_owned()));
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let data = text.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim);
    match data.filter(|_| text.starts_with("HTTP/1.1 200")) {
        Some(data) => serde_json::from_str(data).map_err(io::Error::other),
        None => Err(io::Error::other(text.into_owned())),
    }
}
