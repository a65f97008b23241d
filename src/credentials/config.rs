//! The docker CLI's `config.json` and its variable `DOCKER_AUTH_CONFIG` in, the logins and helpers that they name out.
//! A part that cannot be read spoils no other.

use std::collections::BTreeMap;

use super::login::Login;
use crate::docker_cli::CliJson;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Standard base64, as Go reads it: the last bits may be anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The words for an `auth` that is not `user:password` in base64.
const BROKEN_AUTH: &str = "its `auth` is not `user:password` in base64";

/// The logins and helpers of a `config.json`.
#[derive(Default)]
pub(super) struct Config {
    /// The stored logins by their keys. One that cannot be read is a problem, in words without its value.
    pub logins: BTreeMap<String, Result<Login, &'static str>>,
    /// The names of helpers by registry. An empty name means none.
    pub helpers: BTreeMap<String, String>,
    /// The name of the helper for all other registries.
    pub default_helper: Option<String>,
}

impl Config {
    /// Reads a file's content. Bytes behind the first JSON value are ignored, as by the CLI.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let content =
            CliJson::first(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?.object().unwrap_or_default();
        let entries = |name| content.entries(name).unwrap_or_default().into_iter();
        let default = content.text("credsStore").ok().filter(|name| !name.is_empty());
        let named = |(key, helper): (&str, &CliJson)| match helper {
            CliJson::Text(helper) => Some((key.to_owned(), helper.clone())),
            _ => None,
        };
        Ok(Config {
            logins: entries("auths").map(|(key, entry)| (key.to_owned(), login(entry))).collect(),
            helpers: entries("credHelpers").filter_map(named).collect(),
            default_helper: default.map(str::to_owned),
        })
    }

    /// The stored login for a registry, with its key: exactly this one, else the first that is an address of it.
    pub fn login(&self, key: &str) -> Option<(&str, &Result<Login, &'static str>)> {
        let exact = self.logins.get_key_value(key);
        let found = exact.or_else(|| self.logins.iter().find(|(stored, _)| host(stored) == key));
        found.map(|(stored, login)| (stored.as_str(), login))
    }

    /// The stored login for a registry, if it can be read.
    pub fn readable_login(&self, key: &str) -> Option<&Login> {
        self.login(key)?.1.as_ref().ok()
    }

    /// True if it tells nothing of logins, so that the CLI looks for a helper of the platform.
    pub fn is_silent(&self) -> bool {
        self.logins.is_empty() && self.helpers.is_empty() && self.default_helper.is_none()
    }
}

/// The logins in `DOCKER_AUTH_CONFIG`, by their keys. Like the CLI, it reads all of them or none: each is an `auth` and
/// nothing else.
pub(super) fn parse_variable(text: &str) -> Result<BTreeMap<String, Login>, &'static str> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<CliJson>();
    let value = values.next().transpose().map_err(|_| "not JSON")?.unwrap_or_default();
    if values.next().is_some() {
        return Err("more than one JSON value");
    }
    let content = value.object().ok().filter(|content| content.has_only("auths")).ok_or("another key than `auths`")?;
    let read = |(key, entry): (&str, &CliJson)| match entry {
        CliJson::Object(fields) if !fields.has_only("auth") => Err("a login with another key than `auth`"),
        CliJson::Object(fields) if fields.text("auth").is_ok_and(|auth| !auth.is_empty()) => {
            login(entry).map(|login| (key.to_owned(), login))
        }
        _ => Err("a login without `auth`"),
    };
    content.entries("auths").unwrap_or_default().into_iter().map(read).collect()
}

fn login(entry: &CliJson) -> Result<Login, &'static str> {
    let CliJson::Object(fields) = entry else { return Ok(Login::default()) };
    let text = |name| fields.text(name).unwrap_or_default();
    let (username, password) = match text("auth") {
        "" => (text("username").to_owned(), text("password").to_owned()),
        auth => user_and_password(auth).ok_or(BROKEN_AUTH)?,
    };
    let (identity_token, registry_token) = (text("identitytoken").into(), text("registrytoken").into());
    Ok(Login { username, password: password.into(), identity_token, registry_token })
}

fn user_and_password(auth: &str) -> Option<(String, String)> {
    let decoded = BASE64.decode(auth.replace(['\r', '\n'], "")).ok()?;
    let decoded = String::from_utf8_lossy(&decoded);
    let (user, password) = decoded.split_once(':').filter(|(user, _)| !user.is_empty())?;
    Some((user.to_owned(), password.trim_matches('\0').to_owned()))
}

/// The host and port in a key, without a scheme and a path: old files have addresses as keys.
fn host(key: &str) -> &str {
    let rest = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    rest.split_once('/').map_or(rest, |(host, _)| host)
}

#[cfg(test)]
mod tests;
