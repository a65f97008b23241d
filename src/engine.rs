//! The engine: where it is, and how it is called.

mod exchange;

use std::fmt;
use std::sync::Arc;

use crate::address::{self, Address, EngineLocation};
use crate::body::Body;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::negotiation::Negotiation;
use crate::operations::{API_VERSION, OLDEST_API_VERSION};
use crate::reply::{Reply, RequestLabel};
use crate::tls::Tls;
use crate::transport::Transport;
use crate::version::Version;

/// A Docker engine. Cloning is cheap, and clones share connections.
///
/// Creating one opens nothing: the first call connects and asks which API version the engine speaks. Calls need a tokio
/// runtime with IO and time enabled.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    /// `None` for a canned engine.
    address: Option<Address>,
    /// `None` where connections are not encrypted.
    tls: Option<Tls>,
    limits: Limits,
    allow_newer: bool,
    /// The version in the path of every request, once it is known.
    version: Negotiation,
    transport: Transport,
}

impl Engine {
    /// The engine that the docker CLI would use: the one of `DOCKER_HOST`, else of the context in `DOCKER_CONTEXT` or the
    /// CLI's configuration, else `unix:///var/run/docker.sock`. `DOCKER_API_VERSION` sets the API version.
    ///
    /// A tcp address is reached over TLS if `DOCKER_TLS_VERIFY` is not empty, with the certificates in the folder
    /// `DOCKER_CERT_PATH` or that of the CLI's configuration, or if `DOCKER_TLS` is not empty, which does not verify the engine's
    /// certificate; with a context if it says so. It needs the feature `tls`; without it that is an error.
    ///
    /// # Errors
    /// [`Error::Address`] if one of them cannot be used; it says which.
    pub fn connect() -> Result<Self> {
        Engine::find(None)
    }

    /// The engine at an address, reached as `docker --host ADDRESS` would: all but `DOCKER_HOST` and the context is as with
    /// [`connect`](Engine::connect).
    ///
    /// # Errors
    /// [`Error::Address`] if it, or what the environment says, cannot be used.
    pub fn connect_as_host(address: &str) -> Result<Self> {
        Engine::find(Some(address))
    }

    fn find(host: Option<&str>) -> Result<Self> {
        // What is not UTF-8 is no address, and must not pass for a variable that is not set.
        let environment = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        let EngineLocation { address, certificates } = address::find(host, environment)?;
        let engine = Engine::at(address, certificates.map(Tls::from_certificates).transpose()?);
        match environment("DOCKER_API_VERSION").filter(|version| !version.is_empty()) {
            None => Ok(engine),
            Some(version) => match version.parse() {
                Ok(version) => Ok(engine.with_api_version(version)),
                Err(error) => Err(Error::Address { from: "DOCKER_API_VERSION".into(), problem: error.to_string() }),
            },
        }
    }

    /// The engine at an address, whatever the environment says: `unix:///path/to/docker.sock`, `tcp://host:port`. What is
    /// sent to a tcp address is not encrypted, unless `with_tls` follows.
    ///
    /// # Errors
    /// [`Error::Address`] if it is not an address or of a kind that this build does not reach.
    pub fn connect_to(address: &str) -> Result<Self> {
        Ok(Engine::at(address::parse("address", address)?, None))
    }

    fn at(address: Address, tls: Option<Tls>) -> Self {
        let limits = Limits::default();
        let transport = Transport::new(address.clone(), tls.clone(), limits);
        Engine::new(Inner {
            address: Some(address),
            tls,
            limits,
            allow_newer: false,
            version: Negotiation::default(),
            transport,
        })
    }

    /// An engine without an address has nothing to negotiate.
    pub(crate) fn without_address(transport: Transport) -> Self {
        let version = Negotiation::settled(newest());
        let limits = Limits::default();
        Engine::new(Inner { address: None, tls: None, limits, allow_newer: false, version, transport })
    }

    fn new(inner: Inner) -> Self {
        Engine { inner: Arc::new(inner) }
    }

    /// The same engine with other limits, and with connections of its own.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let inner = Arc::unwrap_or_clone(self.inner);
        Engine::new(Inner { limits, ..inner }.reconnected())
    }

    /// The same engine, with connections of its own that are encrypted. Where it is reached by a socket this changes nothing.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.tls = Some(tls).filter(|_| matches!(inner.address, Some(Address::Tcp { .. })));
        Engine::new(inner.reconnected())
    }

    /// How connections are encrypted; `None` if they are not.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&Tls> {
        self.inner.tls.as_ref()
    }

    /// The same engine, called with this API version and never asked for its own.
    #[must_use]
    pub fn with_api_version(self, version: Version) -> Self {
        Engine::new(Inner { version: Negotiation::settled(version), ..Arc::unwrap_or_clone(self.inner) })
    }

    /// The same engine, sent also what its API version does not know. It ignores most of that without a word, or takes it
    /// where a newer engine was asked to speak an old version; otherwise such calls fail with [`Error::Unsupported`].
    #[must_use]
    pub fn allow_newer(self, allow: bool) -> Self {
        Engine::new(Inner { allow_newer: allow, ..Arc::unwrap_or_clone(self.inner) })
    }

    pub(crate) fn allows_newer(&self) -> bool {
        self.inner.allow_newer
    }

    /// Where the engine is, `unix:///var/run/docker.sock`; `canned` for one that is not there.
    #[must_use]
    pub fn address(&self) -> String {
        self.inner.address.as_ref().map_or_else(|| "canned".to_owned(), Address::to_string)
    }

    /// The API version that calls use: the newest that both the engine and this build speak, or the one that was set.
    /// The first call asks the engine (`GET /_ping`); the answer is kept.
    ///
    /// # Errors
    /// [`Error::TooOld`] if the engine speaks none of this build's, and those of every call.
    pub async fn api_version(&self) -> Result<Version> {
        // Boxed, because every call has room for it and only the first needs it.
        self.inner.version.version(async || Box::pin(self.negotiate()).await).await
    }

    /// The API version that calls use, if a call has asked for it already or it was set.
    #[must_use]
    pub fn known_api_version(&self) -> Option<Version> {
        self.inner.version.get()
    }

    /// The newest API version that the engine speaks, if it was asked for. It may be newer than this build.
    #[must_use]
    pub fn newest_api_version(&self) -> Option<Version> {
        self.inner.version.newest()
    }

    /// Sends a request that the table does not know, within the same limits. Its URI is a path without API version:
    /// `/containers/json?all=true`. The path leaves as it is: what is in it must be percent-encoded already.
    ///
    /// # Errors
    /// [`Error::Argument`] if the URI is not a path, [`Error::Api`] if the status of the answer is not 2xx, and those of
    /// every call.
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
    /// With new connections, for settings that these depend on.
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
        shared(&Engine::connect_to("tcp://127.0.0.1:2375").unwrap());
    }

    #[test]
    fn this_build_speaks_the_versions_it_was_generated_for() {
        assert!(oldest() <= newest());
    }

    #[tokio::test]
    async fn settings_do_not_undo_each_other() {
        let version = Version { major: 1, minor: 44 };
        let limits = Limits::default().answer_bytes(7);
        let engine = Engine::connect_to("tcp://127.0.0.1:2375").unwrap();
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
