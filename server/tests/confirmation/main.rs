//! A person's consent to calls, asked for through the client: in each era of the protocol, with clients that agree,
//! refuse, say nothing, or try to pass one answer for another.

#[path = "../support/mod.rs"]
mod support;

mod asked;
mod called_again;
mod engine;
mod sdk;
mod sizes;

use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::mcp::{self, Server};
use dockwright_server::settings::{Confirm, Settings};
use serde_json::{Value, json};
use support::{Client, settings};
use tokio::io::{DuplexStream, duplex, split};

use engine::World;

/// The settings of a server that asks before destructive calls.
fn asking() -> Settings {
    settings(|settings| settings.confirm = Some(Confirm::Destructive))
}

/// The end of a session with this server.
fn serve(server: Server) -> DuplexStream {
    let (client, end) = duplex(1 << 20);
    let (input, output) = split(end);
    tokio::spawn(mcp::serve(server, input, output));
    client
}

fn server(settings: Settings, world: &World) -> Server {
    Server::new(support::dispatcher(settings, world.engine()))
}

fn raw(stream: DuplexStream) -> Client {
    let (input, output) = split(stream);
    Client::new(input, output)
}

/// The end of a session whose audit trail goes to a file.
fn audited(settings: Settings, world: &World, trail: &std::path::Path) -> DuplexStream {
    let dispatcher = Dispatcher::new(settings, Audit::to_file(trail, &[]).unwrap()).unwrap();
    serve(Server::new(dispatcher.with_engine(world.engine())))
}

/// The `consent` and the `outcome` of each call in a file.
fn trail(path: &std::path::Path) -> Vec<(Value, Value)> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["event"] == "end").map(|line| (line["consent"].clone(), line["outcome"].clone())).collect()
}

/// An answer to a form.
fn yes() -> Value {
    json!({ "action": "accept", "content": { "confirm": true } })
}
