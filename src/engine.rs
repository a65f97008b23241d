//! The engine: its address, its settings, and requests to it.

// rustdoc lists the parts of `Engine` in this order.
mod connect;

mod exchange;
mod headers;
mod no_engine;
mod warnings;

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use crate::address::Address;
use crate::body::Body;
#[cfg(feature = "credentials")]
use crate::credentials::Credentials;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::negotiation::Negotiation;
use crate::operations::{API_VERSION, OLDEST_API_VERSION};
use crate::reply::{Reply, RequestLabel};
#[cfg(feature = "ssh")]
use crate::ssh::SshRoute;
use crate::tls::Tls;
use crate::transport::Transport;
use crate::version::Version;
use crate::warning::Warning;

/// A Docker engine: each operation of its API is a method. Cloning is cheap, and clones share connections.
///
/// [`from_env`](Engine::from_env) finds the engine that the docker CLI uses. Creating an engine opens nothing: the
/// first call connects and asks which API version the engine speaks. Calls need a tokio runtime with IO and time
/// enabled.
///
/// The operations stand below by tag, as in Docker's documentation. A search for `docker ps` finds the method of that
/// command.
///
/// ```no_run
/// # use dockwright::{Engine, Result};
/// # async fn example() -> Result<()> {
/// let engine = Engine::from_env()?;
/// println!("{} speaks API {}", engine.address(), engine.api_version().await?);
/// engine.container_restart("web", &Default::default()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    /// `None` for a canned engine.
    address: Option<Address>,
    /// The setting that named the address.
    origin: String,
    /// `None` where connections are not encrypted.
    tls: Option<Tls>,
    limits: Limits,
    /// Headers for every request, beside the default ones; most engines have none, and a map is large.
    headers: Option<Box<HeaderMap>>,
    /// Problems in spite of which the address was found.
    warnings: Vec<Warning>,
    allow_newer: bool,
    #[cfg(feature = "credentials")]
    credentials: Credentials,
    /// The version in the path of every request, once it is known.
    version: Negotiation,
    transport: Transport,
}

/// Settings.
impl Engine {
    fn for_address(address: Address, origin: String, tls: Option<Tls>) -> Self {
        let limits = Limits::default();
        let transport = Transport::new(address.clone(), tls.clone(), limits);
        Engine::new(Inner {
            address: Some(address),
            origin,
            tls,
            limits,
            headers: None,
            warnings: Vec::new(),
            allow_newer: false,
            #[cfg(feature = "credentials")]
            credentials: Credentials::none(),
            version: Negotiation::default(),
            transport,
        })
    }

    /// An engine without an address, which speaks the newest version.
    pub(crate) fn without_address(transport: Transport) -> Self {
        let version = Negotiation::settled(newest());
        Engine::new(Inner {
            address: None,
            origin: "canned".to_owned(),
            tls: None,
            limits: Limits::default(),
            headers: None,
            warnings: Vec::new(),
            allow_newer: false,
            #[cfg(feature = "credentials")]
            credentials: Credentials::none(),
            version,
            transport,
        })
    }

    fn new(inner: Inner) -> Self {
        Engine { inner: Arc::new(inner) }
    }

