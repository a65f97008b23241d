//! The session of a build by BuildKit: the channel on which an engine asks its client for secrets, logins, ssh and
//! files, and hands results over.
//!
//! `recipes::Build`, of the feature `buildkit`, opens one where it is needed; with it, most programs need nothing else
//! of this module than [`Secret`], [`SshAgent`] and [`Output`]. A [`Session`] of your own is for other ways to build.
//!
//! The engine is the client of this channel: it calls methods of gRPC over HTTP/2, and each is answered from memory, a
//! file or a socket, a piece at a time.
//!
//! ```no_run
//! # use dockwright::{Body, Engine, Result};
//! # use dockwright::options::{ImageBuildOptions, SessionOptions};
//! # use dockwright::session::{Secret, Session};
//! # async fn example(engine: &Engine, context: Body) -> Result<()> {
//! let session = Session::new("frontend").secret("npm", Secret::file("/home/ada/.npmrc"));
//! let options = SessionOptions::default()
//!     .x_docker_expose_session_uuid(session.id())
//!     .x_docker_expose_session_grpc_method(session.methods());
//! let build = ImageBuildOptions::default().version("2").session(session.id());
//! let open = session.start(engine.session(&options).await?);
//! let image = engine.image_build(Some(context), &build).await?.into_build().keeping(open).image().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The feature `session` adds this module.

mod builder;
mod connection;
mod files;
mod login;
mod methods;
mod output;
mod packet;
mod reply;
mod secret;
mod services;
mod shared_key;
mod ssh;
mod upload;

use std::fmt;

use dockwright_archive::ContextTree;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::body::Body;
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::random_id::random_id;
use connection::serve;
use output::Place;
use services::Services;
use shared_key::shared_key;

pub use builder::{classic_only, newer_with_buildkit, prefers_buildkit};
pub use connection::OpenSession;
pub use output::Output;
pub use secret::Secret;
pub use ssh::SshAgent;

/// The answers of a client to the engine's questions during a build. Nothing is answered that it was not given.
///
/// `Debug` shows no secret.
#[derive(Default)]
#[must_use = "it answers nothing before it is started"]
pub struct Session {
    id: String,
    name: String,
    shared_key: String,
    services: Services,
}

impl Session {
    /// A session with an id that nobody can guess; `name` stands in messages of the engine.
    pub fn new(name: impl Into<String>) -> Self {
        // Whoever knows the id could ask for the secrets by a build of their own.
        Session { id: random_id(), name: name.into(), shared_key: String::new(), services: Services::default() }
    }

    /// Gives a secret, for `RUN --mount=type=secret,id=…`. It is read when a step asks for it.
    pub fn secret(mut self, id: impl Into<String>, secret: Secret) -> Self {
        self.services.secrets.insert(id.into(), secret);
        self
    }

    /// Gives logins, for private base images and for `ADD`. The engine gets the login of a registry when it asks for
    /// it.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.services.credentials = (!credentials.are_none()).then_some(credentials);
        self
    }

    /// Gives an agent of ssh, for `RUN --mount=type=ssh`; the id is `default` for a step that names none.
    pub fn ssh(mut self, id: impl Into<String>, agent: SshAgent) -> Self {
        self.services.agents.insert(id.into(), agent.into());
        self
    }

    /// Gives a folder, from which the engine asks for the files that it needs. For a build with `remote`
    /// `client-session` the files to copy are the folder `context`, and the Dockerfile is in `dockerfile`. All folders
    /// together give the session its [`shared_key`](Session::shared_key).
    pub fn folder(mut self, name: impl Into<String>, folder: ContextTree) -> Self {
        self.services.folders.insert(name.into(), folder);
        self.shared_key = shared_key(self.services.folders.values());
        self
    }

    /// Gives an archive, and returns the address by which a build names it as its context. The engine gets it once, as
    /// it is read.
    pub fn archive(&mut self, archive: impl Into<Body>) -> String {
        let id = random_id();
        let address = format!("{}{id}", upload::ADDRESS);
        self.services.archives.insert(id, upload::Archive::new(archive.into()));
        address
    }

    /// Gives the result of the build a place on this machine. The build has `outputs` of the type `tar`.
    pub fn output(mut self, output: Output) -> Self {
        self.services.output = Some(Place::new(output));
        self
    }

    /// The id that a build names in `session`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name, for the header `X-Docker-Expose-Session-Name`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key under which the engine keeps files for the next build of the same folders, for the header
    /// `X-Docker-Expose-Session-Sharedkey`; empty without a folder.
    #[must_use]
    pub fn shared_key(&self) -> &str {
        &self.shared_key
    }

    /// The methods that it answers, for the header `X-Docker-Expose-Session-Grpc-Method`. An engine calls no others.
    #[must_use]
    pub fn methods(&self) -> Vec<&'static str> {
        self.services.methods()
    }

    /// Reads everything that it is to give, so that what is missing fails before a build begins.
    ///
    /// # Errors
    /// [`Error::Argument`] that names the secret that cannot be read, or the agent that does not listen.
    pub async fn check(&self) -> Result<()> {
        self.services.check().await.map_err(|(argument, expected, got)| Error::Argument {
            operation: "session",
            argument,
            expected: expected.into(),
            got,
        })
    }

    /// Answers the engine on a connection that it has taken over: that of [`Engine::session`](crate::Engine::session).
    /// It must be called in a tokio runtime, and ends when its value is dropped or the engine closes the connection.
    pub fn start(self, connection: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> OpenSession {
        serve(self.id, connection, self.services)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Session { id: _, name, shared_key: _, services } = self;
        f.debug_struct("Session").field("name", name).field("services", services).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
