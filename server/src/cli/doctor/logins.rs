//! The logins for registries that calls send.

use dockwright::{Engine, LoginSurvey};

use super::finding::Finding;

/// Names the registries that there are logins for. The problems of helpers and files make it a warning, as none of them
/// stops a call.
pub(super) async fn check(engine: &Engine, are_sent: bool) -> Finding {
    if !are_sent {
        return Ok("stored logins are not sent (--no-credentials)".to_owned());
    }
    let LoginSurvey { registries, problems, .. } = engine.credentials().survey().await;
    let found = if registries.is_empty() { "none found".to_owned() } else { registries.join(", ") };
    let warning = (!registries.is_empty() && is_readable(engine))
        .then_some("calls send them unencrypted, and others on the network can read them".to_owned());
    let problems: Vec<_> = warning.into_iter().chain(problems).collect();
    match problems.is_empty() {
        true => Ok(found),
        false => Err([found].into_iter().chain(problems).collect::<Vec<_>>().join("; ")),
    }
}

/// True if what is sent to the engine passes a network as plain text.
fn is_readable(engine: &Engine) -> bool {
    let address = engine.address();
    let Some(host) = address.strip_prefix("tcp://") else { return false };
    let is_local = ["localhost:", "127.", "[::1]:"].iter().any(|local| host.starts_with(local));
    #[cfg(feature = "tls")]
    let is_encrypted = engine.tls().is_some();
    #[cfg(not(feature = "tls"))]
    let is_encrypted = false;
    !is_local && !is_encrypted
}
