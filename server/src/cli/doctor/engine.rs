//! The checks of one engine: its address, the way to it, and the API version that calls use.

use std::time::Duration;

use dockwright::{API_VERSION, Engine, Limits, OLDEST_API_VERSION, Warning};
use serde_json::Map;

#[cfg(feature = "tls")]
use super::encryption;
use super::finding::Finding;
use super::logins;
use super::socket;
#[cfg(feature = "ssh")]
use super::ssh;
use super::swarm;
use crate::access::Access;
use crate::catalogue;

/// Limit of each step at the engine.
const LIMIT: Duration = Duration::from_secs(5);

/// Limit over ssh, which itself gives up after nine seconds and says why.
const SSH_LIMIT: Duration = Duration::from_secs(15);

/// The findings about one engine, step by step. Steps after a failure are missing.
#[derive(Default)]
pub(super) struct EngineFindings {
    pub(super) steps: Vec<(&'static str, Finding)>,
    pub(super) warnings: Vec<(&'static str, String)>,
    /// Access to the engine, within the limits of the checks; `None` if its address cannot be used.
    pub(super) access: Option<Access>,
    pub(super) answers: bool,
}

/// Checks an engine.
pub(super) async fn check(access: &Access) -> EngineFindings {
    let mut findings = EngineFindings::default();
    match access.engine() {
        Err(error) => findings.steps.push(("address", Err(error.to_string()))),
        Ok(engine) => {
            findings.steps.push(("address", Ok(format!("{} ({})", engine.address(), origin(access, engine)))));
            findings.warnings.extend(engine.warnings().iter().map(|warning| {
                let step = if matches!(warning, Warning::Unencrypted(_)) { "tls" } else { "config" };
                (step, warning.to_string())
            }));
            let are_sent = !access.settings().no_credentials;
            match logins::check(engine, are_sent).await {
                Ok(fact) => findings.steps.push(("logins", Ok(fact))),
                Err(problems) => findings.warnings.push(("logins", problems)),
            }
            let limit = if engine.address().starts_with("ssh://") { SSH_LIMIT } else { LIMIT };
            let limits = Limits::default().connect(limit).first_byte(limit).idle(limit);
            let access = access.with_engine(engine.clone().with_limits(limits));
            findings.answers = answers(&access, &mut findings.steps).await;
            if findings.answers {
                match swarm::check(&access).await {
                    None => {}
                    Some(Ok(fact)) => findings.steps.push(("swarm", Ok(fact))),
                    Some(Err(problem)) => findings.warnings.push(("swarm", problem)),
                }
            }
            findings.access = Some(access);
        }
    }
    findings
}

/// The setting that named the engine's address.
fn origin(access: &Access, engine: &Engine) -> String {
    let setting = |option: &str, variable: &str, value: &str| {
        let is_variable = std::env::var(variable).is_ok_and(|set| set == value);
        if is_variable { variable.to_owned() } else { option.to_owned() }
    };
    let settings = access.settings();
    match (&settings.host, &settings.context) {
        (Some(host), _) => setting("--host", "DOCKWRIGHT_HOST", host),
        (None, Some(name)) => format!("context `{name}` ({})", setting("--context", "DOCKWRIGHT_CONTEXT", name)),
        (None, None) => engine.address_origin().to_owned(),
    }
}

/// Checks the way to the engine; false if it does not answer.
async fn answers(access: &Access, steps: &mut Vec<(&'static str, Finding)>) -> bool {
    let Ok(engine) = access.engine() else { return false };
    if let Some(finding) = socket::check(&engine.address()) {
        let is_ok = finding.is_ok();
        steps.push(("socket", finding));
        if !is_ok {
            return false;
        }
    }
    #[cfg(feature = "tls")]
    if let Some(finding) = encryption::check(engine) {
        steps.push(("tls", finding));
    }
    let version = version(access, engine).await;
    #[cfg(feature = "ssh")]
    if let Some(finding) = ssh::check(engine) {
        steps.push(("ssh", finding));
    }
    let is_ok = version.is_ok();
    steps.push(("version", version));
    is_ok
}

/// Reports the API version that calls use, after a call with it if one is exposed.
async fn version(access: &Access, engine: &Engine) -> Finding {
    let version = engine.api_version().await.map_err(|error| error.to_string())?;
    if let Some(operation) = access.version_operation() {
        let called = access.json(operation, Map::new(), None).await;
        called.map_err(|failure| failure.to_string().replace('\n', "; "))?;
    }
    let supported = format!("calls use API {version}; this build supports {OLDEST_API_VERSION} to {API_VERSION}");
    let newer = catalogue::operations::newer_than(version);
    Ok(match engine.newest_api_version() {
        Some(newest) if Some(newest) > API_VERSION.parse().ok() => {
            format!(
                "{supported} and the engine {newest}: to use newer features, build from its description (see CONTRIBUTING.md)"
            )
        }
        _ if newer > 0 => {
            let list = format!("`dockwright tools --since {version}` lists them");
            format!("{supported}: {newer} tools and arguments are newer than the engine ({list})")
        }
        _ => supported,
    })
}
