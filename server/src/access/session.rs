//! The session of a build: the channel on which the engine asks this server for what the settings give to builds.

use dockwright::Error;
use dockwright::session::{OpenSession, Session};
use dockwright::tar::ContextTree;

use super::Access;
use super::failure::Failure;
use crate::catalogue;
use crate::secrets::Safe;

/// The operation that opens a session. Nothing of a call is sent with it, so it needs no exposure of its own.
const OPERATION: &str = "session";

/// The most characters of an id in a message.
const ID_CHARACTERS: usize = 64;

/// The end of BuildKit's words on a step that failed, which quote its command.
const STEP: &str = "did not complete successfully";

/// The parts of a session that a call names.
pub(crate) struct SessionParts<'a> {
    /// The ids of secrets.
    pub(crate) secrets: &'a [String],
    /// The ids of agents of ssh.
    pub(crate) agents: &'a [String],
    /// The folder to build, and the Dockerfile's path in it.
    pub(crate) folder: Option<(ContextTree, String)>,
}

impl Access {
    /// Makes a session that gives these parts and the stored logins, all of which can be read now.
    ///
    /// # Errors
    /// [`Failure::Request`] that names a secret or an agent that the settings do not have or that cannot be read.
    pub(crate) async fn build_session(&self, build: &'static str, parts: SessionParts<'_>) -> Result<Session, Failure> {
        let settings = self.settings();
        let mut session = Session::new("dockwright");
        if let Ok(engine) = self.engine() {
            session = session.credentials(engine.credentials().clone());
        }
        for id in parts.secrets {
            let known = settings.build_secret.iter().find(|secret| secret.id == *id);
            let known = known.ok_or_else(|| unknown(build, "secrets", id, &self.build_secrets()))?;
            session = session.secret(id, known.secret());
        }
        for id in parts.agents {
            let known = settings.build_ssh.iter().find(|ssh| ssh.id == *id);
            let known = known.ok_or_else(|| unknown(build, "ssh", id, &self.build_agents()))?;
            session = session.ssh(id, known.agent.clone());
        }
        if let Some((tree, _)) = parts.folder {
            session = session.folder("context", tree.clone()).folder("dockerfile", tree);
        }
        session.check().await.map_err(|error| unreadable(build, &error))?;
        Ok(session)
    }

    /// Opens a session. It is this server's own, so no restriction judges it.
    ///
    /// # Errors
    /// The error of the engine.
    pub(crate) async fn open_session(&self, session: Session) -> dockwright::Result<OpenSession> {
        let operation = catalogue::operations::find(OPERATION).ok_or_else(|| Error::Argument {
            operation: OPERATION,
            argument: "builder".to_owned(),
            expected: "`classic`, because this server is built without sessions".into(),
            got: "`buildkit`".to_owned(),
        })?;
        let call = self
            .engine()?
            .call(operation.operation)
            .argument("X-Docker-Expose-Session-Uuid", session.id())
            .argument("X-Docker-Expose-Session-Name", session.name())
            .argument("X-Docker-Expose-Session-Sharedkey", session.shared_key())
            .argument("X-Docker-Expose-Session-Grpc-Method", &session.methods());
        let connection = call.duplex().await?;
        Ok(session.start(connection))
    }

    /// A hint for a build that lacks a secret or an agent.
    pub(super) fn build_hint(&self, error: &Error) -> Option<String> {
        let Error::Failed { message, .. } = error else { return None };
        let (argument, id, known) = match lack(message)? {
            Lack::Secret(id) => ("secrets", shown(id), self.build_secrets()),
            Lack::Agent("") => ("ssh", "default".to_owned(), self.build_agents()),
            Lack::Agent(id) => ("ssh", shown(id), self.build_agents()),
        };
        Some(match known.ids.contains(&id) {
            true => format!("this server has it: call again with `{argument}` [\"{id}\"]"),
            false => format!("no argument gives it, since {}; {}", known.words(), known.remedy()),
        })
    }

