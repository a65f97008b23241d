//! An address in, connections out. They are opened within the limits, counted, and tolerate failing writes so that an
//! early refusal is read.

#[cfg(unix)]
use std::borrow::Cow;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::Uri;
use hyper_util::client::legacy::connect::{self, Connected};
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::coalescer::ChunkCoalescer;
use crate::address::Address;
use crate::budget::{BUDGET, Exchanges, is_short_of_descriptors};
use crate::connection::Connection;
use crate::error::{SshError, SshFault};
use crate::limits::{Limits, with_limit};
#[cfg(feature = "ssh")]
use crate::ssh::{Link, SshRoute};
use crate::tls::Tls;

/// The time of silence after which the peer of a tcp connection is probed.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Opens connections to one address, up to a limit.
#[derive(Clone)]
pub(crate) struct Connector {
    destination: Arc<Destination>,
    limit: Option<Duration>,
    free: Arc<Semaphore>,
    /// True if each connection carries one answer and coalesces its chunks.
    coalesces: bool,
}

/// The peer of connections.
enum Destination {
    #[cfg_attr(not(unix), allow(dead_code, reason = "sockets are opened on Unix only"))]
    Unix(PathBuf),
    #[cfg_attr(not(windows), allow(dead_code, reason = "no address names a pipe elsewhere"))]
    Pipe(String),
    Tcp {
        host: String,
        port: u16,
        tls: Option<Tls>,
    },
    #[cfg(feature = "ssh")]
    Ssh(Link),
}

impl Destination {
    fn new(address: Address, tls: Option<Tls>) -> Self {
        match address {
            Address::Unix(path) => Destination::Unix(path),
            Address::Pipe(path) => Destination::Pipe(path),
            Address::Tcp { host, port, .. } => Destination::Tcp { host, port, tls },
            #[cfg(feature = "ssh")]
            Address::Ssh(address) => Destination::Ssh(Link::new(address)),
        }
    }

    /// Waits until this process may have one connection more.
    async fn take_descriptor(&self) -> Option<OwnedSemaphorePermit> {
        match self {
            // A connection over ssh may need a login, so ssh takes what both need.
            #[cfg(feature = "ssh")]
            Destination::Ssh(_) => None,
            _ => BUDGET.take(1).await,
        }
    }

    /// Words for a connection that was not opened in time.
    fn missed(&self) -> &'static str {
        match self {
            Destination::Tcp { tls: Some(_), .. } => "no TLS connection",
            _ => "no connection",
        }
    }
}

impl Connector {
    /// Opens connections for many answers, one after the other.
    pub(super) fn new(address: Address, tls: Option<Tls>, limits: Limits) -> Self {
        Connector {
            destination: Arc::new(Destination::new(address, tls)),
            limit: limits.connect,
            free: free(limits),
            coalesces: false,
        }
    }

    /// Opens connections that carry one answer each and coalesce its chunks. They are counted separately, because all
    /// connections of the other kind may be idle.
    pub(super) fn coalescing(&self, limits: Limits) -> Self {
        Connector { free: free(limits), coalesces: true, ..self.clone() }
    }

    /// The way in which ssh reached the engine last.
    #[cfg(feature = "ssh")]
    pub(super) fn ssh_route(&self) -> Option<SshRoute> {
        match &*self.destination {
            Destination::Ssh(link) => link.route(),
            _ => None,
        }
    }

    async fn connect(self) -> io::Result<TokioIo<CountedConnection>> {
        let limit = self.limit.unwrap_or_default();
        let late = |what: &str| io::Error::new(io::ErrorKind::TimedOut, format!("{what} within {limit:?}"));
        let permit = with_limit(self.limit, self.free.acquire_owned()).await;
        let permit = permit.map_err(|_| {
            let problem = format!("no connection to the engine became free within {limit:?}");
            io::Error::new(io::ErrorKind::ResourceBusy, problem)
        })?;
        let permit = permit.map_err(io::Error::other)?;
        let of_process = with_limit(self.limit, self.destination.take_descriptor()).await;
        let of_process = of_process.map_err(|_| BUDGET.shortage())?;
        let mut delay = None;
        let opened = with_limit(self.limit, open_when_possible(&self.destination, &mut delay)).await;
        let stream = opened.unwrap_or_else(|_| Err(delay.unwrap_or_else(|| late(self.destination.missed()))))?;
        let stream: Box<dyn Connection> = if self.coalesces { Box::new(ChunkCoalescer::new(stream)) } else { stream };
        let exchanges = Exchanges::new();
        BUDGET.add_idle(&exchanges, 0);
        let (upgraded, _permits) = (UpgradeFlag::default(), (permit, of_process));
        Ok(TokioIo::new(CountedConnection { stream, upgraded, exchanges, _permits }))
    }
}

