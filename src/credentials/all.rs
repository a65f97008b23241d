//! All stored logins, for an engine that chooses among them itself.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::config::Config;
use super::docker::{DockerStore, tell_failure};
use super::helper::{Helper, HelperFailure};
use super::login::Login;
use super::search::Search;

/// The time for all answers of helpers together.
const LIMIT: Duration = Duration::from_secs(30);

/// The most logins of a helper, and of the helpers of registries together.
const MAX_LOGINS: usize = 100;

impl DockerStore {
    /// All logins: those of the default helper, or else of the file; those of the helpers of registries; those of the
    /// variable. Later ones replace earlier ones.
    pub async fn all(&self) -> Search {
        let mut search = Search::default();
        let variable = self.variable_logins(&mut search);
        let config = self.config(&mut search).await;
        let mut helpers = Helpers { until: Instant::now() + LIMIT, silent: BTreeSet::new() };
        match self.default_helper(&config) {
            Some(helper) => match helpers.list(&helper, &config, &mut search).await {
                Some(servers) => {
                    tell_excess(&helper.program(), servers.len(), &mut search);
                    for server in servers.iter().take(MAX_LOGINS) {
                        let filed = config.logins.get(server).and_then(|login| login.as_ref().ok());
                        helpers.add(&helper, server, filed, &config, &mut search).await;
                    }
                }
                None => add_file(&config, &self.file_name(), &mut search),
            },
            None => add_file(&config, &self.file_name(), &mut search),
        }
        let own: Vec<_> = config.helpers.keys().filter_map(|key| Some((key, self.helper(&config, key)?))).collect();
        tell_excess("credHelpers", own.len(), &mut search);
        for (registry, helper) in own.into_iter().take(MAX_LOGINS) {
            helpers.add(&helper, registry, config.readable_login(registry), &config, &mut search).await;
        }
        variable.into_iter().for_each(|(key, login)| search.add(key, login));
        search
    }
}

/// Tells that not all logins of a place are asked for.
fn tell_excess(place: &str, logins: usize, search: &mut Search) {
    if logins > MAX_LOGINS {
        search.tell(format!("{place}: {MAX_LOGINS} of {logins} logins are sent"));
    }
}

/// Adds the logins of the file.
fn add_file(config: &Config, file: &str, search: &mut Search) {
    for (key, login) in &config.logins {
        match login {
            Ok(login) if !login.is_empty() => search.add(key.clone(), login.clone()),
            Ok(_) => {}
            Err(problem) => search.tell(format!("`{key}` of {file}: {problem}")),
        }
    }
}

/// The helpers that are asked for all logins.
struct Helpers {
    /// The end of their time.
    until: Instant,
    /// Helpers that did not answer, and are not asked again.
    silent: BTreeSet<String>,
}

impl Helpers {
    async fn list(&mut self, helper: &Helper, config: &Config, search: &mut Search) -> Option<Vec<String>> {
        let listed = helper.list().await;
        self.heed(listed, helper, config, search)
    }

    /// Adds the login for a server, or takes away that of another place if the helper has none.
    async fn add(
        &mut self,
        helper: &Helper,
        server: &str,
        filed: Option<&Login>,
        config: &Config,
        search: &mut Search,
    ) {
        if self.silent.contains(&helper.name) || Instant::now() > self.until {
            return search.tell(format!("{}: not asked for every login", helper.program()));
        }
        let answer = helper.get(server).await;
        let Some(login) = self.heed(answer, helper, config, search) else { return };
        search.add(server.to_owned(), login.unwrap_or_default().with_registry_token_of(filed));
    }

    /// The answer of a helper; tells of its failure.
    fn heed<T>(
        &mut self,
        answer: Result<T, HelperFailure>,
        helper: &Helper,
        config: &Config,
        search: &mut Search,
    ) -> Option<T> {
        let failure = match answer {
            Ok(answer) => return Some(answer),
            Err(failure) => failure,
        };
        if matches!(failure, HelperFailure::Silent(_)) {
            self.silent.insert(helper.name.clone());
        }
        tell_failure(search, config, &failure);
        None
    }
}
