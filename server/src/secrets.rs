//! Hides secrets and removes invisible characters: JSON values and texts come in, and go out with a marker in place of
//! each secret. Secrets are known by the names before them and by their own shape; `--show-secrets` shows them. This is
//! an aid and no wall: a secret without a telling name or shape is not found.

mod assigned;
mod commands;
mod encoded;
mod environment;
mod extents;
pub mod files;
pub mod keys;
mod names;
mod redact;
mod rules;
mod safe;
mod shapes;
mod texts;
mod tokens;
mod urls;
mod values;
pub mod visible;

use serde_json::Value;

pub use environment::hide_environment;
pub use names::looks_secret;
pub use redact::{redact_text, redact_value};
pub use rules::MARKER;
pub use safe::Safe;

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
    fn secrets_lose_their_data_and_configs_keep_harmless_data() {
        let mut secret = json!({"Spec": {"Name": "s", "Data": "cGFzcw=="}});
        let mut config = secret.clone();
        redact_value(&mut secret, "Secret");
        redact_value(&mut config, "Config");
        assert_eq!((&secret["Spec"]["Data"], &config["Spec"]["Data"]), (&json!(MARKER), &json!("cGFzcw==")));
    }
}
