//! A client that writes the lines of JSON-RPC itself, so that tests see the raw messages.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines};
use tokio::time::timeout;

/// Longer than anything takes; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    lines: Lines<Box<dyn AsyncBufRead + Send + Unpin>>,
    output: Option<Box<dyn AsyncWrite + Send + Unpin>>,
    asked: u64,
    /// The `_meta` of each request.
    meta: Option<Value>,
}

impl Client {
    pub fn new(
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        let input: Box<dyn AsyncBufRead + Send + Unpin> = Box::new(BufReader::new(input));
        Client { lines: input.lines(), output: Some(Box::new(output)), asked: 0, meta: None }
    }

    /// Speaks the revision without a session: each request says who asks.
    pub fn without_handshake(self) -> Self {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        Client { meta: Some(meta), ..self }
    }

    /// Opens the session; the result of `initialize`.
    pub async fn initialize(&mut self, version: &str) -> Value {
        let client = json!({ "name": "test", "version": "1" });
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
        let result = self.ask("initialize", params).await;
        self.notify("notifications/initialized", json!({})).await;
        result
    }

    /// The result of a request.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params).await;
        assert!(answer.get("result").is_some(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The answer to a request, whether it is a result or an error.
    pub async fn answer(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params).await;
        loop {
            let answer = self.next().await;
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// The result of `tools/call`.
    pub async fn call(&mut self, name: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({ "name": name, "arguments": arguments })).await
    }

    /// Sends a request and returns its id.
    pub async fn request(&mut self, method: &str, mut params: Value) -> u64 {
        self.asked += 1;
        if let (Some(meta), Value::Object(params)) = (&self.meta, &mut params) {
            params.insert("_meta".to_owned(), meta.clone());
        }
        self.write(json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params })).await;
        self.asked
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.write(json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("an answer comes").unwrap();
        serde_json::from_str(&line.expect("the session goes on")).unwrap()
    }

    /// Tells if the session ends without another message.
    pub async fn is_over(&mut self) -> bool {
        timeout(PATIENCE, self.lines.next_line()).await.expect("it ends").unwrap().is_none()
    }

    /// Ends the server's input.
    pub async fn close(&mut self) {
        if let Some(mut output) = self.output.take() {
            output.shutdown().await.unwrap();
        }
    }

    async fn write(&mut self, message: Value) {
        self.write_line(message.to_string().as_bytes()).await;
    }

    /// Sends a line that need not be a message.
    pub async fn write_line(&mut self, line: &[u8]) {
        self.write_bytes(line).await;
        self.write_bytes(b"\n").await;
    }

    pub async fn write_bytes(&mut self, bytes: &[u8]) {
        let output = self.output.as_mut().expect("it is not closed");
        output.write_all(bytes).await.unwrap();
        output.flush().await.unwrap();
    }
}

/// The text of a tool's result.
pub fn text(result: &Value) -> &str {
    assert_eq!(result["content"].as_array().unwrap().len(), 1, "{result}");
    result["content"][0]["text"].as_str().unwrap()
}
