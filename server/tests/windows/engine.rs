//! A canned engine on a named pipe of messages, as dockerd and Docker Desktop make one.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::windows::named_pipe::{NamedPipeServer, PipeMode, ServerOptions};

/// The output of the container's log.
pub const LOG: &str = "one\ntwo\n";

/// An engine that listens until the end of the test.
pub struct PipeEngine {
    /// As an engine's address is written.
    pub address: String,
}

impl PipeEngine {
    /// Listens as dockerd does.
    pub fn start() -> Self {
        PipeEngine::of(PipeMode::Message)
    }

    /// Listens on a pipe of bytes or of messages.
    pub fn of(mode: PipeMode) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dockwright-{}-{number}", std::process::id());
        let path = format!(r"\\.\pipe\{name}");
        let mut options = ServerOptions::new();
        options.pipe_mode(mode);
        let mut pipe = options.create(&path).unwrap();
        tokio::spawn(async move {
            loop {
                pipe.connect().await.unwrap();
                // Until there is another instance, the pipe is busy.
                tokio::time::sleep(Duration::from_millis(30)).await;
                let connected = std::mem::replace(&mut pipe, options.create(&path).unwrap());
                // A client that is gone ends its connection and nothing else.
                tokio::spawn(async move { serve(connected).await });
            }
        });
        PipeEngine { address: format!("npipe:////./pipe/{name}") }
    }
}

async fn serve(mut pipe: NamedPipeServer) -> io::Result<()> {
    let mut input = Vec::new();
    loop {
        while head_length(&input).is_none() {
            if pipe.read_buf(&mut input).await? == 0 {
                return Ok(());
            }
        }
        let length = head_length(&input).unwrap();
        let head = String::from_utf8(input.drain(..length).collect()).unwrap();
        let line = head.lines().next().unwrap().to_owned();
        let path = line.split(' ').nth(1).unwrap().split('?').next().unwrap();
        let path = path.strip_prefix("/v1.51").unwrap_or(path);
        match path {
            "/exec/e/start" => return converse(pipe).await,
            "/build" => {
                let bytes = body(&mut pipe, &mut input, &head).await?;
                let step = format!("{{\"stream\":\"got {bytes} bytes\\n\"}}\n");
                answer(&mut pipe, "application/json", step.as_bytes()).await?;
            }
            "/containers/web/logs" => {
                let frames: Vec<u8> = LOG.split_inclusive('\n').flat_map(|line| frame(line.as_bytes())).collect();
                answer(&mut pipe, "application/vnd.docker.multiplexed-stream", &frames).await?;
            }
            path => answer(&mut pipe, "application/json", json(path).as_bytes()).await?,
        }
    }
}

fn json(path: &str) -> &'static str {
    match path {
        "/_ping" => "OK",
        "/containers/json" => r#"[{"Id":"0a1b","Names":["/web"],"Image":"busybox","State":"running"}]"#,
        "/containers/web/json" => r#"{"Id":"0a1b","Config":{"Tty":false},"State":{"Running":false}}"#,
        "/containers/web/exec" => r#"{"Id":"e"}"#,
        "/exec/e/json" => r#"{"ID":"e","ExitCode":0,"Running":false,"ProcessConfig":{"tty":false}}"#,
        "/version" => r#"{"Version":"28.0","ApiVersion":"1.51","MinAPIVersion":"1.24"}"#,
        _ => "{}",
    }
}

async fn answer(pipe: &mut NamedPipeServer, content_type: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    pipe.write_all(&[head.as_bytes(), body].concat()).await
}

/// Reads a body to its end, and returns its length on the wire.
async fn body(pipe: &mut NamedPipeServer, input: &mut Vec<u8>, head: &str) -> io::Result<usize> {
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    while length.map_or_else(|| !input.ends_with(b"0\r\n\r\n"), |length| input.len() < length) {
        if pipe.read_buf(input).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(std::mem::take(input).len())
}

/// Reads input until its end, and only then writes it back in upper case, as `tr` at a terminal's end would.
async fn converse(mut pipe: NamedPipeServer) -> io::Result<()> {
    pipe.write_all(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n").await?;
    let mut input = Vec::new();
    // An empty message reads as the end, though the pipe stays open.
    pipe.read_to_end(&mut input).await?;
    pipe.write_all(&frame(&input.to_ascii_uppercase())).await
}

/// A frame of stdout.
fn frame(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&[1, 0, 0, 0], &length.to_be_bytes()[..], bytes].concat()
}

fn head_length(input: &[u8]) -> Option<usize> {
    input.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4)
}
