//! How connections to an engine are encrypted, with which certificates, and for how long these will do.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use dockwright::{Engine, Tls};

use super::Finding;

/// Looks at the certificates for a `tcp://` address; others need none.
pub(super) fn check(engine: &Engine) -> Option<Finding> {
    if !engine.address().starts_with("tcp://") {
        return None;
    }
    Some(match engine.tls() {
        None => Ok("none: set DOCKER_TLS_VERIFY=1 if the engine listens with TLS".to_owned()),
        Some(tls) => extra(tls).map(|extra| format!("{}; {extra}", engines(tls))),
    })
}

fn engines(tls: &Tls) -> String {
    match tls.is_verified() {
        true => format!("the engine is verified with {}", tls.folder().join("ca.pem").display()),
        false => "the engine's certificate is not verified, so it may be another's".to_owned(),
    }
}

/// The certificate that is shown to the engine.
fn extra(tls: &Tls) -> Finding {
    let file = tls.folder().join("cert.pem");
    let day = |time: SystemTime| DateTime::<Utc>::from(time).format("%Y-%m-%d");
    match tls.expires() {
        _ if !tls.has_certificate() => Ok(format!("no certificate is shown to it, {} is not there", file.display())),
        None => Ok(format!("{} is shown to it", file.display())),
        Some(end) if end < SystemTime::now() => {
            Err(format!("{} expired on {}: replace it, and key.pem beside it", file.display(), day(end)))
        }
        Some(end) => Ok(format!("{}, shown to it, expires on {}", file.display(), day(end))),
    }
}
