//! A search for logins: the logins that were found, and the places where it looked, in words without any secret.

use std::collections::BTreeMap;

use serde_json::Value;

use super::login::Login;
use crate::reply::readable;

/// The most bytes of the words on one place.
const WORDS_BYTES: usize = 500;

/// A search for logins.
#[derive(Default)]
pub(crate) struct Search {
    /// The logins by their keys, which engines know as addresses of servers.
    logins: BTreeMap<String, Login>,
    /// The words for each place that was asked: its login, or why it had none.
    account: Vec<String>,
}

/// The logins that there are, without their secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginSurvey {
    /// The keys of the logins, `ghcr.io`, `https://index.docker.io/v1/`.
    pub registries: Vec<String>,
    /// The problems of helpers and files, each on one line.
    pub problems: Vec<String>,
}

impl Search {
    /// Ends the search with a login.
    pub fn found(mut self, key: &str, login: Login, place: &str) -> Self {
        self.add(key.to_owned(), login);
        self.ended(format!("{place}: found"))
    }

    /// Ends the search.
    pub fn ended(mut self, words: String) -> Self {
        self.tell(words);
        self
    }

    /// Goes on with another search.
    pub fn then(mut self, next: Search) -> Self {
        self.logins.extend(next.logins);
        next.account.into_iter().for_each(|words| self.tell(words));
        self
    }

    /// Adds a login in place of an earlier one for this key. An empty one takes that away.
    pub fn add(&mut self, key: String, login: Login) {
        match login.is_empty() {
            true => self.logins.remove(&key),
            false => self.logins.insert(key, login),
        };
    }

    /// Keeps the logins whose keys pass a test.
    pub fn retain(&mut self, test: impl Fn(&str) -> bool) {
        self.logins.retain(|key, _| test(key));
    }

    /// Keeps the logins that can be exchanged for tokens.
    #[cfg(feature = "session")]
    pub fn retain_exchangeable(&mut self) {
        let count = self.logins.len();
        self.logins.retain(|_, login| login.to_exchange().is_some());
        if self.logins.len() < count {
            self.tell("it is a registry token, and BuildKit takes passwords and identity tokens only".to_owned());
        }
    }

    /// Adds words on a place.
    pub fn tell(&mut self, words: String) {
        // Keys and paths may hold anything.
        let words = readable(&words, WORDS_BYTES);
        if !self.account.contains(&words) {
            self.account.push(words);
        }
    }

    /// The JSON of the login, if one was found.
    pub fn login(&self) -> Option<Value> {
        self.logins.first_key_value().map(|(key, login)| login.to_json(key))
    }

    /// The login, if one was found.
    pub fn into_login(self) -> Option<Login> {
        self.logins.into_values().next()
    }

    /// The JSON of all logins, by their keys; `None` if there are none.
    pub fn all(&self) -> Option<Value> {
        let logins = self.logins.iter().map(|(key, login)| (key.clone(), login.to_json(key)));
        (!self.logins.is_empty()).then(|| Value::Object(logins.collect()))
    }

    /// The keys of the logins, and what the places said.
    pub fn survey(self) -> LoginSurvey {
        LoginSurvey { registries: self.logins.into_keys().collect(), problems: self.account }
    }

    /// Tells in words if a login was sent, and the places that were asked.
    pub fn account(&self) -> String {
        let sent = match self.logins.len() {
            0 => "no stored login was sent",
            _ => "a stored login was sent",
        };
        [sent].into_iter().chain(self.account.iter().map(String::as_str)).collect::<Vec<_>>().join("; ")
    }
}
