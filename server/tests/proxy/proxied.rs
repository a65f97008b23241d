//! A proxy within the process of a test, and a client that writes bytes.

use std::path::PathBuf;
use std::time::Duration;

use dockwright_server::audit::Audit;
use dockwright_server::http::{Bounds, Hosts, ListenAddress, Listener, serve};
use dockwright_server::judge::HostFiles;
use dockwright_server::proxy::{PolicyFile, Principal, ProxiedEngine, ProxyService, read_anew};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::{Engine, Reaction, Seen};

/// A policy under which all that is understood passes.
pub const OPEN: &str = "preset = \"open\"";
/// A policy under which nothing is changed.
pub const OBSERVE: &str = "preset = \"observe\"";

pub struct Proxied {
    pub engine: Engine,
    pub socket: PathBuf,
    pub policy: PathBuf,
    files: Vec<PolicyFile>,
    task: JoinHandle<()>,
    _folder: TempDir,
}

impl Proxied {
    pub fn start(policy: &str, answer: impl Fn(&Seen) -> Reaction + Send + Sync + 'static) -> Self {
        Proxied::with(policy, None, Audit::to_writer(std::io::sink()), answer)
    }

    /// Starts a proxy; `hosts` guards it as if it were on tcp.
    pub fn with(
        policy: &str,
        hosts: Option<Hosts>,
        audit: Audit,
        answer: impl Fn(&Seen) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(folder.path(), answer);
        let (socket, file) = (folder.path().join("proxy.sock"), folder.path().join("policy.toml"));
        std::fs::write(&file, policy).unwrap();
        let files = vec![PolicyFile::open(&file).unwrap()];
        let client = dockwright::Engine::at(&format!("unix://{}", engine.socket.display())).unwrap();
        let proxied = ProxiedEngine::new(client, None, HostFiles::elsewhere());
        let principal = Principal::new("agent".to_owned(), files[0].policy(), hosts, proxied, audit);
        let listener = Listener::bind(&ListenAddress::Unix(socket.clone())).unwrap();
        let drain = CancellationToken::new();
        let bounds = Bounds { connections: 100, stall: None };
        let service = ProxyService::new(principal, drain.clone());
        let task = tokio::spawn(serve(listener, bounds, service, drain));
        Proxied { engine, socket, policy: file, files, task, _folder: folder }
    }

    pub async fn connect(&self) -> UnixStream {
        UnixStream::connect(&self.socket).await.unwrap()
    }

    /// Sends bytes, and reads until the proxy ends the connection or is silent for a while.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // A proxy that refuses does not read everything.
        let _ = stream.write_all(bytes.as_ref()).await;
        rest(&mut stream).await
    }

    /// Sends one request with these lines of headers, after which the connection ends.
    pub async fn ask(&self, line: &str, headers: &str, body: &str) -> String {
        let headers = if headers.is_empty() { String::new() } else { format!("{headers}\r\n") };
        self.send(format!("{line} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n{headers}\r\n{body}")).await
    }

    /// Replaces the policy, and reads it.
    pub fn replace(&self, policy: &str) -> Result<usize, String> {
        std::fs::write(&self.policy, policy).unwrap();
        read_anew(&self.files)
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads until the proxy ends the connection or is silent for a while.
pub async fn rest(stream: &mut UnixStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(count @ 1..)) = tokio::time::timeout(Duration::from_millis(1500), stream.read(&mut buffer)).await {
        text.extend(&buffer[..count]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads until this text has come.
pub async fn until(stream: &mut UnixStream, end: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(end) {
            match stream.read_u8().await {
                Ok(byte) => text.push(byte.into()),
                Err(error) => panic!("{error} after {text}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("it comes");
    text
}

/// The status of the first answer in a text; 0 if there is none.
pub fn status(text: &str) -> u16 {
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
