//! Recognises names of variables, labels and options with secret values. Holds the marker that replaces a secret.

/// Replaces a secret, and reveals nothing about it, not even its length.
pub const MARKER: &str = "[redacted by dockwright]";

/// Endings of words in names of secrets: `PGPASSWORD`, `authToken`, `AWS_SECRET_ACCESS_KEY`.
const ENDINGS: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "accesskey"];

/// Whole words in names of secrets. Longer words that begin alike are harmless (`KEYBOARD`).
const WORDS: &[&str] = &["key", "auth", "private", "dsn", "pass"];

/// Last words of names whose value is a location and not a secret.
const PLACES: &[&str] = &["file", "path", "dir", "sock"];

/// Tells whether a variable, label or option of this name probably has a secret value.
///
/// ```
/// # use dockwright_server::secrets::looks_secret;
/// assert!(looks_secret("POSTGRES_PASSWORD") && looks_secret("com.example.apiKey"));
/// assert!(!looks_secret("KEYBOARD") && !looks_secret("SSH_PUBLIC_KEY") && !looks_secret("POSTGRES_PASSWORD_FILE"));
/// ```
#[must_use]
pub fn looks_secret(name: &str) -> bool {
    let words = words(name);
    if words.last().is_some_and(|last| PLACES.contains(&last.as_str())) {
        return false;
    }
    let public = words.iter().any(|word| word == "public" || word == "pub");
    let is_secret = |word: &str| {
        ENDINGS.iter().any(|ending| word.ends_with(ending)) || WORDS.contains(&word) && !(public && word == "key")
    };
    words.iter().enumerate().any(|(index, word)| {
        let plural = word.strip_suffix('s').is_some_and(is_secret);
        // `PWD` alone is the working directory.
        is_secret(word) || plural || word == "pwd" && index > 0
    })
}

/// Splits a name (`SNAKE_CASE`, `kebab-case`, `dotted` or `camelCase`) into words in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for character in name.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if (begins || !character.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_look_secret() {
        for name in [
            "PASSWORD",
            "db_passwd",
            "PGPASSWORD",
            "MYSQL_PWD",
            "DB_PASS",
            "SECRET_KEY_BASE",
            "AWS_ACCESS_KEY_ID",
            "GITHUB_TOKEN",
            "authToken",
            "API_KEYS",
            "apikey",
            "REGISTRY_AUTH",
            "PRIVATE",
            "SENTRY_DSN",
            "GOOGLE_CREDENTIALS",
            "traefik.auth",
            "requirepass-password",
        ] {
            assert!(looks_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_do_not_look_secret() {
        for name in [
            "KEYBOARD",
            "PUBLIC_KEY",
            "PWD",
            "OLDPWD",
            "AUTHOR",
            "SSH_AUTH_SOCK",
            "TOKENIZERS_PARALLELISM",
            "MONKEY",
            "BYPASS",
            "COMPASS_URL",
            "POSTGRES_PASSWORD_FILE",
            "org.opencontainers.image.authors",
            "",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
