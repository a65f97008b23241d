//! The encryption of connections to an engine: certificates and their expiry.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use dockwright::{Engine, Tls, Warning};

use super::finding::Finding;

/// Checks the certificates for a `tcp://` address; other addresses need none.
pub(super) fn check(engine: &Engine) -> Option<Finding> {
    if !engine.address().starts_with("tcp://") {
        return None;
    }
    Some(match engine.tls() {
        // The warning about it has been printed.
        None if engine.warnings().iter().any(|warning| matches!(warning, Warning::Unencrypted(_))) => return None,
        None => Ok("none: set DOCKER_TLS_VERIFY=1 if the engine listens with TLS".to_owned()),
        Some(tls) => client_certificate(tls).map(|client| format!("{}; {client}", engine_certificate(tls))),
    })
}

fn engine_certificate(tls: &Tls) -> String {
    match tls.is_verified() {
        true => format!("the engine is verified with {}", tls.folder().join("ca.pem").display()),
        false => "the engine's certificate is not verified, so another host could pose as the engine".to_owned(),
    }
}

/// Describes the certificate that is sent to the engine.
fn client_certificate(tls: &Tls) -> Finding {
    let file = tls.folder().join("cert.pem");
    let day = |time: SystemTime| DateTime::<Utc>::from(time).format("%Y-%m-%d");
    match tls.expires() {
        _ if !tls.has_certificate() => Ok(format!("no client certificate, as {} does not exist", file.display())),
        None => Ok(format!("client certificate {}", file.display())),
        Some(end) if end < SystemTime::now() => {
            Err(format!("client certificate {} expired on {}: replace it and its key.pem", file.display(), day(end)))
        }
        Some(end) => Ok(format!("client certificate {} expires on {}", file.display(), day(end))),
    }
}
