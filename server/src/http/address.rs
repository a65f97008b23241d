//! Addresses to listen on.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// The beginning of the address of a unix socket.
const UNIX: &str = "unix://";

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    /// An IP address and a port, such as `127.0.0.1:8808` or `[::1]:8808`.
    Tcp(SocketAddr),
    /// The path of a unix socket, such as `unix:///run/dockwright.sock`.
    Unix(PathBuf),
}

impl ListenAddress {
    /// Returns true if only processes of this machine reach the address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            ListenAddress::Tcp(address) => address.ip().to_canonical().is_loopback(),
            ListenAddress::Unix(_) => true,
        }
    }
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix(UNIX) {
            Some(path) if cfg!(not(unix)) => Err(format!("{UNIX}{path}: this system has no unix sockets")),
            Some(path) if path.starts_with('/') => Ok(ListenAddress::Unix(PathBuf::from(path))),
            Some(_) => Err(format!("the path of a socket must be absolute, as in {UNIX}/run/dockwright.sock")),
            None => text.parse().map(ListenAddress::Tcp).map_err(|_| {
                format!("give an IP address and a port, such as 127.0.0.1:8808 or [::1]:8808, or {UNIX}/PATH")
            }),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenAddress::Tcp(address) => address.fmt(f),
            ListenAddress::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ip_addresses_with_a_port_or_absolute_paths() {
        let local = |text: &str| ListenAddress::from_str(text).unwrap().is_local();
        assert!(
            local("127.0.0.1:8808") && local("127.1.2.3:1") && local("[::1]:8808") && local("[::ffff:127.0.0.1]:1")
        );
        assert!(!local("0.0.0.0:8808") && !local("[::]:8808") && !local("192.168.0.1:8808"));
        #[cfg(unix)]
        assert_eq!(ListenAddress::from_str("unix:///run/a b.sock"), Ok(ListenAddress::Unix("/run/a b.sock".into())));
        for wrong in ["8808", ":8808", "127.0.0.1", "localhost:8808", "unix://a.sock", "unix:/a", "::1:8808", ""] {
            assert!(ListenAddress::from_str(wrong).is_err(), "{wrong}");
        }
    }
}
