//! One socket that answers as an engine does: a list of twenty containers, and events that begin and end when a file
//! says so. The engines of a fleet are many handles that reach it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;

/// The peer, until it is dropped.
pub struct Peer {
    folder: TempDir,
    _runtime: Runtime,
}

impl Peer {
    pub fn start() -> std::io::Result<Self> {
        let (folder, runtime) = (tempfile::tempdir()?, Runtime::new()?);
        let socket = folder.path().join("engine.sock");
        let listener = runtime.block_on(async { UnixListener::bind(&socket) })?;
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, events_end(&socket)));
            }
        });
        Ok(Peer { folder, _runtime: runtime })
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }
}

/// The file beside the socket that ends all events.
pub fn events_end(socket: &Path) -> PathBuf {
    socket.with_extension("end")
}

async fn answer(mut connection: UnixStream, end: PathBuf) -> std::io::Result<()> {
    let body = (0..20).map(|n| json!({ "Id": format!("{n:064}"), "Names": [format!("/web-{n}")] })).collect::<Value>();
    let body = body.to_string();
    let (read, mut write) = connection.split();
    let mut lines = BufReader::new(read).lines();
    let mut path = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(request) = line.strip_suffix(" HTTP/1.1") {
            path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if !line.is_empty() {
            continue;
        }
        let version = dockwright::API_VERSION;
        let head = format!("HTTP/1.1 200 OK\r\nApi-Version: {version}\r\nContent-Type: application/json\r\n");
        if path.contains("/events") {
            write.write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).await?;
            event(&mut write, "start").await?;
            while !end.exists() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            event(&mut write, "stop").await?;
            return write.write_all(b"0\r\n\r\n").await;
        }
        let body = if path.contains("/_ping") { "OK" } else { &body };
        write.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    }
    Ok(())
}

async fn event(write: &mut (impl AsyncWriteExt + Unpin), action: &str) -> std::io::Result<()> {
    let event = json!({ "Type": "container", "Action": action }).to_string();
    write.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await
}
