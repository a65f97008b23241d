//! Hides secrets and removes invisible characters: JSON values and texts come in, and go out with a marker in place of
//! each secret. Doubtful values are hidden; `--show-secrets` shows them.

mod names;
mod safe;
mod texts;
pub mod visible;

use std::borrow::Cow;

use serde_json::Value;

pub use names::{MARKER, looks_secret};
pub use safe::Safe;

/// Members that hold a credential wherever they stand, in lower case.
const SECRET_MEMBERS: &[&str] = &[
    "auth",
    "identitytoken",
    "password",
    "privatekey",
    "registryauth",
    "registrytoken",
    "signingcakey",
    "token",
    "unlockkey",
    "x-registry-auth",
];

/// Members that hold a secret in the operations of one tag only.
const SECRET_MEMBERS_OF_TAG: &[(&str, &str)] = &[("Secret", "Data")];

/// Members whose objects have keys of the user's: a key that looks secret has a secret value.
const MAPS: &[&str] = &["annotations", "buildargs", "config", "driveropts", "env", "labels", "options", "opts"];

/// Hides every secret in `value`, which belongs to an operation of this tag.
pub fn redact_value(value: &mut Value, tag: &str) {
    redact_member("", value, tag);
}

/// Hides every secret in `text`: credentials in URLs, values of variables and options whose names look secret, tokens
/// of a swarm, private keys.
#[must_use]
pub fn redact_text(text: &str) -> Cow<'_, str> {
    texts::hide(text)
}

/// Counts the hidden secrets in `text`.
#[must_use]
pub fn count(text: &str) -> usize {
    text.matches(MARKER).count()
}

/// Tells whether `value` contains a marker: it then comes from a reply, and must not be written back to the engine.
#[must_use]
pub fn holds_marker(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MARKER),
        Value::Array(items) => items.iter().any(holds_marker),
        Value::Object(members) => members.iter().any(|(key, value)| key.contains(MARKER) || holds_marker(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn redact_member(name: &str, value: &mut Value, tag: &str) {
    match value {
        Value::String(text) => replace(text, texts::hide),
        Value::Array(items) => {
            for item in items {
                match item {
                    // `Env`, and the arguments of a command: one variable or option each.
                    Value::String(text) => replace(text, texts::hide_argument),
                    _ => redact_member("", item, tag),
                }
            }
        }
        Value::Object(members) => {
            let has_free_keys = MAPS.contains(&name.to_ascii_lowercase().as_str());
            for (key, value) in members {
                if is_secret(key, tag) || has_free_keys && looks_secret(key) {
                    hide_whole(value);
                }
                redact_member(key, value, tag);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_secret(key: &str, tag: &str) -> bool {
    SECRET_MEMBERS.contains(&key.to_ascii_lowercase().as_str()) || SECRET_MEMBERS_OF_TAG.contains(&(tag, key))
}

/// Hides a value whose name looks secret. An empty text is no secret, and the members of an object are checked by their
/// names.
fn hide_whole(value: &mut Value) {
    match value {
        Value::String(text) if text.is_empty() => {}
        Value::String(_) | Value::Number(_) => *value = MARKER.into(),
        Value::Array(items) => items.iter_mut().for_each(hide_whole),
        Value::Object(_) | Value::Null | Value::Bool(_) => {}
    }
}

fn replace(text: &mut String, hide: fn(&str) -> Cow<'_, str>) {
    if let Cow::Owned(hidden) = hide(text) {
        *text = hidden;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redacted(mut document: Value) -> Value {
        redact_value(&mut document, "Container");
        document
    }

    #[test]
    fn variables_that_look_secret_keep_their_name_and_lose_their_value() {
        let env = json!({"Config": {"Env": ["DB_PASSWORD=two words", "PATH=/bin", "API_KEY=", "KEYBOARD=us"]}});
        let hidden = json!({"Config": {"Env": [
            "DB_PASSWORD=[redacted by dockwright]", "PATH=/bin", "API_KEY=", "KEYBOARD=us"
        ]}});
        assert_eq!(redacted(env), hidden);
    }

    #[test]
    fn labels_and_options_that_look_secret_lose_their_value() {
        let labels = json!({"Labels": {"com.example.api-token": "abc", "version": "1"},
            "LogConfig": {"Config": {"splunk-token": "x"}}});
        let hidden = json!({"Labels": {"com.example.api-token": MARKER, "version": "1"},
            "LogConfig": {"Config": {"splunk-token": MARKER}}});
        assert_eq!(redacted(labels), hidden);
    }

    #[test]
    fn names_of_secrets_stay() {
        let names = json!({"Secrets": [{"SecretID": "s1", "SecretName": "db-password", "File": {"Name": "db"}}],
            "Authorization": ["plugin"], "Config": {"Tty": false, "Image": "token-server"}});
        assert_eq!(redacted(names.clone()), names);
    }

    #[test]
    fn credentials_are_hidden_at_any_depth() {
        let answer = json!({"auths": {"registry": {"auth": "dXNlcjpwdw==", "identitytoken": "t"}}, "Password": "pw",
            "JoinTokens": {"Worker": "SWMTKN-1-abc-def", "Manager": "SWMTKN-1-abc-xyz"}, "UnlockKey": "SWMKEY-1-q"});
        let text = redacted(answer).to_string();
        assert_eq!(count(&text), 6);
        for secret in ["dXNl", "\"t\"", "\"pw\"", "SWM", "xyz"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }

    #[test]
    fn secrets_lose_their_data_and_configs_keep_it() {
        let mut secret = json!({"Spec": {"Name": "s", "Data": "cGFzcw=="}});
        let mut config = secret.clone();
        redact_value(&mut secret, "Secret");
        redact_value(&mut config, "Config");
        assert_eq!((&secret["Spec"]["Data"], &config["Spec"]["Data"]), (&json!(MARKER), &json!("cGFzcw==")));
    }
}
