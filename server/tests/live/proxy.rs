//! A TCP listener in front of the engine's socket that breaks connections, as proxies and networks do.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::bench::{RUNTIME, variable};

/// The way in which connections break.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// A connection on which a request with this in its path came ends so long after that, as if both sides had ended
    /// it.
    Ends(&'static str, Duration),
    /// Ends like `Ends`, and the client is told that it broke.
    Breaks(&'static str, Duration),
    /// A connection ends so long after the client has closed its side, as socat does by default.
    Socat(Duration),
}

/// Listens until it is dropped.
pub struct Proxy {
    /// `tcp://127.0.0.1:…`
    pub address: String,
    listening: JoinHandle<()>,
}

impl Proxy {
    pub fn new(fault: Fault) -> Self {
        let socket = variable("HOST").strip_prefix("unix://").expect("the engine listens on a socket").to_owned();
        RUNTIME.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let address = format!("tcp://{}", listener.local_addr().expect("it has an address"));
            let listening = tokio::spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    let server = UnixStream::connect(&socket).await.expect("the engine is up");
                    tokio::spawn(forward(client, server, fault));
                }
            });
            Proxy { address, listening }
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn forward(mut client: TcpStream, mut server: UnixStream, fault: Fault) {
    let (mut said, mut answer) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut end = None;
    let mut is_closed = false;
    // A timer alone comes late while bytes keep coming.
    while end.is_none_or(|end| Instant::now() < end) {
        tokio::select! {
            () = sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => break,
            length = client.read(&mut said), if !is_closed => match (length, fault) {
                (Ok(length @ 1..), Fault::Ends(path, after) | Fault::Breaks(path, after)) => {
                    let text = String::from_utf8_lossy(&said[..length]);
                    if text.lines().any(|line| line.ends_with(" HTTP/1.1") && line.contains(path)) {
                        end = Some(Instant::now() + after);
                    }
                    if server.write_all(&said[..length]).await.is_err() { break }
                }
                (Ok(length @ 1..), Fault::Socat(_)) => {
                    if server.write_all(&said[..length]).await.is_err() { break }
                }
                (_, Fault::Socat(after)) => {
                    is_closed = true;
                    end = Some(Instant::now() + after);
                    if server.shutdown().await.is_err() { break }
                }
                _ => return,
            },
            length = server.read(&mut answer) => {
                let Ok(length @ 1..) = length else { break };
                if client.write_all(&answer[..length]).await.is_err() { break }
            }
        }
    }
    if matches!(fault, Fault::Breaks(..)) {
        let _ = client.set_zero_linger();
    }
}
