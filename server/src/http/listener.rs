//! Accepts connections over tcp, over TLS and over a unix socket.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::address::ListenAddress;
#[cfg(feature = "tls")]
use super::tls::Certificates;
#[cfg(unix)]
use super::unix_socket::UnixSocket;

/// The most connections that wait for the server to accept them.
const BACKLOG: u32 = 1024;

/// A place where clients connect.
pub struct Listener {
    socket: Socket,
    #[cfg(feature = "tls")]
    certificates: Option<std::sync::Arc<Certificates>>,
}

enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

/// A connection from which nothing has been read.
pub(super) struct Accepted {
    pub(super) peer: Peer,
    stream: AcceptedStream,
    #[cfg(feature = "tls")]
    certificates: Option<std::sync::Arc<Certificates>>,
}

enum AcceptedStream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

/// The other end of a connection, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) enum Peer {
    Tcp(SocketAddr),
    /// The user of the process, if the system tells it.
    #[cfg(unix)]
    Unix(Option<u32>),
}

/// Bytes in both directions.
pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for S {}

impl Listener {
    /// Listens at an address.
    ///
    /// # Errors
    /// If the address cannot be had.
    pub fn bind(address: &ListenAddress) -> io::Result<Self> {
        let socket = match address {
            ListenAddress::Tcp(address) => {
                let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
                #[cfg(unix)]
                socket.set_reuseaddr(true)?;
                // The connections inherit it: a peer that is gone without a word is noticed behind silent streams too.
                socket.set_keepalive(true)?;
                socket.bind(*address)?;
                Socket::Tcp(socket.listen(BACKLOG)?)
            }
            #[cfg(unix)]
            ListenAddress::Unix(path) => Socket::Unix(UnixSocket::bind(path)?),
            #[cfg(not(unix))]
            ListenAddress::Unix(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Listener {
            socket,
            #[cfg(feature = "tls")]
            certificates: None,
        })
    }

    /// Speaks TLS with clients.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(self, certificates: Certificates) -> Self {
        Listener { certificates: Some(std::sync::Arc::new(certificates)), ..self }
    }

    /// The address over tcp, with the port that the system chose.
    #[must_use]
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        match &self.socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Socket::Unix(_) => None,
        }
    }

    /// Waits for the next connection.
    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        let (stream, peer) = match &self.socket {
            Socket::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                stream.set_nodelay(true)?;
                (AcceptedStream::Tcp(stream), Peer::Tcp(address))
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                let (stream, _) = socket.listener.accept().await?;
                let user = stream.peer_cred().ok().map(|peer| peer.uid());
                (AcceptedStream::Unix(stream), Peer::Unix(user))
            }
        };
        Ok(Accepted {
            peer,
            stream,
            #[cfg(feature = "tls")]
            certificates: self.certificates.clone(),
        })
    }
}

impl Accepted {
    /// The bytes of the client, decrypted.
    pub(super) async fn open(self) -> io::Result<Box<dyn ByteStream>> {
        Ok(match self.stream {
            #[cfg(feature = "tls")]
            AcceptedStream::Tcp(stream) if self.certificates.is_some() => {
                let certificates = self.certificates.expect("matched above");
                Box::new(certificates.accept(stream).await?)
            }
            AcceptedStream::Tcp(stream) => Box::new(stream),
            #[cfg(unix)]
            AcceptedStream::Unix(stream) => Box::new(stream),
        })
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Tcp(address) => address.ip().fmt(f),
            #[cfg(unix)]
            Peer::Unix(Some(user)) => write!(f, "user {user}"),
            #[cfg(unix)]
            Peer::Unix(None) => f.write_str("the socket"),
        }
    }
}
