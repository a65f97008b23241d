//! The builder of a build, and the session that BuildKit asks. Which operation builds is told by its arguments.

use dockwright::operation::Operation;
use serde_json::json;

use crate::access::{Access, BuildSession, Failure};
use crate::arguments::{self, CheckedArguments};

/// The version of BuildKit.
const BUILDKIT: &str = "2";

/// Chooses the builder of a build, and opens the session for BuildKit. `None` for every other call, for the classic
/// builder, and for a build whose caller names a session.
///
/// # Errors
/// If a secret or an agent is not one of the settings, or if one is given to the classic builder.
pub(super) async fn open(
    access: &Access,
    operation: &'static Operation,
    checked: &mut CheckedArguments,
) -> Result<Option<BuildSession>, Failure> {
    if !arguments::takes_session(operation) || checked.arguments.contains_key("session") {
        return Ok(None);
    }
    let CheckedArguments { extra, arguments, .. } = checked;
    let needs = (!extra.secrets.is_empty()).then_some("secrets").or((!extra.ssh.is_empty()).then_some("ssh"));
    let is_buildkit = match (extra.builder.as_deref(), arguments.get("version").and_then(|version| version.as_str())) {
        (Some(builder), _) => builder == arguments::BUILDKIT,
        (None, Some(version)) => version == BUILDKIT,
        (None, None) => access.prefers_buildkit().await,
    };
    if !is_buildkit {
        if extra.builder.is_some() {
            arguments.insert("version".to_owned(), json!("1"));
        }
        let words = "needs BuildKit, and this build is the classic builder's";
        return match needs {
            Some(argument) => Err(Failure::Request(format!("{}: argument `{argument}`: {words}", operation.name))),
            None => Ok(None),
        };
    }
    arguments.insert("version".to_owned(), json!(BUILDKIT));
    match access.open_session(&extra.secrets, &extra.ssh, operation.name).await {
        Ok(session) => Ok(Some(session)),
        // Without one, a build that needs nothing of this side works all the same.
        Err(Failure::Outcome(_)) if needs.is_none() => Ok(None),
        Err(failure) => Err(failure),
    }
}
