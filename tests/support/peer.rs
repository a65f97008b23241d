//! A peer that speaks bytes. It listens on a socket, reads requests, and answers as a test says, wrongly most often. It
//! knows the end of an HTTP request, and Docker's answer to the question for a terminal.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dockwright::{Engine, Limits, Version};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc;

/// A limit of time for answers that never come.
pub const SHORT: Duration = Duration::from_millis(150);
/// The head of an answer whose length is not known.
pub const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
/// The end of such an answer.
pub const END: &[u8] = b"0\r\n\r\n";

/// The next step of a peer that has written its answer.
#[derive(Clone, Copy)]
pub enum Then {
    /// Closes the connection.
    Close,
    /// Leaves the connection open, and reports when the client closes it.
    Stay,
}

/// A peer and what it saw. It listens as long as the test lasts.
pub struct Peer {
    /// As an engine's address is written.
    pub address: String,
    pub requests: mpsc::UnboundedReceiver<String>,
    /// A message for each connection that the client closed while the peer would have stayed.
    pub closed: mpsc::UnboundedReceiver<()>,
    /// The number of connections.
    pub connections: Arc<AtomicUsize>,
    /// The most connections at once, as seen from here, where their end comes late.
    pub most: Arc<AtomicUsize>,
    pub socket: PathBuf,
}

impl Peer {
    /// A peer on a unix socket that answers each request with the same bytes.
    pub fn new(answer: impl Into<Vec<u8>>, then: Then) -> Self {
        let answer: Bytes = answer.into().into();
        Peer::unix(move |mut caller| {
            let answer = answer.clone();
            async move {
                while caller.request().await.is_some() {
                    caller.send(&answer).await;
                    if matches!(then, Then::Close) {
                        return;
                    }
                }
                caller.gone();
            }
        })
    }

    /// A peer on a unix socket that serves each connection with `serve`.
    pub fn unix<Served: Future<Output = ()> + Send>(
        serve: impl Fn(Caller) -> Served + Clone + Send + Sync + 'static,
    ) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let socket = std::env::temp_dir().join(format!("dockwright-peer-{}-{number}.sock", std::process::id()));
        let listener = UnixListener::bind(&socket).unwrap();
        let accept = async move || listener.accept().await.map(|(stream, _)| Box::new(stream) as Box<dyn Stream>);
        let (peer, seen) = Peer::at(format!("unix://{}", socket.display()), socket);
        tokio::spawn(async move {
            while let Ok(stream) = accept().await {
                seen.serve(stream, serve.clone());
            }
        });
        peer
    }

    /// Serves on a tcp port of this host.
    pub async fn tcp<Served: Future<Output = ()> + Send>(
        serve: impl Fn(Caller) -> Served + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (peer, seen) = Peer::at(format!("tcp://{}", listener.local_addr().unwrap()), PathBuf::new());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // As engines do: otherwise the last bytes do not leave when the connection is closed.
                stream.set_nodelay(true).unwrap();
                seen.serve(Box::new(stream), serve.clone());
            }
        });
        peer
    }

    /// Serves over TLS. A client that fails the handshake is not counted.
    #[cfg(feature = "tls")]
    pub async fn tls<Served: Future<Output = ()> + Send>(
        config: tokio_rustls::rustls::ServerConfig,
        serve: impl Fn(Caller) -> Served + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let (peer, seen) = Peer::at(format!("tcp://{}", listener.local_addr().unwrap()), PathBuf::new());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (seen, serve, accepting) = (seen.clone(), serve.clone(), acceptor.accept(stream));
                tokio::spawn(async move {
                    if let Ok(stream) = accepting.await {
                        seen.serve(Box::new(stream), serve);
                    }
                });
            }
        });
        peer
    }

    fn at(address: String, socket: PathBuf) -> (Self, Seen) {
        let (request_sender, requests) = mpsc::unbounded_channel();
        let (closed_sender, closed) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let seen = Seen {
            requests: request_sender,
            closed: closed_sender,
            connections: connections.clone(),
            open: Arc::default(),
            most: most.clone(),
        };
        (Peer { address, requests, closed, connections, most, socket }, seen)
    }

    /// An engine at this peer that asks nothing about versions.
    pub fn engine(&self) -> Engine {
        engine(&self.address)
    }

    /// Returns an engine with short limits of time, for answers that never come.
    pub fn impatient(&self) -> Engine {
        self.engine().with_limits(Limits::default().first_byte(SHORT).idle(SHORT))
    }

    /// An engine at this peer that asks which version it speaks.
    pub fn negotiating(&self) -> Engine {
        Engine::at(&self.address).unwrap()
    }

    /// The requests that were read until now.
    pub fn seen(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.requests.try_recv().ok()).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// An engine at an address that asks nothing about versions.
