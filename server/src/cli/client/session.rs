//! A client's end of a session: sends requests, one message per line, and reads their answers.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, Take};

/// The most bytes that a server may send in a session.
const MAX_BYTES: u64 = 64 << 20;

/// The most characters of a wrong line that are shown.
const MAX_SHOWN: usize = 200;

pub(crate) struct Session<R, W> {
    input: BufReader<Take<R>>,
    output: W,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(crate) fn new(input: R, output: W) -> Self {
        Session { input: BufReader::new(input.take(MAX_BYTES)), output }
    }

    /// Initializes the session and lists the tools. Returns the name of the server and the number of its tools.
    ///
    /// # Errors
    /// If an answer is missing or wrong: the method and the problem.
    pub(crate) async fn open(&mut self) -> Result<(String, usize), String> {
        let client = json!({ "name": "dockwright doctor", "version": env!("CARGO_PKG_VERSION") });
        let initialize = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        let server = self.ask("initialize", initialize).await?;
        self.write(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        let tools = self.ask("tools/list", json!({})).await?;
        let tools = tools["tools"].as_array().ok_or("tools/list: the answer has no tools")?;
        Ok((server["serverInfo"]["name"].as_str().unwrap_or_default().to_owned(), tools.len()))
    }

    /// Sends a request and reads its result.
    ///
    /// # Errors
    /// If there is none: the method and the problem.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.write(json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params })).await;
        loop {
            let mut line = String::new();
            let read = self.input.read_line(&mut line).await.map_err(|error| format!("{method}: {error}"))?;
            if read == 0 {
                return Err("the server ends at once".to_owned());
            }
            let shown = || line.trim().chars().take(MAX_SHOWN).collect::<String>();
            let mut answer: Value =
                serde_json::from_str(&line).map_err(|_| format!("{method}: not a message: `{}`", shown()))?;
            // Anything else is a notification or a request of the server.
            if answer["id"] == method {
                return answer.get_mut("result").map(Value::take).ok_or_else(|| format!("{method}: {}", shown()));
            }
        }
    }

    /// Sends a message. A failure is left to the answers, which say more.
    async fn write(&mut self, message: Value) {
        let _ = self.output.write_all(format!("{message}\n").as_bytes()).await;
        let _ = self.output.flush().await;
    }
}
