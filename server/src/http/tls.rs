//! The server's side of TLS, with a certificate that is read again when its files change.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{DEFAULT_VERSIONS, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::reloaded::{OnError, Reloaded};

/// The number of files of the server, and the byte between them and those of clients, which no PEM holds.
const OF_SERVER: usize = 2;
const SEPARATOR: u8 = 0;
/// The only protocol that is spoken.
const HTTP_1: &[u8] = b"http/1.1";

/// The certificate of the server and its key.
pub struct Certificates(Reloaded<ServerConfig>);

impl Certificates {
    /// Reads a chain of certificates and a key, both in PEM. With `clients`, certificates of authorities in PEM, only
    /// those are let in who have a certificate of one of them.
    ///
    /// # Errors
    /// A text, if one of the files cannot be used.
    pub fn open(certificate: &Path, key: &Path, clients: Option<&Path>) -> Result<Self, String> {
        let files: Vec<_> = [key, certificate].into_iter().chain(clients).map(Path::to_owned).collect();
        let names: Vec<_> = files.iter().rev().map(|file| file.display().to_string()).collect();
        let read = move || {
            let mut bytes = Vec::new();
            for (place, file) in files.iter().enumerate() {
                if place == OF_SERVER {
                    bytes.push(SEPARATOR);
                }
                bytes.extend(std::fs::read(file).map_err(|error| error.to_string())?);
                bytes.push(b'\n');
            }
            Ok(bytes)
        };
        Reloaded::new(names.join(" and "), read, config, OnError::Keep).map(Certificates)
    }

    /// Encrypts a connection.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = self.0.get().ok_or(io::ErrorKind::NotFound)?;
        TlsAcceptor::from(config).accept(stream).await
    }
}

/// The configuration of a key and the certificates behind it, and of the authorities of clients behind the separator.
fn config(files: &[u8]) -> Result<ServerConfig, String> {
    let mut sections = files.split(|byte| *byte == SEPARATOR);
    let (pem, clients) = (sections.next().unwrap_or_default(), sections.next());
    let chain = certificates(pem)?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| "hold no private key in PEM that is not encrypted")?;
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .expect("the provider has suites for every version");
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(pem) => {
            let mut authorities = RootCertStore::empty();
            for authority in certificates(pem)? {
                authorities.add(authority).map_err(|error| error.to_string())?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider);
            config.with_client_cert_verifier(verifier.build().map_err(|error| error.to_string())?)
        }
    };
    let mut config = config.with_single_cert(chain, key).map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(config)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|_| "hold a section of PEM that is not whole")?;
    if chain.is_empty() { Err("hold no certificate".to_owned()) } else { Ok(chain) }
}
