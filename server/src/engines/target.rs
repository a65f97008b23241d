//! One engine of a server, as its settings describe it.

use std::path::PathBuf;
use std::sync::Arc;

use dockwright::{Credentials, Engine, Error, Result, Version};

use crate::catalogue::exposure::Exposure;
use crate::settings::Settings;

/// One engine: its name, its address, and the settings for calls to it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name; `None` for the only engine of a server whose settings name none.
    pub name: Option<Arc<str>>,
    /// The way to it.
    pub address: Address,
    /// The folder of its certificates, if it has one of its own.
    pub certificates: Option<PathBuf>,
    /// The API version of calls, if the engine is not to be asked.
    pub api_version: Option<Version>,
    /// The server's settings, narrowed for this engine.
    pub settings: Arc<Settings>,
    /// The tools that may be called on it.
    pub exposure: Arc<Exposure>,
}

/// The setting that leads to an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The docker CLI's own settings.
    Found,
    /// An address.
    Host(String),
    /// A context of the docker CLI.
    Context(String),
}

impl Target {
    /// An engine with the settings of the whole server.
    #[must_use]
    pub fn new(name: Option<Arc<str>>, address: Address, settings: Arc<Settings>, exposure: Arc<Exposure>) -> Self {
        Target { name, address, certificates: None, api_version: None, settings, exposure }
    }

    /// Makes the engine, which connects with its first call.
    ///
    /// # Errors
    /// [`dockwright::Error::Address`], if its address or its certificates cannot be used.
    pub fn engine(&self) -> Result<Engine> {
        let engine = match (&self.address, &self.certificates) {
            (Address::Host(address), Some(_)) => Engine::at(address),
            (Address::Host(address), None) => Engine::connect_as_host(address),
            (Address::Context(name), _) => Engine::connect_as_context(name),
            (Address::Found, _) => Engine::from_env(),
        };
        let engine = engine.map_err(|error| self.named(error))?;
        Ok(self.configured(self.encrypted(engine)?).with_credentials(self.logins()))
    }

    /// The stored logins of the registries that the engine may be made to ask.
    fn logins(&self) -> Credentials {
        let stored = Credentials::from_docker_config();
        match self.exposure.registries() {
            _ if self.settings.no_credentials => Credentials::none(),
            Some(registries) => stored.only_for(registries),
            None => stored,
        }
    }

    /// Names the engine where an error would say no more than that an address is wrong.
    fn named(&self, error: Error) -> Error {
        match (error, &self.address, &self.name) {
            (Error::Address { problem, .. }, Address::Host(_), Some(name)) => {
                Error::Address { from: format!("engine `{name}`"), problem }
            }
            (error, _, _) => error,
        }
    }

    /// An engine with the version and the strictness of this one.
    #[must_use]
    pub fn configured(&self, engine: Engine) -> Engine {
        let engine = engine.allow_newer(self.settings.allow_newer);
        match self.api_version {
            Some(version) => engine.with_api_version(version),
            None => engine,
        }
    }

    #[cfg(feature = "tls")]
    fn encrypted(&self, engine: Engine) -> Result<Engine> {
        Ok(match &self.certificates {
            Some(folder) => engine.with_tls(dockwright::Tls::from_folder(folder)?),
            None => engine,
        })
    }

    #[cfg(not(feature = "tls"))]
    fn encrypted(&self, engine: Engine) -> Result<Engine> {
        match &self.certificates {
            Some(folder) => Err(Error::Address {
                from: folder.display().to_string(),
                problem: "this build has no TLS (feature `tls`)".to_owned(),
            }),
            None => Ok(engine),
        }
    }
}
