//! The server of this repository with the fixtures that MCP's conformance suite asks for. Fixtures are answered here,
//! and everything else by the server's own sessions, over its own HTTP. The engine is canned.
//!
//! Arguments: the address, the file of tokens, the origins of web pages with a comma between them, and `sessions` if
//! clients of earlier revisions get one each.

mod client_requests;
mod fixtures;
mod handler;
mod rounds;
mod tools;

use std::io;
use std::path::Path;
use std::sync::Arc;

use dockwright::Engine;
use dockwright_server::audit::Audit;
use dockwright_server::dispatch::Dispatcher;
use dockwright_server::http::{Bounds, Gate, Hosts, ListenAddress, Listener, Origins, TokenFile, serve};
use dockwright_server::mcp::{HTTP_PATH, HttpEndpoint, Server, Session};
use dockwright_server::settings::Settings;
use tokio_util::sync::CancellationToken;

use handler::{Conformance, Shared};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, tokens, origins, sessions @ ..] = &*arguments else {
        return Err("give an address, a file of tokens and origins".into());
    };
    let address: ListenAddress = address.parse()?;
    let origins: Vec<String> = origins.split(',').map(str::to_owned).collect();
    let (tokens, _) = TokenFile::open(Path::new(tokens))?;
    let listener = Listener::bind(&address)?;
    let hosts = Hosts::new(listener.tcp_address().map(|address| address.ip()), &[])?;
    let drain = CancellationToken::new();
    let endpoint = Arc::new(endpoint(!sessions.is_empty(), &drain)?);
    let answer = move |request| {
        let endpoint = Arc::clone(&endpoint);
        async move { endpoint.answer(request).await }
    };
    let gate = Gate::new(hosts, Origins::new(&origins)?, tokens, drain.clone(), HTTP_PATH, answer);
    serve(listener, Bounds::default(), gate, drain).await;
    Ok(())
}

fn endpoint(with_sessions: bool, drain: &CancellationToken) -> Result<HttpEndpoint<Conformance>> {
    let dispatcher = Dispatcher::new(Settings::default(), Audit::to_writer(io::sink()))?.with_engine(engine());
    let shared = Arc::new(Shared::new()?);
    let handler = move |server: Arc<Server>| Conformance::new(Session::new(server), Arc::clone(&shared));
    Ok(HttpEndpoint::with_handler(Arc::new(Server::new(dispatcher)), handler, with_sessions, drain.clone()))
}

/// An engine that lists nothing and knows nothing.
fn engine() -> Engine {
    Engine::canned(|request| {
        let (status, body) = match request.uri().path() {
            "/_ping" => (200, "OK"),
            path if path.ends_with("/json") => (200, "[]"),
            _ => (404, r#"{"message":"not here"}"#),
        };
        let answer = http::Response::builder().status(status).header("Api-Version", "1.55");
        answer.body(body.into()).expect("a status and a header")
    })
}
