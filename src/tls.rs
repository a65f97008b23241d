//! TLS: a folder of certificates in, encrypted connections to an engine out. It knows no HTTP and no configuration.

mod any;
mod certificates;
mod encrypted;
mod explain;
mod pem;
mod trusted;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::SingleCertAndKey;
use tokio_rustls::rustls::{ClientConfig, DEFAULT_VERSIONS};

use crate::address::{Certificates, Server};
use crate::connection::Connection;
use crate::error::{Error, Result};
use any::AnyVerifier;
use certificates::CertificateFolder;
use encrypted::EncryptedStream;
use pem::ClientCertificate;

/// The encryption of connections to an engine, with the certificates of a folder, as the docker CLI keeps them.
///
/// `ca.pem` holds the authority that signed the engine's certificate, or several, or that certificate itself.
/// `cert.pem` and `key.pem` hold the client certificate and its key, and may both be missing. A key is PKCS #8, PKCS #1
/// or SEC 1, and not encrypted. The system's certificates are not used: to trust them, make `ca.pem` a copy of its
/// bundle.
///
/// The files are read once. Cloning is cheap.
///
/// ```no_run
/// # use dockwright::{Engine, Tls};
/// # fn example() -> dockwright::Result<()> {
/// let engine = Engine::at("tcp://build.example:2376")?.with_tls(Tls::from_folder("/etc/docker/client")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
    certificates: Arc<CertificateFolder>,
}

impl Tls {
    /// Verifies engines: the certificate must be for the host that is called, by name or IP address, and be signed by
    /// the authority in the folder's `ca.pem`.
    ///
    /// # Errors
    /// [`Error::Address`] if `ca.pem` is missing, if only one of `cert.pem` and `key.pem` is, or if a file cannot be
    /// used.
    pub fn from_folder(folder: impl Into<PathBuf>) -> Result<Self> {
        Tls::read(folder.into(), Server::Verified)
    }

    /// Accepts any certificate of an engine, so anybody in between can read and change the traffic. `ca.pem` is not
    /// read.
    ///
    /// # Errors
    /// [`Error::Address`] if one of `cert.pem` and `key.pem` is missing, or they cannot be used.
    pub fn from_folder_unverified(folder: impl Into<PathBuf>) -> Result<Self> {
        Tls::read(folder.into(), Server::Unverified)
    }

    /// The folder of the certificates.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.certificates.folder
    }

    /// Returns true if the engine's certificate is verified.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.certificates.server == Server::Verified
    }

    /// Returns true if there is a client certificate, `cert.pem`.
    #[must_use]
    pub fn has_certificate(&self) -> bool {
        self.certificates.has_certificate
    }

    /// The expiry of the client certificate; `None` also if it is unknown.
    #[must_use]
    pub fn expires(&self) -> Option<SystemTime> {
        self.certificates.expires
    }

    /// Reads the certificates that the configuration names.
    pub(crate) fn from_certificates(Certificates { origin, folder, server }: Certificates) -> Result<Self> {
        Tls::read(folder, server).map_err(|error| match error {
            Error::Address { from, problem } => {
                Error::Address { from, problem: format!("{problem} ({origin} asks for TLS)") }
            }
            error => error,
        })
    }

    fn read(folder: PathBuf, server: Server) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let client = pem::client_certificate(&folder, &provider)?;
        let (has_certificate, expires) = (client.is_some(), client.as_ref().and_then(|client| client.expires));
        let config = config(&folder, server, client, provider)?;
        let certificates = CertificateFolder { folder, server, has_certificate, expires };
        Ok(Tls { config: Arc::new(config), certificates: Arc::new(certificates) })
    }

    /// Encrypts a connection to this host.
    pub(crate) async fn encrypt(&self, host: &str, stream: TcpStream) -> io::Result<Box<dyn Connection>> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("no certificate can be for the host `{host}`"))
        })?;
        let connecting = TlsConnector::from(Arc::clone(&self.config)).connect(name, stream);
        let stream = connecting.await.map_err(|error| explain::handshake(&self.certificates, error))?;
        Ok(Box::new(EncryptedStream::new(stream, Arc::clone(&self.certificates))))
    }
}

fn config(
    folder: &Path,
    server: Server,
    client: Option<ClientCertificate>,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .expect("the provider has suites for every version");
    let verifier: Arc<dyn ServerCertVerifier> = match server {
        Server::Verified => Arc::new(pem::verifier(&folder.join("ca.pem"), provider)?),
        Server::Unverified => Arc::new(AnyVerifier { provider }),
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    Ok(match client {
        Some(client) => {
            let certificate: Arc<dyn ResolvesClientCert> = Arc::new(SingleCertAndKey::from(client.certificate));
            builder.with_client_cert_resolver(certificate)
        }
        None => builder.with_no_client_auth(),
    })
}

impl fmt::Debug for Tls {
    /// Hides keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CertificateFolder { folder, server, has_certificate, expires } = &*self.certificates;
        f.debug_struct("Tls")
            .field("folder", folder)
            .field("server", server)
            .field("has_certificate", has_certificate)
            .field("expires", expires)
            .finish()
    }
}
