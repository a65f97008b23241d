//! The files of a folder in, certificates and a key out. Messages name the file, and never quote a key.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{CertificateError, Error as TlsError, InconsistentKeys};

use super::trusted::TrustedVerifier;
use crate::error::{Error, Result};

/// The certificate of the client and its key.
pub(super) struct ClientCertificate {
    pub certificate: CertifiedKey,
    pub expires: Option<SystemTime>,
}

/// A verifier that trusts the certificates of a file. Unreadable ones are skipped if there are others.
pub(super) fn verifier(file: &Path, provider: Arc<CryptoProvider>) -> Result<TrustedVerifier> {
    let bytes = fs::read(file).map_err(|error| {
        problem(file, format!("{error}: the file must hold the authority that signed the engine's certificate"))
    })?;
    let trusted = certificates(file, &bytes)?;
    TrustedVerifier::new(trusted, provider)
        .ok_or_else(|| problem(file, "the file holds no certificate of an authority"))
}

/// The certificate of the folder and its key; `None` if both are missing.
pub(super) fn client_certificate(folder: &Path, provider: &Arc<CryptoProvider>) -> Result<Option<ClientCertificate>> {
    let (certificate_file, key_file) = (folder.join("cert.pem"), folder.join("key.pem"));
    let (certificate, key) = match (read(&certificate_file)?, read(&key_file)?) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(problem(&certificate_file, "missing, but key.pem exists")),
        (Some(_), None) => return Err(problem(&key_file, "missing, but cert.pem exists")),
        (Some(certificate), Some(key)) => (certificate, key),
    };
    let chain = certificates(&certificate_file, &certificate)?;
    let Some(first) = chain.first() else { return Err(problem(&certificate_file, "the file holds no certificate")) };
    let expires = expiry(first, provider);
    let key = PrivateKeyDer::from_pem_slice(&key).ok().and_then(|key| provider.key_provider.load_private_key(key).ok());
    let key = key.ok_or_else(|| {
        problem(
            &key_file,
            "the file holds no supported private key: RSA, ECDSA P-256 or P-384, or Ed25519, not encrypted",
        )
    })?;
    let certificate = CertifiedKey::new(chain, key);
    // Other problems are left to the engine, which may accept kinds of certificates that cannot be compared here.
    if let Err(TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch)) = certificate.keys_match() {
        return Err(problem(&key_file, "not the key of cert.pem"));
    }
    Ok(Some(ClientCertificate { certificate, expires }))
}

/// The expiry of a certificate. Verifying it as of the far future reports the expiry, which saves another parser of
/// certificates.
fn expiry(certificate: &CertificateDer<'static>, provider: &Arc<CryptoProvider>) -> Option<SystemTime> {
    /// Later than the year 9999, beyond which certificates cannot be valid.
    const FAR_FUTURE: Duration = Duration::from_secs(1 << 40);
    let verifier = TrustedVerifier::new(vec![certificate.clone()], Arc::clone(provider))?;
    let name = ServerName::try_from("localhost").ok()?;
    match verifier.verify_server_cert(certificate, &[], &name, &[], UnixTime::since_unix_epoch(FAR_FUTURE)) {
        Err(TlsError::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(not_after.as_secs()))
        }
        _ => None,
    }
}

/// Reads a file, if it exists.
fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(problem(file, error.to_string())),
    }
}

fn certificates(file: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(bytes).collect::<Result<_, _>>();
    certificates.map_err(|error| problem(file, format!("not PEM: {error}")))
}

fn problem(file: &Path, problem: impl Into<String>) -> Error {
    Error::Address { from: file.display().to_string(), problem: problem.into() }
}