fn free(limits: Limits) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(limits.connections.min(Semaphore::MAX_PERMITS)))
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<CountedConnection>;
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
pub(crate) struct CountedConnection {
    stream: Box<dyn Connection>,
    upgraded: UpgradeFlag,
    exchanges: Arc<Exchanges>,
    /// Its places among the connections to its engine and among those of the process.
    _permits: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
}

/// A flag that a connection no longer speaks HTTP. Every answer has the flag of its connection among its extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct UpgradeFlag(Arc<AtomicBool>);

impl UpgradeFlag {
    /// From now on, writes that fail return their error.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl CountedConnection {
    /// An engine that refuses a request may close the connection before it has read all of it. While HTTP is spoken, a
    /// write that fails therefore stays pending: reading returns the refusal, or the error of a lost connection.
    fn written<T>(&self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(Err(_)) if !self.upgraded.0.load(Ordering::Relaxed) => Poll::Pending,
            outcome => outcome,
        }
    }
}

impl connect::Connection for CountedConnection {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.upgraded.clone()).extra(Arc::clone(&self.exchanges))
    }
}

impl AsyncRead for CountedConnection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        match &read {
            Poll::Pending if self.exchanges.ends(context) => return Poll::Ready(Ok(())),
            Poll::Ready(Ok(())) if into.filled().len() > before => self.exchanges.read(),
            _ => {}
        }
        read
    }
}

impl AsyncWrite for CountedConnection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.exchanges.write();
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.exchanges.write();
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

/// Opens a connection as soon as the process has a descriptor for it, which calls that end release, and the engine an
/// instance of its pipe, which it makes anew for each connection.
///
/// The delay is the error if the time for it passes meanwhile.
async fn open_when_possible(
    destination: &Destination,
    delay: &mut Option<io::Error>,
) -> io::Result<Box<dyn Connection>> {
    loop {
        match open(destination, delay).await {
            Err(error) if is_scarce(&error) => {
                *delay = Some(error);
                if cfg!(unix) {
                    BUDGET.close_oldest();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            opened => return opened,
        }
    }
}

/// Returns true for an error that passes by itself.
fn is_scarce(error: &io::Error) -> bool {
    const ERROR_PIPE_BUSY: i32 = 231;
    let of_ssh = error.get_ref().and_then(|error| error.downcast_ref::<SshError>());
    of_ssh.is_some_and(|error| error.fault == SshFault::NoDescriptor)
        || is_short_of_descriptors(error)
        || (cfg!(windows) && error.raw_os_error() == Some(ERROR_PIPE_BUSY))
}

#[cfg_attr(not(feature = "ssh"), allow(unused_variables, reason = "only ssh has several reasons to be late"))]
async fn open(destination: &Destination, delay: &mut Option<io::Error>) -> io::Result<Box<dyn Connection>> {
    match destination {
        #[cfg(unix)]
        Destination::Unix(path) => Ok(Box::new(tokio::net::UnixStream::connect(socket(path)?).await?)),
        #[cfg(not(unix))]
        Destination::Unix(_) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "unix sockets are not supported on this system: use npipe:////./pipe/docker_engine",
        )),
        #[cfg(windows)]
        Destination::Pipe(path) => Ok(Box::new(super::pipe::PipeConnection::open(path)?)),
        #[cfg(not(windows))]
        Destination::Pipe(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "named pipes exist on Windows only")),
        Destination::Tcp { host, port, tls } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            // A request is written at once, so waiting for more bytes only delays it.
            stream.set_nodelay(true)?;
            // A stream that is silent for hours must notice when its peer is gone.
            let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 4);
            SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
            match tls {
                None => Ok(Box::new(stream)),
                Some(tls) => tls.encrypt(host, stream).await,
            }
        }
        #[cfg(feature = "ssh")]
        Destination::Ssh(link) => link.connect(delay).await,
    }
}

/// The path to connect to. An abstract socket has a NUL byte there in place of `@`.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn socket(path: &Path) -> io::Result<Cow<'_, Path>> {
    let name = path.to_str().and_then(|path| path.strip_prefix('@'));
    Ok(name.map_or(Cow::Borrowed(path), |name| Cow::Owned(format!("\0{name}").into())))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn socket(path: &Path) -> io::Result<Cow<'_, Path>> {
    match path.to_str().is_some_and(|path| path.starts_with('@')) {
        true => Err(io::Error::new(io::ErrorKind::Unsupported, "abstract sockets exist on Linux only")),
        false => Ok(Cow::Borrowed(path)),
    }
}
