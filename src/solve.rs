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

use std::fmt;

use bytes::Bytes;
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
use message::{Exporter, Request, status_request};
use progress::{OPERATION, explain, report};

/// The path at which an engine offers BuildKit's own API.
const PATH: &str = "/grpc";

/// The most parts that are read before the program takes them.
const PARTS_AHEAD: usize = 8;

/// A build, in the words of BuildKit's own API.
///
/// `Debug` shows no values of attributes, which may be secret.
#[derive(Clone)]
#[must_use = "nothing is built before it is started"]
pub struct Solve(Request);

impl Solve {
    /// A build by a frontend: `dockerfile.v0` for Dockerfiles, `gateway.v0` for an image that is one.
    pub fn new(frontend: impl Into<String>) -> Self {
        Solve(Request { frontend: frontend.into(), ..Request::default() })
    }

    /// Gives the frontend an attribute: `filename`, `target`, `build-arg:VERSION`, `context:base`. It ignores unknown
    /// ones.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.attributes.insert(name.into(), value.into());
        self
    }

    /// Chooses the exporter of the result, with its attributes: `moby` puts an image into the engine's store, and its
    /// tags are `name`; `tar` sends the files to the session's output. Without one the result stays in the cache.
    pub fn exporter<K: Into<String>, V: Into<String>>(
        mut self,
        kind: impl Into<String>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.0.exporter = Some(exporter(kind, attributes));
        self
    }

    /// Adds an exporter of the cache, such as `inline`.
    pub fn cache_export<K: Into<String>, V: Into<String>>(
        mut self,
        kind: impl Into<String>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.0.cache_exports.push(exporter(kind, attributes));
        self
    }

    /// Lets the build do what is forbidden by default: `network.host`, `security.insecure`.
    pub fn entitlement(mut self, name: impl Into<String>) -> Self {
        self.0.entitlements.push(name.into());
        self
    }

    /// Names the session that the engine asks for secrets, logins and files.
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.0.session = id.into();
        self
    }

    /// Begins the build. Dropping the stream ends it, and the commands that it runs.
    ///
    /// Calls `POST /grpc`, and on its connection `Control/Solve` and `Control/Status` of BuildKit.
    ///
    /// # Errors
    /// [`Error::Api`] with 404 if the engine has no BuildKit, [`Error::Interrupted`] if the connection is lost;
    /// otherwise fails as every call does. Later failures are items of the stream.
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
        let reference = random_id();
        let work = Task::spawn(report(client, self.request(&reference), status_request(&reference), sender));
        Ok(BuildStream::of_parts(OPERATION, parts).keeping(work))
    }

    /// The request for the build, by the reference under which its progress can be followed.
    pub(crate) fn request(&self, reference: &str) -> Bytes {
        self.0.encode(reference)
    }
}

fn exporter<K: Into<String>, V: Into<String>>(
    kind: impl Into<String>,
    attributes: impl IntoIterator<Item = (K, V)>,
) -> Exporter {
    let attributes = attributes.into_iter().map(|(name, value)| (name.into(), value.into()));
    Exporter { kind: kind.into(), attributes: attributes.collect() }
}

impl fmt::Debug for Solve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.attributes.keys().collect();
        f.debug_struct("Solve").field("frontend", &self.0.frontend).field("attributes", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
