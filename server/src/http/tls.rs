//! The server's side of TLS, with a certificate that is read again when its files change.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{DEFAULT_VERSIONS, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::reloaded::{OnError, Reloaded};

/// The only protocol that is spoken.
const HTTP_1: &[u8] = b"http/1.1";

/// The certificate of the server and its key.
pub struct Certificates(Reloaded<ServerConfig>);

impl Certificates {
    /// Reads a chain of certificates and a key, both in PEM.
    ///
    /// # Errors
    /// A text, if one of the files cannot be used.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, String> {
        let name = format!("{} and {}", certificate.display(), key.display());
        let files = [key.to_owned(), certificate.to_owned()];
        let read = move || {
            let mut bytes = Vec::new();
            for file in &files {
                bytes.extend(std::fs::read(file).map_err(|error| error.to_string())?);
                bytes.push(b'\n');
            }
            Ok(bytes)
        };
        Reloaded::new(name, read, config, OnError::Keep).map(Certificates)
    }

    /// Encrypts a connection.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = self.0.get().ok_or(io::ErrorKind::NotFound)?;
        TlsAcceptor::from(config).accept(stream).await
    }
}

/// The configuration of a key and the certificates behind it.
fn config(pem: &[u8]) -> Result<ServerConfig, String> {
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|_| "hold a section of PEM that is not whole")?;
    if chain.is_empty() {
        return Err("hold no certificate".to_owned());
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| "hold no private key in PEM that is not encrypted")?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .expect("the provider has suites for every version")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(config)
}
