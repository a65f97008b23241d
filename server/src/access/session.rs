//! The session of a build: the channel on which the engine asks this server for what the settings give to builds.

use dockwright::session::{OpenSession, Session, prefers_buildkit};
use dockwright::{Body, http};

use super::Access;
use super::failure::Failure;
use crate::catalogue;
use crate::secrets::Safe;

/// The operation that opens a session. Nothing of a call is sent with it, so it needs no exposure of its own.
const OPERATION: &str = "session";

/// An open session, for the build that names its id.
pub(crate) struct BuildSession {
    id: String,
    _open: OpenSession,
}

impl BuildSession {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Access {
    /// Returns true if builds are BuildKit's unless their calls choose otherwise.
    pub(crate) async fn prefers_buildkit(&self) -> bool {
        let Ok(engine) = self.engine() else { return false };
        let request = http::Request::get("/_ping").body(Body::default()).expect("a path is a URI");
        catalogue::operations::find(OPERATION).is_some()
            && engine.raw(request).await.is_ok_and(|reply| prefers_buildkit(reply.headers()))
    }

    /// Opens a session that gives these secrets and agents of the settings, and the stored logins.
    ///
    /// # Errors
    /// [`Failure::Request`] that names one that the settings do not have or that cannot be read; [`Failure::Outcome`]
    /// if the engine opens no session.
    pub(crate) async fn open_session(
        &self,
        secrets: &[String],
        agents: &[String],
        build: &'static str,
    ) -> Result<BuildSession, Failure> {
        let settings = self.settings();
        let refused = |error: dockwright::Error| Failure::Outcome(Safe::line(&format!("{build}: {error}")));
        let operation = catalogue::operations::find(OPERATION)
            .ok_or_else(|| Failure::Request(format!("{build}: this server is built without sessions")))?;
        let engine = self.engine().map_err(refused)?;
        let mut session = Session::new("dockwright").credentials(engine.credentials().clone());
        for id in secrets {
            let known = settings.build_secret.iter().find(|secret| secret.id == *id);
            let ids = settings.build_secret.iter().map(|secret| &*secret.id);
            let known = known.ok_or_else(|| unknown(build, "secrets", id, ids, "--build-secret id=…,file=…"))?;
            session = session.secret(id, known.secret());
        }
        for id in agents {
            let known = settings.build_ssh.iter().find(|ssh| ssh.id == *id);
            let ids = settings.build_ssh.iter().map(|ssh| &*ssh.id);
            let known = known.ok_or_else(|| unknown(build, "ssh", id, ids, "--build-ssh"))?;
            session = session.ssh(id, known.agent.clone());
        }
        session
            .check()
            .await
            .map_err(|error| Failure::Request(Safe::line(&format!("{build}: {error}")).into_inner()))?;
        let call = engine
            .call(operation.operation)
            .argument("X-Docker-Expose-Session-Uuid", session.id())
            .argument("X-Docker-Expose-Session-Name", session.name())
            .argument("X-Docker-Expose-Session-Grpc-Method", &session.methods());
        let connection = call.duplex().await.map_err(refused)?;
        Ok(BuildSession { id: session.id().to_owned(), _open: session.start(connection) })
    }
}

fn unknown<'a>(build: &str, argument: &str, id: &str, known: impl Iterator<Item = &'a str>, flag: &str) -> Failure {
    let known: Vec<_> = known.map(|id| format!("`{id}`")).collect();
    let known = match known.is_empty() {
        true => format!("this server was started with none ({flag})"),
        false => format!("this server was started with {}", known.join(", ")),
    };
    Failure::Request(format!("{build}: argument `{argument}`: no `{id}`; {known}"))
}
