//! What stands for TLS in a build without the feature `tls`: a type that has no value, and the error that says why.

use std::io;

use tokio::net::TcpStream;

use crate::address::Certificates;
use crate::connection::Connection;
use crate::error::{Error, Result};

#[derive(Debug, Clone)]
pub(crate) enum Tls {}

impl Tls {
    /// Nobody who asks for encryption is connected without.
    pub(crate) fn from_certificates(certificates: Certificates) -> Result<Self> {
        let problem = "this build does not reach engines over TLS: build it with the cargo feature `tls`".to_owned();
        Err(Error::Address { from: certificates.origin, problem })
    }

    pub(crate) async fn encrypt(&self, _host: &str, _stream: TcpStream) -> io::Result<Box<dyn Connection>> {
        match *self {}
    }
}
