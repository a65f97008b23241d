//! The builder of a build, and the session that BuildKit asks. Which operation builds is told by its arguments.

use dockwright::operation::Operation;
use dockwright::session::classic_only;
use serde_json::json;

use crate::access::{Access, BuildSession, Failure};
use crate::arguments::{self, CheckedArguments};

/// The version of BuildKit.
const BUILDKIT: &str = "2";

/// The secrets and agents that a build by BuildKit names.
pub(super) struct SessionRequest {
    operation: &'static Operation,
    secrets: Vec<String>,
    agents: Vec<String>,
}

/// Chooses the builder of a build. `None` for every other call, for the classic builder, and for a build whose caller
/// names a session.
///
/// # Errors
/// If the call gives something that its builder would pass over.
pub(super) async fn choose(
    access: &Access,
    operation: &'static Operation,
    checked: &mut CheckedArguments,
) -> Result<Option<SessionRequest>, Failure> {
    if !arguments::takes_session(operation) || checked.arguments.contains_key("session") {
        return Ok(None);
    }
    let refused =
        |argument: &str, why: &str| Err(Failure::Request(format!("{}: argument `{argument}`: {why}", operation.name)));
    let CheckedArguments { extra, arguments, .. } = checked;
    let of_classic = classic_only(arguments);
    let chosen = match (extra.builder.as_deref(), arguments.get("version").and_then(|version| version.as_str())) {
        (Some(builder), _) => Some(builder == arguments::BUILDKIT),
        (None, Some(version)) => Some(version == BUILDKIT),
        (None, None) => None,
    };
    if let (Some(true), Some(option)) = (chosen, of_classic) {
        return refused(option, "BuildKit passes over it; leave it out, or build with `builder` `classic`");
    }
    let is_buildkit = match chosen {
        Some(is_buildkit) => is_buildkit,
        None => of_classic.is_none() && access.prefers_buildkit().await,
    };
    if is_buildkit {
        arguments.insert("version".to_owned(), json!(BUILDKIT));
        return Ok(Some(SessionRequest { operation, secrets: extra.secrets.clone(), agents: extra.ssh.clone() }));
    }
    if chosen.is_some() && extra.builder.is_some() {
        arguments.insert("version".to_owned(), json!("1"));
    }
    let why = match of_classic.filter(|_| chosen.is_none()) {
        Some(option) => format!("it needs BuildKit, which passes over `{option}`"),
        None => "it needs BuildKit, and this build is the classic builder's".to_owned(),
    };
    match (extra.secrets.is_empty(), extra.ssh.is_empty()) {
        (true, true) => Ok(None),
        (false, _) => refused("secrets", &why),
        (true, false) => refused("ssh", &why),
    }
}

impl SessionRequest {
    /// Opens the session.
    ///
    /// # Errors
    /// If a secret or an agent is not one of the settings, or cannot be read.
    pub(super) async fn open(&self, access: &Access) -> Result<Option<BuildSession>, Failure> {
        match access.open_session(&self.secrets, &self.agents, self.operation.name).await {
            Ok(session) => Ok(Some(session)),
            // Without one, a build that needs nothing of this side works all the same.
            Err(Failure::Outcome(_)) if self.secrets.is_empty() && self.agents.is_empty() => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}