    /// Sets the limits, for an engine with connections of its own.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let inner = Arc::unwrap_or_clone(self.inner);
        Engine::new(Inner { limits, ..inner }.reconnected())
    }

    /// Encrypts connections, for an engine with connections of its own. A socket stays as it is.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.tls = Some(tls).filter(|_| matches!(inner.address, Some(Address::Tcp { .. })));
        Engine::new(inner.reconnected())
    }

    /// The encryption of its connections; `None` if they are not encrypted.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&Tls> {
        self.inner.tls.as_ref()
    }

    /// The way in which ssh reaches the engine, once a call has found it; `None` for other addresses.
    #[cfg(feature = "ssh")]
    #[must_use]
    pub fn ssh_route(&self) -> Option<SshRoute> {
        self.inner.transport.ssh_route()
    }

    /// Sets the API version; the engine is never asked for its own.
    #[must_use]
    pub fn with_api_version(self, version: Version) -> Self {
        Engine::new(Inner { version: Negotiation::settled(version), ..Arc::unwrap_or_clone(self.inner) })
    }

    /// Sends arguments and properties that the API version does not know; otherwise such calls fail with
    /// [`Error::Unsupported`]. An engine silently ignores most of them, but a newer engine that was told to speak an
    /// old version may accept them.
    #[must_use]
    pub fn allow_newer(self, allow: bool) -> Self {
        Engine::new(Inner { allow_newer: allow, ..Arc::unwrap_or_clone(self.inner) })
    }

    /// Sends these logins with the calls that take one: pulls, pushes, searches, builds, plugins and services. A login
    /// that is an argument of the call, even an empty one, goes before them. Without this method none are sent.
    ///
    /// Each registry gets its own login only. The engine learns the logins that it is sent: all of them for a build,
    /// and those of services are kept in the swarm, for its nodes.
    #[cfg(feature = "credentials")]
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Engine::new(Inner { credentials, ..Arc::unwrap_or_clone(self.inner) })
    }

    /// The logins for registries.
    #[cfg(feature = "credentials")]
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    pub(crate) fn allows_newer(&self) -> bool {
        self.inner.allow_newer
    }

    /// The address of the engine, `unix:///var/run/docker.sock`; `canned` for a canned engine.
    #[must_use]
    pub fn address(&self) -> String {
        self.inner.address.as_ref().map_or_else(|| "canned".to_owned(), Address::to_string)
    }

    /// The setting that named the address: `DOCKER_HOST`, ``context `nas` (DOCKER_CONTEXT)``, `default`, or `address`
    /// if it was passed. If a known socket was taken because the default does not exist, it names the product.
    #[must_use]
    pub fn address_origin(&self) -> &str {
        &self.inner.origin
    }

    /// The API version of calls: the newest that both the engine and this build speak, or the one that was set. The
    /// first call asks the engine (`GET /_ping`), and the answer is kept.
    ///
    /// # Errors
    /// [`Error::Unreachable`] and [`Error::NoEngine`] if no engine answers at the address, and [`Error::TooOld`] if it
    /// speaks no version of this build.
    pub async fn api_version(&self) -> Result<Version> {
        // Boxed, because the future is large and only the first call needs it.
        self.inner.version.version(async || Box::pin(self.negotiate()).await).await
    }

    /// The API version of calls, if it was set or a call has asked for it.
    #[must_use]
    pub fn known_api_version(&self) -> Option<Version> {
        self.inner.version.get()
    }

    /// The newest API version that the engine speaks, if a call has asked for it. It may be newer than this build.
    #[must_use]
    pub fn newest_api_version(&self) -> Option<Version> {
        self.inner.version.newest()
    }

    /// Sends a request that the operation table does not know, within the same limits. Its URI is a path without an API
    /// version: `/containers/json?all=true`. The path is sent as it is and must be percent-encoded.
    ///
    /// # Errors
    /// [`Error::Argument`] if the URI is not a path, [`Error::Api`] if the status of the answer is neither 2xx nor 101;
    /// otherwise fails as every call does.
    pub async fn raw(&self, request: http::Request<impl Into<Body>>) -> Result<Reply> {
        let uri = request.uri();
        if uri.authority().is_some() || !uri.path().starts_with('/') {
            return Err(Error::Argument {
                operation: "raw",
                argument: "uri".into(),
                expected: "a path that begins with a slash, without an API version".into(),
                got: uri.to_string(),
            });
        }
        let label = RequestLabel::Path { name: "raw", method: request.method().clone(), path: uri.path().to_owned() };
        self.exchange(label, request.map(Into::into), |_| Ok(())).await
    }
}

impl Inner {
    /// Replaces the connections, after a setting that they depend on.
    fn reconnected(mut self) -> Self {
        if let Some(address) = &self.address {
            self.transport = Transport::new(address.clone(), self.tls.clone(), self.limits);
        }
        self
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { tls, limits, version, .. } = &*self.inner;
        let address = self.address();
        f.debug_struct("Engine")
            .field("address", &address)
            .field("tls", tls)
            .field("limits", limits)
            .field("version", &version.get())
            .finish()
    }
}

fn newest() -> Version {
    API_VERSION.parse().expect("the generator writes a version")
}

fn oldest() -> Version {
    OLDEST_API_VERSION.parse().expect("the generator writes a version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_cloned_and_shared_between_threads_and_made_without_a_runtime() {
        fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
        shared(&Engine::at("tcp://127.0.0.1:2375").unwrap());
    }

    #[test]
    fn this_build_speaks_the_versions_it_was_generated_for() {
        assert!(oldest() <= newest());
    }

    #[tokio::test]
    async fn settings_do_not_undo_each_other() {
        let version = Version { major: 1, minor: 44 };
        let limits = Limits::default().answer_bytes(7);
        let engine = Engine::at("tcp://127.0.0.1:2375").unwrap();
        for engine in [
            engine.clone().with_api_version(version).with_limits(limits),
            engine.clone().with_limits(limits).with_api_version(version),
        ] {
            assert_eq!(engine.api_version().await.unwrap(), version);
            assert_eq!(engine.inner.limits, limits);
            assert_eq!(engine.address(), "tcp://127.0.0.1:2375");
        }
        assert_eq!(engine.inner.version.get(), None);
    }
}
