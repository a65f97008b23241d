//! TLS in a build without the feature `tls`: a type without values, and the error for those who ask for it.

use std::io;

use tokio::net::TcpStream;

use crate::address::Certificates;
use crate::connection::Connection;
use crate::error::{Error, Result};

#[derive(Debug, Clone)]
pub(crate) enum Tls {}

impl Tls {
    /// Fails, so that nobody who asks for encryption is connected without it.
    pub(crate) fn from_certificates(certificates: Certificates) -> Result<Self> {
        let problem = "this build does not reach engines over TLS: build it with the cargo feature `tls`".to_owned();
        Err(Error::Address { from: certificates.origin, problem })
    }

    pub(crate) async fn encrypt(&self, _host: &str, _stream: TcpStream) -> io::Result<Box<dyn Connection>> {
        match *self {}
    }
}
