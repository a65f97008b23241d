//! Errors of TLS in, messages out that name the certificate in question and a remedy.

use std::io;
use std::time::{Duration, SystemTime};

use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as TlsError};

use super::certificates::CertificateFolder;
use crate::connection::Refusal;

/// Explains an error of the handshake.
pub(super) fn handshake(certificates: &CertificateFolder, error: io::Error) -> io::Error {
    let reason = match cause(&error) {
        Some(TlsError::InvalidCertificate(problem)) => certificate(certificates, problem),
        Some(TlsError::AlertReceived(alert)) => refusal(certificates, *alert)
            .unwrap_or_else(|| format!("it ended the TLS handshake with the alert {alert:?}")),
        Some(TlsError::InvalidMessage(_)) => {
            "it does not speak TLS: is the port right (2376 for most), or the engine one without TLS?".to_owned()
        }
        Some(other) => format!("the TLS handshake failed: {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it closed the connection in the TLS handshake: does it speak TLS?".to_owned()
        }
        None => return error,
    };
    io::Error::new(error.kind(), reason)
}

/// Explains an error on an encrypted connection. Since TLS 1.3 a refused client certificate is reported here too,
/// because the engine checks it after this side has completed the handshake.
pub(super) fn reading(certificates: &CertificateFolder, error: io::Error) -> io::Error {
    match cause(&error) {
        Some(TlsError::AlertReceived(alert)) => match refusal(certificates, *alert) {
            Some(reason) => io::Error::new(error.kind(), Refusal(reason)),
            None => error,
        },
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            io::Error::new(error.kind(), "it ended abruptly, as when the engine dies")
        }
        _ => error,
    }
}

fn cause(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
}

/// The problem with the engine's certificate.
fn certificate(certificates: &CertificateFolder, problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { time, not_after } => {
            let ago = Duration::from_secs(time.as_secs().saturating_sub(not_after.as_secs()));
            format!("its certificate expired {} ago", roughly(ago))
        }
        CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet: is the clock right, here and there?".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } if presented.is_empty() => {
            format!("its certificate names no host as subjectAltName, so it is not for {}", expected.to_str())
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<_> = presented.iter().map(|name| bare(name)).collect();
            format!("its certificate is not for {}, but for {}", expected.to_str(), names.join(", "))
        }
        // An authority that was created again under the same name has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            format!("its certificate is not signed by the authority of {}", certificates.file("ca.pem"))
        }
        other => format!("its certificate cannot be verified: {other}"),
    }
}

/// The problem with the client certificate, if the alert is about it.
fn refusal(certificates: &CertificateFolder, alert: AlertDescription) -> Option<String> {
    use AlertDescription as Alert;
    let file = certificates.file("cert.pem");
    let refuses = match alert {
        Alert::NoCertificate
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::CertificateRequired
        | Alert::UnknownCA
        | Alert::AccessDenied => true,
        // The client's authority has the same name as the engine's and another key.
        Alert::DecryptError => certificates.has_certificate,
        _ => false,
    };
    let has_expired = certificates.expires.is_some_and(|expires| expires < SystemTime::now());
    match () {
        () if !refuses => None,
        () if !certificates.has_certificate => {
            Some(format!("it asks for a client certificate, and {file} does not exist"))
        }
        () if has_expired => Some(format!("it refused the client certificate {file}, which has expired")),
        () => Some(format!("it refused the client certificate {file} with the alert {alert:?}")),
    }
}

/// The name in `DnsName("web")` or `IpAddress(10.0.0.1)`.
fn bare(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, name)| name.trim_end_matches(')').trim_matches('"'))
}

fn roughly(time: Duration) -> String {
    const HOUR: u64 = 60 * 60;
    match time.as_secs() {
        seconds @ ..HOUR => format!("{} minutes", seconds / 60),
        seconds if seconds < 48 * HOUR => format!("{} hours", seconds / HOUR),
        seconds => format!("{} days", seconds / (24 * HOUR)),
    }
}
