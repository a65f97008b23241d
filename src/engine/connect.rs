//! The ways to an engine: by the settings of the docker CLI, or by an address.

use std::sync::Arc;

use super::{Engine, Inner};
use crate::address::{self, Choice, EngineLocation};
use crate::error::{Error, Result};
use crate::tls::Tls;

/// Ways to an engine.
impl Engine {
    /// The engine that the docker CLI uses: the one in `DOCKER_HOST`, else in the context of `DOCKER_CONTEXT` or of the
    /// CLI's configuration, else at `unix:///var/run/docker.sock`, on Windows at `npipe:////./pipe/docker_engine`.
    /// `DOCKER_API_VERSION` sets the API version. The configuration's `HttpHeaders` are sent with every request.
    ///
    /// If the socket of that default does not exist, a socket of this user is taken at which Docker Desktop, OrbStack,
    /// Colima, Rancher Desktop, rootless Docker or Podman listens; [`address_origin`](Engine::address_origin) says
    /// which. A part of the configuration that cannot be read is ignored, as by the CLI, with a
    /// [warning](Engine::warnings).
    ///
    /// A tcp address is reached over TLS if `DOCKER_TLS_VERIFY` is not empty, or if `DOCKER_TLS` is not empty, which
    /// does not verify the engine's certificate. The certificates are in the folder `DOCKER_CERT_PATH`, or in that of
    /// the CLI's configuration. A context may ask for TLS too. TLS needs the feature `tls`; without it, asking for TLS
    /// is an error.
    ///
    /// # Errors
    /// [`Error::Address`] if one of these settings cannot be used.
    pub fn from_env() -> Result<Self> {
        Engine::find(Choice::Unnamed)
    }

    /// The former name of [`from_env`](Engine::from_env).
    ///
    /// # Errors
    /// Fails as [`from_env`](Engine::from_env) does.
    #[deprecated(since = "0.2.0", note = "it is called `Engine::from_env` now")]
    pub fn connect() -> Result<Self> {
        Engine::from_env()
    }

    /// The engine at an address, as by `docker --host ADDRESS`: like [`from_env`](Engine::from_env), but without
    /// `DOCKER_HOST` and contexts.
    ///
    /// # Errors
    /// [`Error::Address`] if the address or the environment cannot be used.
    pub fn connect_as_host(address: &str) -> Result<Self> {
        Engine::find(Choice::Host(address))
    }

    /// The engine of a context of the docker CLI, as by `docker --context NAME`: like [`from_env`](Engine::from_env),
    /// but without `DOCKER_CONTEXT` and, unless the context is `default`, without `DOCKER_HOST`.
    ///
    /// # Errors
    /// [`Error::Address`] if there is no such context, or if it or the environment cannot be used.
    pub fn connect_as_context(name: &str) -> Result<Self> {
        Engine::find(Choice::Context(name))
    }

    fn find(choice: Choice<'_>) -> Result<Self> {
        // A value that is not UTF-8 must be refused as an address, and not pass for an unset variable.
        let environment = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        let EngineLocation { address, origin, certificates, headers, warnings } = address::find(choice, environment)?;
        for warning in &warnings {
            tracing::warn!(target: "dockwright::address", "{warning}");
        }
        let engine = Engine::for_address(address, origin, certificates.map(Tls::from_certificates).transpose()?);
        let inner = Arc::unwrap_or_clone(engine.with_headers(&headers).inner);
        let engine = Engine::new(Inner { warnings, ..inner });
        match environment("DOCKER_API_VERSION").filter(|version| !version.trim().is_empty()) {
            None => Ok(engine),
            Some(version) => match version.parse() {
                Ok(version) => Ok(engine.with_api_version(version)),
                Err(error) => Err(Error::Address { from: "DOCKER_API_VERSION".into(), problem: error.to_string() }),
            },
        }
    }

    /// The engine at an address, regardless of the environment: `unix:///path/to/docker.sock`, `tcp://host:port`,
    /// `ssh://user@host` ([ways to an engine](crate::guide::reach)). A tcp connection is not encrypted unless
    /// `with_tls` follows.
    ///
    /// # Errors
    /// [`Error::Address`] if it is not an address, or of a kind that this build does not support.
    pub fn at(address: &str) -> Result<Self> {
        Ok(Engine::for_address(address::parse("address", address)?, "address".to_owned(), None))
    }

    /// The former name of [`at`](Engine::at).
    ///
    /// # Errors
    /// Fails as [`at`](Engine::at) does.
    #[deprecated(since = "0.2.0", note = "it is called `Engine::at` now")]
    pub fn connect_to(address: &str) -> Result<Self> {
        Engine::at(address)
    }
}