    fn build_secrets(&self) -> Known {
        let ids = self.settings().build_secret.iter().map(|secret| secret.id.clone()).collect();
        Known { ids, noun: "secrets for builds", flag: "--build-secret" }
    }

    fn build_agents(&self) -> Known {
        let ids = self.settings().build_ssh.iter().map(|ssh| ssh.id.clone()).collect();
        Known { ids, noun: "ssh agents for builds", flag: "--build-ssh" }
    }
}

/// A secret or an agent that a build lacks, by its id.
enum Lack<'a> {
    Secret(&'a str),
    Agent(&'a str),
}

/// Reads BuildKit's words on a build that failed.
fn lack(message: &str) -> Option<Lack<'_>> {
    if message.contains(STEP) {
        return None;
    }
    let between = |start: &str, end: &str| Some(message.split_once(start)?.1.split_once(end)?.0);
    let agent =
        || between("no SSH key \"", "\" forwarded").or_else(|| Some(message.split_once("unset ssh forward key ")?.1));
    // Engines before 23.0 say `not found` twice.
    let secret = between("secret ", ": not found").map(|id| id.strip_suffix(" not found").unwrap_or(id));
    secret.map(Lack::Secret).or_else(|| agent().map(Lack::Agent))
}

/// The ids that the settings give to builds, and their flag.
struct Known {
    ids: Vec<String>,
    noun: &'static str,
    flag: &'static str,
}

impl Known {
    fn words(&self) -> String {
        let ids: Vec<_> = self.ids.iter().map(|id| format!("`{}`", shown(id))).collect();
        match ids.is_empty() {
            true => format!("this server was started without {}", self.noun),
            false => format!("this server has these {}: {}", self.noun, ids.join(", ")),
        }
    }

    /// The flag comes last: a word behind one that names secrets would be hidden.
    fn remedy(&self) -> String {
        format!("its operator adds one with {}", self.flag)
    }
}

fn unknown(build: &str, argument: &str, id: &str, known: &Known) -> Failure {
    Failure::Request(format!(
        "{build}: argument `{argument}`: no `{}`; {}; {}",
        shown(id),
        known.words(),
        known.remedy()
    ))
}

/// The failure for a secret or an agent that the settings have and that cannot be used.
fn unreadable(build: &str, error: &Error) -> Failure {
    Failure::Request(match error {
        Error::Argument { argument, expected, got, .. } => {
            let flag = if argument == "ssh" { "--build-ssh" } else { "--build-secret" };
            let got = Safe::line(got);
            format!(
                "{build}: argument `{argument}`: expected {expected}, got {got}; its operator must mend what {flag} names"
            )
        }
        error => Safe::line(&format!("{build}: {error}")).into_inner(),
    })
}

/// An id on one line, without anything that looks like a secret.
fn shown(id: &str) -> String {
    let beginning: String = id.chars().take(ID_CHARACTERS).collect();
    Safe::line(&beginning).into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buildkits_words_tell_what_a_build_lacks_and_the_commands_of_steps_do_not() {
        let id = |message: &str| {
            lack(message).map(|lack| match lack {
                Lack::Secret(id) => format!("secret {id}"),
                Lack::Agent(id) => format!("agent {id}"),
            })
        };
        for (message, expected) in [
            ("failed to solve: secret npm: not found", Some("secret npm")),
            ("secret npm: not found: this build was not given it", Some("secret npm")),
            ("secret npm not found: not found", Some("secret npm")),
            ("no SSH key \"git\" forwarded from the client", Some("agent git")),
            ("unset ssh forward key git", Some("agent git")),
            ("process \"/bin/sh -c echo secret x: not found\" did not complete successfully: exit code: 1", None),
            ("failed to compute cache key: \"/x\": not found", None),
        ] {
            assert_eq!(id(message).as_deref(), expected, "{message}");
        }
    }
}
