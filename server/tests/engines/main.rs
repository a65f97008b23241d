//! Several engines in one server: the argument `engine`, replies of all of them, and what each exposes and speaks.

#[path = "../support/mod.rs"]
mod support;

mod called;
mod each;
mod listed;

use std::io::Write;

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::settings::Settings;
use serde_json::{Value, json};
use support::{Client, canned, served, settings, text};
use tokio::io::split;
use tokio::net::TcpListener;

/// An engine with one container, which is named as the engine.
fn engine(name: &'static str) -> Engine {
    canned(move |endpoint| match endpoint {
        "GET /containers/json" => Some(json!([{ "Id": name, "Names": [format!("/{name}")], "State": "running" }])),
        "GET /version" => Some(json!({ "Version": format!("28.0-{name}"), "ApiVersion": "1.55" })),
        "GET /_ping" => Some(json!("OK")),
        "GET /containers/web/json" if name == "nas" => Some(json!({ "Id": "web on nas" })),
        "POST /containers/web/stop" => Some(Value::Null),
        _ => None,
    })
}

/// Settings that name these engines.
fn naming(names: &[&str], change: impl FnOnce(&mut Settings)) -> Settings {
    settings(|settings| {
        let address = |(port, name)| format!("{name}=tcp://user@127.0.0.1:{}", port + 1);
        settings.engine = names.iter().enumerate().map(address).collect();
        change(settings);
    })
}

fn dispatcher(settings: Settings, engines: Vec<(&str, Engine)>, audit: Audit) -> Dispatcher {
    let dispatcher = Dispatcher::new(settings, audit).unwrap();
    engines.into_iter().fold(dispatcher, |dispatcher, (name, engine)| dispatcher.with_named_engine(name, engine))
}

/// A session with a server of these engines.
async fn serve(engines: Vec<(&str, Engine)>, change: impl FnOnce(&mut Settings)) -> Client {
    let names: Vec<_> = engines.iter().map(|(name, _)| *name).collect();
    connect(dispatcher(naming(&names, change), engines, Audit::to_writer(std::io::sink()))).await
}

async fn connect(dispatcher: Dispatcher) -> Client {
    let (input, output) = split(served(dispatcher));
    let mut client = Client::new(input, output);
    client.initialize("2025-06-18").await;
    client
}

/// The sections of a file, in which engines have other settings.
fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The JSON in the first line of a reply.
fn data(result: &Value) -> Value {
    serde_json::from_str(text(result).lines().next().unwrap()).unwrap()
}

async fn refused(client: &mut Client, tool: &str, arguments: Value, expected: &str) {
    let result = client.call(tool, arguments).await;
    assert!(result["isError"] == true && text(&result).contains(expected), "{expected}: {result}");
}

/// An engine that takes connections and never answers, at this address.
async fn silent() -> (TcpListener, Engine) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::at(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
    (listener, engine)
}

async fn tools(client: &mut Client) -> Vec<Value> {
    client.ask("tools/list", json!({})).await["tools"].as_array().unwrap().clone()
}

fn find<'a>(tools: &'a [Value], name: &str) -> &'a Value {
    tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("{name}"))
}
