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
/// The header that names a session.
const SESSION: &str = "mcp-session-id";

/// A server, and the requests to it: each its head, which is without the name of a session, and its body.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    initialize: [String; 2],
    initialized: [String; 2],
    call: [String; 2],
}

/// An answer: the name of the session, if there is one, and the message.
struct Reply {
    session: Option<String>,
    message: Value,
}

impl Target {
    /// The requests to a server, of whose tools this one lists containers.
    pub fn new(address: SocketAddr, token: &str, tool: &str) -> Self {
        let client = json!({ "name": "bench", "version": "1" });
        let opening = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        let request = |message: Value| {
            let body = message.to_string();
            let head = format!(
                "POST /mcp HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
                 Content-Length: {}\r\n",
                address.port(),
                body.len()
            );
            [head, body]
        };
        let asks = |method, params: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        Target {
            address,
            initialize: request(asks("initialize", opening)),
            initialized: request(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })),
            call: request(asks("tools/call", json!({ "name": tool, "arguments": {} }))),
        }
    }
}

/// Runs clients at once: the time until all have ended, and the failures.
pub async fn many(target: &Target, clients: usize) -> (Duration, Vec<io::Error>) {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let target = target.clone();
        running.spawn(async move { one(&target).await });
    }
    let results = running.join_all().await;
    (begun.elapsed(), results.into_iter().filter_map(Result::err).collect())
}

/// Runs one client; the text of its last reply. A server that keeps sessions is told that the client is ready.
pub async fn one(target: &Target) -> io::Result<String> {
    let mut stream = TcpStream::connect(target.address).await?;
    stream.set_nodelay(true)?;
    let Reply { session, mut message } = exchange(&mut stream, &target.initialize, None).await?;
    let session = session.as_deref();
    if session.is_some() {
        exchange(&mut stream, &target.initialized, session).await?;
    }
    for _ in 0..CALLS {
        message = exchange(&mut stream, &target.call, session).await?.message;
    }
    let result = &message["result"];
    match result["content"][0]["text"].as_str() {
        Some(text) if result["isError"] != true => Ok(text.to_owned()),
        _ => Err(io::Error::other(message.to_string())),
    }
}

/// Sends a request and reads its answer: events in chunks, JSON, or nothing.
async fn exchange(stream: &mut TcpStream, [head, body]: &[String; 2], session: Option<&str>) -> io::Result<Reply> {
    let session = session.map(|session| format!("{SESSION}: {session}\r\n")).unwrap_or_default();
    stream.write_all(format!("{head}{session}\r\n{body}").as_bytes()).await?;
    let mut answer = Vec::new();
    while !is_whole(&answer) {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::Error::other(String::from_utf8_lossy(&answer).into_owned()));
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let session = header(&text, SESSION).map(str::to_owned);
    let data = text.lines().filter_map(|line| line.strip_prefix("data:").or(line.starts_with('{').then_some(line)));
    match data.map(str::trim).rfind(|data| !data.is_empty()) {
        Some(data) => Ok(Reply { session, message: serde_json::from_str(data).map_err(io::Error::other)? }),
        None if text.starts_with("HTTP/1.1 202") => Ok(Reply { session, message: Value::Null }),
        None => Err(io::Error::other(text.into_owned())),
    }
}

/// Tells whether all of an answer has come.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    match header(head, "content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => body.len() >= length,
        None => body.ends_with("0\r\n\r\n"),
    }
}

fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let fields = text.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    fields.into_iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
