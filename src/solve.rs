//! Builds by BuildKit's own API, `Control/Solve`, which an engine offers at `POST /grpc`. It says more than
//! `POST /build`: attributes for the frontend, such as named contexts, and other frontends than that of Dockerfiles.
//!
//! `recipes::Build`, of the feature `buildkit`, uses it where it is needed; most programs need nothing of this module.
//!
//! ```no_run
//! # use dockwright::{Engine, Result};
//! # use dockwright::options::SessionOptions;
//! # use dockwright::session::Session;
//! # use dockwright::solve::Solve;
//! # use dockwright::tar::Context;
//! # async fn example(engine: &Engine) -> Result<()> {
//! let mut session = Session::new("frontend");
//! let context = session.archive(Context::new("frontend"));
//! let solve = Solve::new("dockerfile.v0")
//!     .attribute("context", context)
//!     .attribute("context:base", "docker-image://docker.io/library/alpine:3.20")
//!     .attribute("frontend.caps", "moby.buildkit.frontend.contexts+forward")
//!     .exporter("moby", [("name", "docker.io/shop/frontend:1")])
//!     .session(session.id());
//! let answers = SessionOptions::default()
//!     .x_docker_expose_session_uuid(session.id())
//!     .x_docker_expose_session_grpc_method(session.methods());
//! let open = session.start(engine.session(&answers).await?);
//! let image = solve.start(engine).await?.keeping(open).image().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The feature `session` adds this module.

mod message;
mod progress;

use std::collections::BTreeMap;

use http::header::{CONNECTION, HeaderValue, UPGRADE};
use http::{Method, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

use crate::body::Body;
use crate::build::BuildStream;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::grpc::{Client, Task};
use crate::random_id::random_id;
use crate::reply::RequestLabel;
use progress::{explain, report};

/// The name that begins messages.
const OPERATION: &str = "solve";

/// The path at which an engine offers BuildKit's own API.
const PATH: &str = "/grpc";

/// The most parts that are read before the program takes them.
const PARTS_AHEAD: usize = 8;

/// A build, in the words of BuildKit's own API.
///
/// `Debug` shows no values of attributes, which may be secret.
#[derive(Clone, Default)]
#[must_use = "nothing is built before it is started"]
pub struct Solve {
    frontend: String,
    attributes: BTreeMap<String, String>,
    exporter: Option<Exporter>,
    cache_exports: Vec<Exporter>,
    entitlements: Vec<String>,
    session: String,
}

/// A place for a result, or for a cache.
#[derive(Clone)]
struct Exporter {
    kind: String,
    attributes: BTreeMap<String, String>,
}

impl Solve {
    /// A build by a frontend: `dockerfile.v0` for Dockerfiles, `gateway.v0` for an image that is one.
    pub fn new(frontend: impl Into<String>) -> Self {
        Solve { frontend: frontend.into(), ..Solve::default() }
    }

    /// Gives the frontend an attribute: `filename`, `target`, `build-arg:VERSION`, `context:base`. It ignores those that
    /// it does not know.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Chooses the exporter of the result, with its attributes: `moby` puts an image into the engine's store, `name` are
    /// its tags; `tar` sends the files to the session's output. Without one the result stays in the cache.
    pub fn exporter<K: Into<String>, V: Into<String>>(
        self,
        kind: impl Into<String>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Solve { exporter: Some(Exporter::new(kind, attributes)), ..self }
    }

    /// Adds an exporter of the cache, such as `inline`.
    pub fn cache_export<K: Into<String>, V: Into<String>>(
        mut self,
        kind: impl Into<String>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.cache_exports.push(Exporter::new(kind, attributes));
        self
    }

    /// Lets the build do what is forbidden by default: `network.host`, `security.insecure`.
    pub fn entitlement(mut self, name: impl Into<String>) -> Self {
        self.entitlements.push(name.into());
        self
    }

    /// Names the session that the engine asks for secrets, logins and files.
    pub fn session(self, id: impl Into<String>) -> Self {
        Solve { session: id.into(), ..self }
    }

    /// Begins the build. Dropping the stream ends it, and the commands that it runs.
    ///
    /// Calls `POST /grpc`, and on its connection `Control/Solve` and `Control/Status` of BuildKit.
    ///
    /// # Errors
    /// [`Error::Api`] with 404 if the engine has no BuildKit, [`Error::Interrupted`] if the connection is lost; otherwise
    /// fails as every call does. Later failures are items of the stream.
    pub async fn start(self, engine: &Engine) -> Result<BuildStream> {
        let mut request = http::Request::new(Body::default());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = http::Uri::from_static(PATH);
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        request.headers_mut().insert(UPGRADE, HeaderValue::from_static("h2c"));
        let label = RequestLabel::Path { name: OPERATION, method: Method::POST, path: PATH.to_owned() };
        let reply = engine.exchange(label, request, |_| Ok(())).await?;
        if reply.status() != StatusCode::SWITCHING_PROTOCOLS {
            let reason = format!("{} in place of a connection", reply.status());
            return Err(Error::Decode { operation: OPERATION, reason, excerpt: String::new(), source: None });
        }
        self.start_on(reply.into_duplex(true).await?).await
    }

    /// Begins the build on a connection to BuildKit.
    async fn start_on(self, connection: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<BuildStream> {
        let client = Client::connect(connection).await.map_err(explain)?;
        let (sender, parts) = mpsc::channel(PARTS_AHEAD);
        let work = Task::spawn(report(client, random_id(), self, sender));
        Ok(BuildStream::of_parts(OPERATION, parts).keeping(work))
    }
}

impl Exporter {
    fn new<K: Into<String>, V: Into<String>>(
        kind: impl Into<String>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let attributes = attributes.into_iter().map(|(name, value)| (name.into(), value.into()));
        Exporter { kind: kind.into(), attributes: attributes.collect() }
    }
}

impl std::fmt::Debug for Solve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.attributes.keys().collect();
        f.debug_struct("Solve").field("frontend", &self.frontend).field("attributes", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
