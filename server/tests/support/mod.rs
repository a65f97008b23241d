//! Shared parts of these tests: sessions within the process, a client that writes JSON lines, and canned engines.

#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod lines;
mod stub;

use dockwright::{Engine, bytes::Bytes, http};
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::mcp::{self, Server};
use dockwright_server::settings::Settings;
use serde_json::Value;
use tokio::io::{DuplexStream, duplex, split};

pub use lines::{Client, text};
pub use stub::{Stub, listener};

/// The settings of a server that was started without options, but for `change`.
pub fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings::default();
    change(&mut settings);
    settings
}

/// An engine that answers by method and path; unknown ones are not found.
pub fn canned(answer: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> Engine {
    Engine::canned(move |request| {
        let endpoint = format!("{} {}", request.method(), request.uri().path());
        let (status, body) = match answer(&endpoint) {
            Some(Value::Null) => (204, String::new()),
            Some(answer) => (200, answer.to_string()),
            None => (404, r#"{"message":"No such container: web"}"#.to_owned()),
        };
        http::Response::builder().status(status).body(Bytes::from(body)).unwrap()
    })
}

/// A dispatcher of calls to this engine, whose audit trail nobody reads.
pub fn dispatcher(settings: Settings, engine: Engine) -> Dispatcher {
    Dispatcher::new(settings, Audit::to_writer(std::io::sink())).unwrap().with_engine(engine)
}

/// The client's end of a session that is served in the background.
pub fn served(dispatcher: Dispatcher) -> DuplexStream {
    let (client, server) = duplex(1 << 20);
    let (input, output) = split(server);
    tokio::spawn(mcp::serve(Server::new(dispatcher), input, output));
    client
}

/// A client of such a session, initialized.
pub async fn session(settings: Settings, engine: Engine) -> Client {
    let (input, output) = split(served(dispatcher(settings, engine)));
    let mut client = Client::new(input, output);
    client.initialize("2025-06-18").await;
    client
}

/// A client of the revision without a session.
pub fn client_without_handshake(dispatcher: Dispatcher) -> Client {
    let (input, output) = split(served(dispatcher));
    Client::new(input, output).without_handshake()
}
