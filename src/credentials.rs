//! Logins for registries: given by a program, or found where `docker login` keeps them. The name of a registry comes
//! in, a login and the account of the search go out. It knows no request.

mod all;
mod config;
mod docker;
mod helper;
mod login;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

pub use login::Login;
pub use search::LoginSurvey;

use crate::registry::{HUB, HUB_ALIAS};
use docker::{DockerStore, HUB_KEY};
pub(crate) use search::Search;

/// Logins for registries, which an [`Engine`](crate::Engine) sends with the calls that take one
/// ([`with_credentials`](crate::Engine::with_credentials)). `Debug` shows no secret.
///
/// ```
/// use dockwright::{Credentials, Engine, Login};
///
/// # fn example(token: &str) -> dockwright::Result<()> {
/// let stored = Credentials::from_docker_config();
/// let engine = Engine::from_env()?.with_credentials(stored.with_login("ghcr.io", Login::password("ada", token)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Credentials {
    /// The logins of the program, by registry.
    given: BTreeMap<String, Login>,
    source: Source,
    /// The registries for which logins are sent; `None` for all.
    only: Option<BTreeSet<String>>,
}

#[derive(Clone, Default)]
enum Source {
    #[default]
    None,
    Environment,
    Store(DockerStore),
}

impl Credentials {
    /// No logins.
    #[must_use]
    pub fn none() -> Self {
        Credentials::default()
    }

    /// The logins that the docker CLI uses: those of `DOCKER_AUTH_CONFIG`, those of the credential helpers and those of
    /// the `config.json` in `DOCKER_CONFIG`, else in `.docker` of the user's home.
    ///
    /// Nothing is read before a call needs a login, and then anew each time. A helper is a program,
    /// `docker-credential-NAME` on `PATH`, and has ten seconds; one that fails does not stop the call, and is named in
    /// [`Error::Login`](crate::Error::Login) if the registry then refuses.
    #[must_use]
    pub fn from_docker_config() -> Self {
        Credentials { source: Source::Environment, ..Credentials::default() }
    }

    /// The logins that the `config.json` in this folder holds or names helpers for. Without such a login no program is
    /// run, not even the platform's helper, which has this user's logins.
    #[must_use]
    pub fn from_folder(folder: impl Into<PathBuf>) -> Self {
        Credentials { source: Source::Store(DockerStore::from_folder(folder.into())), ..Credentials::default() }
    }

    /// Adds a login for a registry: `ghcr.io`, `localhost:5000`, `docker.io` for Docker Hub. It goes before a stored
    /// one.
    #[must_use]
    pub fn with_login(mut self, registry: &str, login: Login) -> Self {
        let registry = match registry {
            HUB_KEY | HUB_ALIAS => HUB.to_owned(),
            registry => registry.to_ascii_lowercase(),
        };
        self.given.insert(registry, login);
        self
    }

    /// Sends logins for these registries only: `ghcr.io`, `localhost:5000`, `docker.io`. No others are looked for, but
    /// for a build, which takes them all: those of others are then left out.
    #[must_use]
    pub fn only_for(mut self, registries: impl IntoIterator<Item = String>) -> Self {
        let registries: BTreeSet<_> = registries.into_iter().map(|registry| registry.to_ascii_lowercase()).collect();
        self.only = Some(match self.only {
            Some(only) => only.intersection(&registries).cloned().collect(),
            None => registries,
        });
        self
    }

    /// Looks for the login of one registry, as a call does: `ghcr.io`, `localhost:5000`, `docker.io` for Docker Hub.
    /// `None` if there is none; [`survey`](Credentials::survey) tells the problems of helpers and files.
    ///
    /// ```no_run
    /// # async fn example() {
    /// let stored = dockwright::Credentials::from_docker_config();
    /// if let Some(login) = stored.login_for("ghcr.io").await {
    ///     println!("logged in as {}", login.username());
    /// }
    /// # }
    /// ```
    pub async fn login_for(&self, registry: &str) -> Option<Login> {
        let registry = if matches!(registry, HUB_KEY | HUB_ALIAS) { HUB } else { registry };
        self.find(registry).await.into_login()
    }

    /// Looks for all logins, as a build does, for a program that shows what there is.
    pub async fn survey(&self) -> LoginSurvey {
        self.all().await.survey()
    }

    /// Returns true if there can be no login.
    pub(crate) fn are_none(&self) -> bool {
        self.given.is_empty() && matches!(self.source, Source::None)
    }

    /// Looks for the login of a registry, named as by [`registry_as_written`](crate::registry::registry_as_written). A
    /// stored one may have the letters of the name, as those that the docker CLI sends, or small ones.
    pub(crate) async fn find(&self, registry: &str) -> Search {
        let small = registry.to_ascii_lowercase();
        if !self.is_for(&small) {
            return Search::default().ended("this program: no login may be sent there".to_owned());
        }
        if let Some(login) = self.given.get(&small) {
            return Search::default().found(key(&small), login.clone(), "this program");
        }
        let Some(store) = self.store() else {
            return Search::default().ended("this program: no such login".to_owned());
        };
        let search = store.find(key(registry)).await;
        if search.login().is_some() || small == registry {
            return search;
        }
        search.then(store.find(&small).await)
    }

    /// All logins.
    pub(crate) async fn all(&self) -> Search {
        let mut search = match self.store() {
            Some(store) => store.all().await,
            None => Search::default(),
        };
        self.given.iter().for_each(|(registry, login)| search.add(key(registry).to_owned(), login.clone()));
        search.retain(|key| self.is_for(&registry_of_key(key)));
        search
    }

    /// Returns true if logins for a registry may be sent.
    fn is_for(&self, registry: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(registry))
    }

    fn store(&self) -> Option<DockerStore> {
        match &self.source {
            Source::None => None,
            Source::Environment => Some(DockerStore::from_environment()),
            Source::Store(store) => Some(store.clone()),
        }
    }
}

/// The key under which logins for a registry are stored.
fn key(registry: &str) -> &str {
    if registry == HUB { HUB_KEY } else { registry }
}

/// The registry of a key, which may be the address of a server: `https://ghcr.io/v2/`.
fn registry_of_key(key: &str) -> String {
    let address = key.split_once("://").map_or(key, |(_, address)| address);
    let host = address.split('/').next().unwrap_or_default().to_ascii_lowercase();
    if host == HUB_ALIAS { HUB.to_owned() } else { host }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.store().map(|store| store.file_name());
        f.debug_struct("Credentials")
            .field("given", &self.given)
            .field("file", &file)
            .field("only", &self.only)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn logins_of_other_registries_are_neither_found_nor_sent_with_builds() {
        let mut all = Credentials::none();
        for registry in ["ghcr.io", "docker.io", "quay.io:443", "https://old.example/v1/"] {
            all = all.with_login(registry, Login::password("ada", "pw"));
        }
        let some = all.clone().only_for(["GHCR.io", "docker.io", "old.example"].map(str::to_owned));
        assert_eq!(all.survey().await.registries.len(), 4);
        let sent = some.survey().await.registries;
        assert_eq!(sent, ["ghcr.io", HUB_KEY, "https://old.example/v1/"]);
        assert!(some.find("ghcr.io").await.login().is_some() && some.find("quay.io:443").await.login().is_none());
        let none = some.only_for(["quay.io:443".to_owned()]);
        assert!(none.survey().await.registries.is_empty(), "a second bound only narrows");
    }
}
