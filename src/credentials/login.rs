//! A login for a registry, and the JSON that an engine wants of it.

use std::fmt;

use serde_json::{Map, Value};

use crate::sensitive::Sensitive;

/// The user name by which stored logins mark a secret that is an identity token.
const TOKEN_USER: &str = "<token>";

/// A login for a registry. `Debug` shows the user's name only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Login {
    pub(super) username: String,
    pub(super) password: Sensitive,
    pub(super) identity_token: Sensitive,
    pub(super) registry_token: Sensitive,
}

impl Login {
    /// A user and a password, or an access token in its place.
    pub fn password(username: impl Into<String>, password: impl Into<Sensitive>) -> Self {
        Login { username: username.into(), password: password.into(), ..Login::default() }
    }

    /// An identity token, which the engine exchanges for tokens of access.
    pub fn identity_token(token: impl Into<Sensitive>) -> Self {
        Login { identity_token: token.into(), ..Login::default() }
    }

    /// A bearer token, which the engine sends to the registry as it is.
    pub fn registry_token(token: impl Into<Sensitive>) -> Self {
        Login { registry_token: token.into(), ..Login::default() }
    }

    /// The name of the user; empty for a token.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password, else the identity token, else the registry token. [`Sensitive::reveal`] shows it.
    #[must_use]
    pub fn secret(&self) -> &Sensitive {
        let all = [&self.password, &self.identity_token, &self.registry_token];
        all.into_iter().find(|secret| !secret.reveal().is_empty()).unwrap_or(&self.password)
    }

    /// The name and the secret for a client that gets tokens from the registry by itself. An identity token goes before
    /// a password, and without a name; `None` for a registry token, which cannot be exchanged for others.
    #[cfg(feature = "session")]
    pub(crate) fn to_exchange(&self) -> Option<(&str, &Sensitive)> {
        let all = [("", &self.identity_token), (&*self.username, &self.password)];
        all.into_iter().find(|(_, secret)| !secret.reveal().is_empty())
    }

    /// A login as a credential helper answers it.
    pub(super) fn from_helper(username: &str, secret: &str) -> Self {
        match username {
            TOKEN_USER => Login::identity_token(secret),
            _ => Login::password(username, secret),
        }
    }

    /// Adds the registry token of the login in the file, as the docker CLI does to the answer of a helper.
    pub(super) fn with_registry_token_of(self, filed: Option<&Login>) -> Self {
        let registry_token = filed.map(|login| login.registry_token.clone()).unwrap_or_default();
        Login { registry_token, ..self }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Login::default()
    }

    /// The JSON that an engine reads; `server` is the key under which the login is stored.
    pub(super) fn to_json(&self, server: &str) -> Value {
        let parts = [
            ("username", self.username.as_str()),
            ("password", self.password.reveal()),
            ("identitytoken", self.identity_token.reveal()),
            ("registrytoken", self.registry_token.reveal()),
            ("serveraddress", server),
        ];
        let given = parts.into_iter().filter(|(_, text)| !text.is_empty());
        Value::Object(given.map(|(name, text)| (name.to_owned(), text.into())).collect::<Map<_, _>>())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_given_is_sent_and_no_secret_is_shown() {
        let login = Login::password("ada", "hunter2");
        assert_eq!(login.to_json("a:1"), json!({"username": "ada", "password": "hunter2", "serveraddress": "a:1"}));
        assert_eq!(format!("{login:?}"), r#"Login { username: "ada", .. }"#);
        let token = Login::from_helper("<token>", "t");
        assert_eq!(token.to_json("a"), json!({"identitytoken": "t", "serveraddress": "a"}));
        let token = Login::registry_token("r");
        assert_eq!(token.to_json("a"), json!({"registrytoken": "r", "serveraddress": "a"}));
        assert_eq!((login.username(), login.secret().reveal(), token.secret().reveal()), ("ada", "hunter2", "r"));
    }

    #[cfg(feature = "session")]
    #[test]
    fn an_identity_token_is_exchanged_without_a_name_and_a_registry_token_is_not() {
        let both = Login { identity_token: "t".into(), ..Login::password("ada", "hunter2") };
        for (login, expected) in [
            (both, Some(("", "t"))),
            (Login::password("ada", "hunter2"), Some(("ada", "hunter2"))),
            (Login::registry_token("r"), None),
        ] {
            assert_eq!(login.to_exchange().map(|(name, secret)| (name, secret.reveal())), expected);
        }
    }
}
