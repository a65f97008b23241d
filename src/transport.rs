//! One way to send, several ways to reach: a request below the version prefix in, the head of its answer out. It knows no
//! operation; connections are kept and used again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::address::Address;
use crate::body::Body;
use crate::limits::{Limits, within};
use crate::version::Version;

/// How long a tcp connection is silent before the peer is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// The body of an answer: of the network, or of a function.
pub(crate) type Answer = Either<Incoming, Full<Bytes>>;

/// A function that answers instead of an engine.
pub(crate) type Canned = Arc<dyn Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync>;

/// How requests are answered.
#[derive(Clone)]
pub(crate) enum Transport {
    Engine { client: Client<Connector, Body>, authority: Authority },
    Canned(Canned),
}

/// Why no answer came.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The path is too long for a request.
    Path,
    /// No connection was opened; nothing was sent.
    Connect(io::Error),
    /// What came is not HTTP.
    Garbage(String),
    /// The connection ended before the head of the answer.
    Lost(String),
    /// The body of the request could not be read.
    Body(String),
}

impl Transport {
    pub(crate) fn to(address: Address, limits: Limits) -> Self {
        let authority = match &address {
            // The engine wants a Host header and does not read it.
            Address::Unix(_) => Authority::from_static("docker"),
            address => authority(address),
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(8)
            // Sends a request again only if hyper hands it back unwritten, because an idle connection turned out to be
            // closed. A request of which the engine may have read a byte is never sent twice.
            .retry_canceled_requests(true)
            .build(Connector {
                address: Arc::new(address),
                limit: limits.connect,
                free: Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS))),
            });
        Transport::Engine { client, authority }
    }

    /// Sends a request, below the prefix of `version` if there is one. The path and the query leave byte for byte.
    pub(crate) async fn send(
        &self,
        version: Option<Version>,
        mut request: http::Request<Body>,
    ) -> Result<http::Response<Answer>, Failure> {
        match self {
            Transport::Canned(answer) => {
                let (head, body) = request.into_parts();
                let body = body.collect().await.map_err(|error| Failure::Body(error.to_string()))?.to_bytes();
                let response = answer(http::Request::from_parts(head, body));
                Ok(response.map(|body| Either::Right(Full::new(body))))
            }
            Transport::Engine { client, authority } => {
                *request.uri_mut() = absolute(authority, version, request.uri()).ok_or(Failure::Path)?;
                let answer = client.request(request).await;
                Ok(answer.map_err(|error| failure(&error))?.map(Either::Left))
            }
        }
    }
}

fn authority(address: &Address) -> Authority {
    let text = address.to_string();
    let authority = text.split_once("://").map_or(text.as_str(), |(_, authority)| authority);
    authority.parse().expect("an address is written as it was read, and was read as an authority")
}

fn absolute(authority: &Authority, version: Option<Version>, path: &Uri) -> Option<Uri> {
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority.clone());
    let path = path.path_and_query()?;
    parts.path_and_query = match version {
        Some(version) => PathAndQuery::try_from(format!("/v{version}{path}")).ok(),
        None => Some(path.clone()),
    };
    Uri::from_parts(parts).ok()
}

fn failure(error: &ClientError) -> Failure {
    let innermost = innermost(error);
    if error.is_connect() {
        return Failure::Connect(match innermost.downcast_ref::<io::Error>() {
            Some(error) => copy(error),
            None => io::Error::other(innermost.to_string()),
        });
    }
    let http = std::error::Error::source(error).and_then(|source| source.downcast_ref::<hyper::Error>());
    let reason = innermost.to_string();
    match http {
        Some(http) if http.is_parse() => Failure::Garbage(reason),
        Some(http) if http.is_user() => Failure::Body(reason),
        _ => Failure::Lost(reason),
    }
}

/// The error at the end of the chain: it says what happened, the ones before it who noticed.
pub(crate) fn innermost<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error)
}

/// An error of the operating system again, since the client keeps the first.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// Opens connections to one address, as many as there may be at once.
#[derive(Clone)]
pub(crate) struct Connector {
    address: Arc<Address>,
    limit: Option<Duration>,
    free: Arc<Semaphore>,
}

impl Connector {
    async fn connect(self) -> io::Result<TokioIo<Held>> {
        let limit = self.limit.unwrap_or_default();
        let late = |what: String| io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {limit:?}"));
        let permit = within(self.limit, self.free.acquire_owned()).await;
        let permit = permit.map_err(|_| late("none of its connections became free".into()))?;
        let permit = permit.map_err(io::Error::other)?;
        let mut scarce = None;
        let opened = within(self.limit, open_when_possible(&self.address, &mut scarce)).await;
        let stream = opened.unwrap_or_else(|_| Err(scarce.unwrap_or_else(|| late("no connection".into()))))?;
        Ok(TokioIo::new(Held { stream, handed_over: HandedOver::default(), _permit: permit }))
    }
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<Held>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

/// A connection, counted for as long as it is open.
pub(crate) struct Held {
    stream: Box<dyn Stream>,
    handed_over: HandedOver,
    _permit: OwnedSemaphorePermit,
}

/// Whether a connection no longer speaks HTTP. Every answer has that of its connection among its extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct HandedOver(Arc<AtomicBool>);

impl HandedOver {
    /// From now on, what goes wrong in writing is said to whoever writes.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Held {
    /// An engine that refuses a request may close before it has read all of it. As long as HTTP is spoken, a write that
    /// fails says nothing, and waits: what is read meanwhile is the refusal, or that the connection is lost.
    fn written<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(Err(_)) if !self.handed_over.0.load(Ordering::Relaxed) => Poll::Pending,
            outcome => outcome,
        }
    }
}

impl Connection for Held {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.handed_over.clone())
    }
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Held {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.written(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// What a request can be written to and its answer read from.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Opens a connection as soon as the process has a descriptor for it: calls that end give theirs back.
async fn open_when_possible(address: &Address, scarce: &mut Option<io::Error>) -> io::Result<Box<dyn Stream>> {
    /// What the operating system calls it on every Unix: too many open files, in the system or in this process.
    const ENFILE_AND_EMFILE: [i32; 2] = [23, 24];
    loop {
        match open(address).await {
            Err(error) if cfg!(unix) && error.raw_os_error().is_some_and(|code| ENFILE_AND_EMFILE.contains(&code)) => {
                *scarce = Some(error);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            opened => return opened,
        }
    }
}

async fn open(address: &Address) -> io::Result<Box<dyn Stream>> {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => Ok(Box::new(tokio::net::UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        Address::Unix(_) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this system has no unix sockets here: let the engine listen on tcp://localhost:2375",
        )),
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            // A request is written at once: waiting for more only delays it.
            stream.set_nodelay(true)?;
            // A stream that is silent for hours must notice that its peer is gone.
            let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 4);
            SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
            Ok(Box::new(stream))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_not_touched_by_its_prefix() {
        let path = Uri::from_static("/containers/%252e%252e/json?a=%20b&c=%2F");
        let version = Version { major: 1, minor: 51 };
        let uri = absolute(&Authority::from_static("docker"), Some(version), &path).unwrap();
        assert_eq!(uri.to_string(), "http://docker/v1.51/containers/%252e%252e/json?a=%20b&c=%2F");
    }

    #[test]
    fn every_address_has_an_authority() {
        for (text, expected) in [("tcp://[::1]:2375", "[::1]:2375"), ("tcp://a_b", "a_b:2375")] {
            assert_eq!(authority(&crate::address::parse("address", text).unwrap()), expected);
        }
    }
}
