//! A TCP listener in front of the engine's socket. Bytes pass both ways as they are, and the requests are noted, until
//! the client closes the connection.

use std::time::Duration;

use dockwright::{Engine, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::bench::Bench;

/// Listens until it is dropped.
pub struct Forwarder {
    /// `tcp://127.0.0.1:…`
    pub address: String,
    notes: watch::Sender<Notes>,
    cuts: watch::Sender<()>,
    listening: JoinHandle<()>,
}

/// Notes of the requests so far.
#[derive(Default)]
struct Notes {
    requests: Vec<Request>,
    connections: usize,
    closed: Vec<usize>,
}

/// A request that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub method: String,
    /// Path and query as they were sent, without the version prefix.
    pub target: String,
    /// The body, `null` if it is not JSON.
    pub body: Value,
    connection: usize,
    answered: bool,
}

impl Request {
    fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }
}

impl Forwarder {
    pub async fn new(bench: &Bench) -> Self {
        let socket = bench.host.strip_prefix("unix://").expect("the engine listens on a socket").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("tcp://{}", listener.local_addr().expect("it has an address"));
        let notes = watch::Sender::new(Notes::default());
        let cuts = watch::Sender::new(());
        let (taken, cut) = (notes.clone(), cuts.clone());
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.expect("the engine is up");
                tokio::spawn(forward(client, server, taken.clone(), cut.subscribe()));
            }
        });
        Forwarder { address, notes, cuts, listening }
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        Engine::at(&self.address).expect("it is an address")
    }

    /// Cuts all connections. New ones pass.
    pub fn cut(&self) {
        self.cuts.send_replace(());
    }

    /// Returns all requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.notes.borrow().requests.clone()
    }

    /// Waits until the engine has begun to answer a request whose path ends so.
    pub async fn answered(&self, end: &str) {
        let answered = |request: &Request| request.answered && request.path().ends_with(end);
        self.wait(end, |notes| notes.requests.iter().any(answered)).await;
    }

    /// Waits until the client has closed the connection on which such a request came. Others may be idle.
    pub async fn closed(&self, end: &str) {
        let closed = |notes: &Notes, request: &Request| {
            notes.closed.contains(&request.connection) && request.path().ends_with(end)
        };
        self.wait(end, |notes| notes.requests.iter().any(|request| closed(notes, request))).await;
    }

    /// Waits a second at most for the close: nothing waits for the engine.
    pub async fn closed_at_once(&self, end: &str) {
        let closed = tokio::time::timeout(Duration::from_secs(1), self.closed(end)).await;
        assert!(closed.is_ok(), "a second passed, and the connection is still open: {end}");
    }

    async fn wait(&self, what: &str, condition: impl FnMut(&Notes) -> bool) {
        let mut notes = self.notes.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), notes.wait_for(condition)).await;
        assert!(waited.is_ok(), "a minute passed, and still not: {what}");
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn forward(
    mut client: TcpStream,
    mut server: UnixStream,
    notes: watch::Sender<Notes>,
    mut cut: watch::Receiver<()>,
) {
    let mut connection = 0;
    notes.send_modify(|notes| {
        connection = notes.connections;
        notes.connections += 1;
    });
    let (mut unread, mut said, mut answer) = (Vec::new(), vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            _ = cut.changed() => break,
            length = client.read(&mut said) => {
                let Ok(length @ 1..) = length else { break };
                unread.extend_from_slice(&said[..length]);
                while let Some((request, rest)) = request(&unread, connection) {
                    notes.send_modify(|notes| notes.requests.push(request));
                    unread = rest;
                }
                if server.write_all(&said[..length]).await.is_err() { break }
            }
            length = server.read(&mut answer) => {
                let Ok(length @ 1..) = length else { return };
                let ours = |request: &&mut Request| request.connection == connection;
                notes.send_modify(|notes| {
                    notes.requests.iter_mut().filter(ours).for_each(|request| request.answered = true);
                });
                if client.write_all(&answer[..length]).await.is_err() { break }
            }
        }
    }
    // Its end of the connection to the engine closes here, so that the engine sees it too.
    notes.send_modify(|notes| notes.closed.push(connection));
}

/// Returns the first request of these bytes and the bytes behind it, if it is complete.
fn request(bytes: &[u8], connection: usize) -> Option<(Request, Vec<u8>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("a request's head is text");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().expect("a length is a number"));
    let body = bytes.get(end + 4..end + 4 + length)?;
    let (method, target) = head.lines().next()?.strip_suffix(" HTTP/1.1")?.split_once(' ')?;
    // `/v1.47/info`
    let target = if target.starts_with("/v1.") { &target[1 + target[1..].find('/')?..] } else { target };
    let (method, target) = (method.to_owned(), target.to_owned());
    let rest = bytes[end + 4 + length..].to_vec();
    let body = serde_json::from_slice(body).unwrap_or_default();
    Some((Request { method, target, body, connection, answered: false }, rest))
}