pub fn engine(address: &str) -> Engine {
    Engine::at(address).unwrap().with_api_version(Version { major: 1, minor: 51 })
}

/// A peer's record of a connection.
#[derive(Clone)]
struct Seen {
    requests: mpsc::UnboundedSender<String>,
    closed: mpsc::UnboundedSender<()>,
    connections: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Seen {
    fn serve<Served: Future<Output = ()> + Send>(
        &self,
        stream: Box<dyn Stream>,
        serve: impl FnOnce(Caller) -> Served + Send + 'static,
    ) {
        let seen = self.clone();
        seen.connections.fetch_add(1, Ordering::Relaxed);
        seen.most.fetch_max(1 + seen.open.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        tokio::spawn(async move {
            serve(Caller { stream, received: Vec::new(), seen: seen.clone() }).await;
            seen.open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// The client, at the other end of one connection. Dropping it closes the connection.
pub struct Caller {
    stream: Box<dyn Stream>,
    /// Bytes beyond the request that was read.
    received: Vec<u8>,
    seen: Seen,
}

impl Caller {
    /// The next request with the body that its length announces; `None` at the end of the connection.
    pub async fn request(&mut self) -> Option<String> {
        let head = self.head().await?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let body = self.read(length.map_or(0, |length| length.parse().unwrap())).await?;
        let request = head + &String::from_utf8_lossy(&body);
        let _ = self.seen.requests.send(request.clone());
        Some(request)
    }

    /// The next request but for the question whether there is a terminal, which is answered: there is none.
    pub async fn call(&mut self) -> Option<String> {
        loop {
            let request = self.request().await?;
            let asks = |path: &str| request.split(' ').nth(1).is_some_and(|asked| asked.ends_with(path));
            match () {
                () if asks("/containers/web/json") => self.send(answer("200 OK", r#"{"Config":{"Tty":false}}"#)).await,
                () if asks("/exec/e1/json") => self.send(answer("200 OK", r#"{"ProcessConfig":{}}"#)).await,
                () => return Some(request),
            }
        }
    }

    /// The head of the next request, its body unread.
    pub async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = memchr::memmem::find(&self.received, b"\r\n\r\n") {
                return String::from_utf8(self.received.drain(..end + 4).collect()).ok();
            }
            self.more().await?;
        }
    }

    /// The next bytes, exactly so many; `None` if the connection ends before.
    pub async fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.received.len() < length {
            self.more().await?;
        }
        Some(self.received.drain(..length).collect())
    }

    /// All that comes until the client closes its side.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.more().await.is_some() {}
        std::mem::take(&mut self.received)
    }

    async fn more(&mut self) -> Option<()> {
        (self.stream.read_buf(&mut self.received).await.ok()? > 0).then_some(())
    }

    /// Writes bytes; whether they arrive is the client's affair.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Writes a piece of a body whose length is not known.
    pub async fn chunk(&mut self, bytes: impl AsRef<[u8]>) {
        self.send(chunk(bytes)).await;
    }

    /// Waits until the client closes the connection, and says so.
    pub async fn stay(mut self) {
        self.rest().await;
        self.gone();
    }

    /// Says that nothing more is sent, and closes the connection.
    pub async fn end(mut self) {
        let _ = self.stream.shutdown().await;
    }

    fn gone(self) {
        let _ = self.seen.closed.send(());
    }

    /// Ends the connection as an engine that is killed does.
    pub fn reset(self) {
        self.stream.reset();
    }
}

/// A connection of the one or the other kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    fn reset(self: Box<Self>);
}

impl Stream for TcpStream {
    fn reset(self: Box<Self>) {
        SockRef::from(&*self).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

impl Stream for UnixStream {
    /// The system resets a connection that is closed with unread bytes.
    fn reset(self: Box<Self>) {}
}

#[cfg(feature = "tls")]
impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(self: Box<Self>) {
        SockRef::from(self.get_ref().0).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

pub fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub fn chunk(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

pub fn get(path: &str) -> http::Request<Bytes> {
    http::Request::get(path).body(Bytes::new()).unwrap()
}
