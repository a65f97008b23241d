//! The builder of a build, and the session that BuildKit asks. Which operation builds is told by its arguments.

use dockwright::operation::Operation;
use dockwright::session::{OpenSession, classic_only, newer_with_buildkit, prefers_buildkit};
use dockwright::{Call, Value};
use serde_json::Map;

use crate::access::{Access, Failure, SessionParts};
use crate::arguments::{self, CheckedArguments};
use crate::files;

/// The version of BuildKit.
const BUILDKIT: &str = "2";

/// The version of the classic builder.
const CLASSIC: &str = "1";

/// The argument by which a call names a session of its own.
const SESSION: &str = "session";

/// The value of `remote` by which BuildKit asks the session for the files.
const OF_SESSION: &str = "client-session";

/// A build as its caller wants it.
pub(super) struct BuildRequest {
    operation: &'static Operation,
    builder: Option<String>,
    secrets: Vec<String>,
    agents: Vec<String>,
    /// The arguments as the caller gave them, before policies set theirs.
    arguments: Map<String, Value>,
}

impl BuildRequest {
    /// Reads it off the arguments; `None` for every other call.
    pub(super) fn of(operation: &'static Operation, checked: &CheckedArguments) -> Option<Self> {
        let CheckedArguments { extra, arguments, .. } = checked;
        arguments::takes_session(operation).then(|| BuildRequest {
            operation,
            builder: extra.builder.clone(),
            secrets: extra.secrets.clone(),
            agents: extra.ssh.clone(),
            arguments: arguments.clone(),
        })
    }

    /// Chooses the builder of a call that policies have judged, and opens the session that BuildKit asks. The folder
    /// in `context` is taken if the session gives its files.
    ///
    /// # Errors
    /// If the call gives something that its builder would not heed, or that the settings do not have.
    pub(super) async fn prepare<'a>(
        &self,
        access: &Access,
        call: Call<'a>,
        context: &mut Option<Value>,
    ) -> Result<(Call<'a>, Option<OpenSession>), Failure> {
        let is_list = call.given().get("platform").and_then(Value::as_str).is_some_and(|names| names.contains(','));
        if is_list {
            let why = "an engine builds an image for one platform at a time; call once for each, with a name for each";
            return Err(self.refused("platform", why));
        }
        // A session that the caller names, beside which no other goes.
        if self.arguments.contains_key(SESSION) {
            return self.check_beside_session().map(|()| (call, None));
        }
        if !self.is_of_buildkit(access, call.given()).await? {
            return Ok((if self.builder.is_some() { call.argument("version", CLASSIC) } else { call }, None));
        }
        let call = call.argument("version", BUILDKIT);
        let parts = SessionParts {
            secrets: &self.secrets,
            agents: &self.agents,
            folder: self.folder(access, call.given(), context.as_ref())?,
        };
        let dockerfile = parts.folder.as_ref().map(|(_, dockerfile)| dockerfile.clone());
        let session = access.build_session(self.operation.name, parts).await?;
        let session = match access.open_session(session).await {
            Ok(session) => session,
            // Without one, a build that needs nothing of this side works all the same.
            Err(_) if self.secrets.is_empty() && self.agents.is_empty() => return Ok((call, None)),
            Err(error) => return Err(access.explain(self.operation, &Map::new(), error).await),
        };
        let call = call.session(&session);
        let Some(dockerfile) = dockerfile else { return Ok((call, Some(session))) };
        *context = None;
        Ok((call.argument("remote", OF_SESSION).argument("dockerfile", &dockerfile), Some(session)))
    }

    /// Refuses what this server would add to a session of the caller's.
    fn check_beside_session(&self) -> Result<(), Failure> {
        let given = [("secrets", !self.secrets.is_empty()), ("ssh", !self.agents.is_empty())];
        let given = given.into_iter().chain([("builder", self.builder.is_some())]).find(|(_, is_given)| *is_given);
        let Some((argument, _)) = given else { return Ok(()) };
        Err(self.refused(argument, "the build has the `session` that the call names, and no other; leave that out"))
    }

    /// Returns true if BuildKit builds.
    async fn is_of_buildkit(&self, access: &Access, given: &Map<String, Value>) -> Result<bool, Failure> {
        let ping = access.ping().await.unwrap_or_default();
        let unheeded = |options| {
            let newer = || newer_with_buildkit(options, &ping).map(|(option, _)| option);
            classic_only(options).or_else(newer)
        };
        let classic_only = unheeded(given);
        let chosen = match (self.builder.as_deref(), given.get("version").and_then(Value::as_str)) {
            (Some(builder), _) => Some(builder == arguments::BUILDKIT),
            (None, Some(version)) => Some(version == BUILDKIT),
            (None, None) => None,
        };
        match (chosen, classic_only) {
            (Some(true), Some(option)) if unheeded(&self.arguments).is_some() => {
                let why = "BuildKit does not heed it; leave it out, or build with `builder` `classic`";
                return Err(self.refused(option, why));
            }
            (Some(true), Some(option)) => {
                let why =
                    format!("BuildKit does not heed `{option}`, which this server's policy sets; build with `classic`");
                return Err(self.refused("builder", &why));
            }
            (Some(true), None) => return Ok(true),
            (None, None) if prefers_buildkit(&ping) => return Ok(true),
            _ => {}
        }
        let why = match (chosen, classic_only) {
            (None, Some(option)) => format!("only BuildKit takes it, and only the classic builder heeds `{option}`"),
            _ => "only BuildKit takes it, and this build is the classic builder's".to_owned(),
        };
        match (self.secrets.is_empty(), self.agents.is_empty()) {
            (true, true) => Ok(false),
            (false, _) => Err(self.refused("secrets", &why)),
            (true, false) => Err(self.refused("ssh", &why)),
        }
    }

    /// The folder of the host that `context` names, and the Dockerfile's path in it.
    fn folder(
        &self,
        access: &Access,
        given: &Map<String, Value>,
        context: Option<&Value>,
    ) -> Result<Option<(files::ContextTree, String)>, Failure> {
        let Some(Value::String(path)) = context.filter(|_| !given.contains_key("remote")) else { return Ok(None) };
        let dockerfile = given.get("dockerfile").and_then(Value::as_str);
        files::tree(path, access.folders(), dockerfile).map_err(|error| self.refused("context", &error.to_string()))
    }

    fn refused(&self, argument: &str, why: &str) -> Failure {
        Failure::Request(format!("{}: argument `{argument}`: {why}", self.operation.name))
    }
}
