//! The logins that `docker login` stores, found as the docker CLI finds them: `DOCKER_AUTH_CONFIG`, then a helper, then
//! the file itself. Everything is read anew for each search, as a user may log in at any time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::fs;
use tokio::io::AsyncReadExt;

use super::config::{self, Config};
use super::helper::{Helper, HelperFailure};
use super::login::Login;
use super::search::Search;
use crate::docker_cli;

/// The key of the login for Docker Hub.
pub(super) const HUB_KEY: &str = "https://index.docker.io/v1/";

/// The time for an answer of a helper.
const HELPER_LIMIT: Duration = Duration::from_secs(10);

/// The most bytes of a configuration.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The variable with logins.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// The words for a place without the login.
const NONE: &str = "no such login";

/// The places where the docker CLI keeps logins.
#[derive(Clone)]
pub(super) struct DockerStore {
    /// The folder of `config.json`; `None` if there is no home.
    pub folder: Option<PathBuf>,
    /// The content of `DOCKER_AUTH_CONFIG`.
    pub variable: Option<String>,
    /// The folders with helpers, if not those in `PATH`.
    pub search_path: Option<OsString>,
    /// The time for an answer of a helper.
    pub helper_limit: Duration,
    /// True if a file that tells nothing of logins means the helper of the platform.
    pub asks_platform: bool,
}

impl DockerStore {
    /// The places that the environment names.
    pub fn from_environment() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.to_string_lossy().trim().is_empty());
        let folder = docker_cli::directory(&set);
        let variable = set(VARIABLE).map(|value| value.to_string_lossy().into_owned());
        DockerStore { folder, variable, search_path: None, helper_limit: HELPER_LIMIT, asks_platform: true }
    }

    /// A folder with a `config.json`, and nothing else: the platform's helper has logins that the folder does not hold.
    pub fn from_folder(folder: PathBuf) -> Self {
        let folder = Some(folder);
        DockerStore { folder, variable: None, search_path: None, helper_limit: HELPER_LIMIT, asks_platform: false }
    }

    /// Looks for the login of a key.
    pub async fn find(&self, key: &str) -> Search {
        let mut search = Search::default();
        if let Some(login) = self.variable_logins(&mut search).remove(key) {
            return search.found(key, login, VARIABLE);
        }
        let config = self.config(&mut search).await;
        if let Some(helper) = self.helper(&config, key) {
            match helper.get(key).await {
                Ok(answer) => {
                    let login = answer.clone().unwrap_or_default().with_registry_token_of(config.readable_login(key));
                    if answer.is_some() {
                        return search.found(key, login, &helper.program());
                    }
                    search.tell(format!("{}: {NONE}", helper.program()));
                    return match login.is_empty() {
                        true => search,
                        false => search.found(key, login, &format!("`registrytoken` of {}", self.file_name())),
                    };
                }
                // The CLI goes on to the file.
                Err(failure) => tell_failure(&mut search, &config, &failure),
            }
        }
        let file = self.file_name();
        match config.login(key) {
            Some((stored, Ok(login))) if !login.is_empty() => {
                search.found(stored, login.clone(), &format!("`{stored}` of {file}"))
            }
            Some((stored, Err(problem))) => search.ended(format!("`{stored}` of {file}: {problem}")),
            _ => search.ended(format!("{file}: {NONE}")),
        }
    }

    /// The logins of the variable, by their keys.
    pub fn variable_logins(&self, search: &mut Search) -> BTreeMap<String, Login> {
        match self.variable.as_deref().map(config::parse_variable) {
            None => BTreeMap::new(),
            Some(Ok(logins)) => logins,
            Some(Err(problem)) => {
                search.tell(format!("{VARIABLE}: ignored, {problem}"));
                BTreeMap::new()
            }
        }
    }

    /// The content of the file. One that is missing or cannot be read counts as empty; the search tells the latter.
    pub async fn config(&self, search: &mut Search) -> Config {
        let Some(file) = self.file() else { return Config::default() };
        let problem = match read(&file).await.map(|bytes| Config::parse(&bytes)) {
            Ok(Ok(config)) => return config,
            Ok(Err(error)) => error.to_string(),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Config::default();
            }
            Err(error) => error.to_string(),
        };
        search.tell(format!("{}: not readable, {problem}", file.display()));
        Config::default()
    }

    /// The file, for messages.
    pub fn file_name(&self) -> String {
        self.file().map_or_else(|| "config.json".to_owned(), |file| file.display().to_string())
    }

    fn file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("config.json"))
    }

    /// The helper for a registry.
    pub fn helper(&self, config: &Config, registry: &str) -> Option<Helper> {
        match config.helpers.get(registry) {
            Some(name) => self.named_helper(name),
            None => self.default_helper(config),
        }
    }

    /// The helper for registries without one of their own.
    pub fn default_helper(&self, config: &Config) -> Option<Helper> {
        match &config.default_helper {
            Some(name) => self.named_helper(name),
            None if self.asks_platform && config.is_silent() => self.named_helper(platform_helper()),
            None => None,
        }
    }

    fn named_helper(&self, name: &str) -> Option<Helper> {
        let (limit, search_path) = (self.helper_limit, self.search_path.clone());
        (!name.is_empty()).then(|| Helper { name: name.to_owned(), limit, search_path })
    }
}

/// Tells that a helper failed, unless the platform's is missing, which nobody asked for.
pub(super) fn tell_failure(search: &mut Search, config: &Config, failure: &HelperFailure) {
    if !(config.is_silent() && matches!(failure, HelperFailure::Missing(_))) {
        search.tell(failure.words().to_owned());
    }
}

/// The helper that the CLI uses where nothing was stored yet; empty if it has none.
fn platform_helper() -> &'static str {
    match std::env::consts::OS {
        "macos" => "osxkeychain",
        "windows" => "wincred",
        "linux" if is_on_path("pass") => "pass",
        "linux" => "secretservice",
        _ => "",
    }
}

fn is_on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Reads a file within its limit. A pipe is none.
async fn read(file: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(file).await?.is_file() {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file).await?.take(FILE_BYTES + 1).read_to_end(&mut bytes).await?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(io::Error::other(format!("it has more than {FILE_BYTES} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
