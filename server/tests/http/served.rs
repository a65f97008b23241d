//! A server over HTTP within the process of a test.

use std::sync::Arc;
use std::time::Duration;

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::http::{Bounds, Gate, Hosts, ListenAddress, Listener, Origins, TokenFile, serve};
use dockwright_server::mcp::{HTTP_PATH, HttpEndpoint, Server};
use dockwright_server::settings::Settings;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::canned;

/// The token of the tests, and another.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// A server, until it is dropped.
pub struct Served {
    /// Its address over tcp, or the path of its socket.
    pub address: String,
    pub drain: CancellationToken,
    pub task: JoinHandle<()>,
    pub folder: TempDir,
}

/// Options of a server.
pub struct Options {
    pub engine: Engine,
    pub audit: Audit,
    pub sessions: bool,
    pub hosts: Vec<String>,
    pub origins: Vec<String>,
    pub listener: Option<Listener>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            engine: canned(|endpoint| endpoint.ends_with("/containers/json").then(|| json!([]))),
            audit: Audit::to_writer(std::io::sink()),
            sessions: false,
            hosts: Vec::new(),
            origins: Vec::new(),
            listener: None,
        }
    }
}

impl Served {
    pub async fn start() -> Self {
        Served::with(|_| ()).await
    }

    /// Starts a server on loopback with the tokens `alice` and `bob`.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::default();
        change(&mut options);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens");
        write_tokens(&folder, &format!("alice {TOKEN}\nbob {OTHER}\n"));
        let (tokens, _) = TokenFile::open(&file).unwrap();
        let listener = options
            .listener
            .unwrap_or_else(|| Listener::bind(&ListenAddress::Tcp("127.0.0.1:0".parse().unwrap())).unwrap());
        let address = listener.tcp_address().map(|address| address.to_string()).unwrap_or_default();
        let dispatcher = Dispatcher::new(Settings::default(), options.audit).unwrap().with_engine(options.engine);
        let drain = CancellationToken::new();
        let endpoint = Arc::new(HttpEndpoint::new(Arc::new(Server::new(dispatcher)), options.sessions, drain.clone()));
        let answer = move |request| {
            let endpoint = Arc::clone(&endpoint);
            async move { endpoint.answer(request).await }
        };
        let hosts = Hosts::new(None, &options.hosts).unwrap();
        let origins = Origins::new(&options.origins).unwrap();
        let gate = Gate::new(hosts, origins, tokens, drain.clone(), HTTP_PATH, answer);
        let task = tokio::spawn(serve(listener, Bounds::default(), gate, drain.clone()));
        Served { address, drain, task, folder }
    }

    /// Replaces the tokens, and waits until the server has had a chance to see it.
    pub async fn replace_tokens(&self, lines: &str) {
        write_tokens(&self.folder, lines);
        self.look_again().await;
    }

    /// Waits for longer than the server takes to look at its files.
    pub async fn look_again(&self) {
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Writes the file of tokens as an editor does: whole, by another name, and for its owner only.
fn write_tokens(folder: &TempDir, lines: &str) {
    let (new, file) = (folder.path().join("new"), folder.path().join("tokens"));
    std::fs::write(&new, lines).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&new, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::rename(new, file).unwrap();
}
